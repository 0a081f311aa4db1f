#include "polytask/base/worker/worker_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>

#include "polytask/base/error.h"
#include "polytask/base/file_descriptor.h"
#include "polytask/base/memory.h"
#include "polytask/base/text.h"
#include "polytask/base/worker/worker_limits.h"

namespace polytask {
namespace {

// What the worker sends: this header, then `size` bytes of text.
enum class Reply : std::uint32_t { answer = 0x616e7377, error = 0x6572726f };
struct ReplyHeader {
  Reply kind = Reply::answer;
  Fault fault = Fault::data;
  std::uint64_t size = 0;
};
constexpr std::uint64_t kLargestReply = std::uint64_t{16} << 20;

bool write_all(int fd, const void* data, std::size_t size) {
  const auto* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = write(fd, at, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    at += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

void send(int fd, ReplyHeader header, std::string_view text) {
  header.size = text.size();
  if (write_all(fd, &header, sizeof header)) {
    write_all(fd, text.data(), text.size());
  }
}

constexpr const char* kNoMemory = "not enough memory to read or write the file";

struct Attempt {
  WorkerOutcome outcome;
  ReplyHeader header;
};

// Without memory, libraries crash or blame the file in any words, and an answer
// may never be made.
bool blames_the_file(const Attempt& attempt) {
  if (!attempt.outcome.answered) return !attempt.outcome.timed_out;
  return attempt.header.kind == Reply::error &&
         attempt.header.fault == Fault::data;
}

bool may_be_starved(const Attempt& attempt) {
  const WorkerOutcome& outcome = attempt.outcome;
  return blames_the_file(attempt) &&
         (!outcome.answered ||
          outcome.answer.find("alloc") != std::string::npos);
}

void send_result(int fd, const std::function<std::string()>& work) {
  try {
    send(fd, {.kind = Reply::answer}, work());
  } catch (const Error& e) {
    send(fd, {.kind = Reply::error, .fault = e.fault()}, e.what());
  } catch (const std::bad_alloc&) {
    send(fd, {.kind = Reply::error, .fault = Fault::resource}, kNoMemory);
  } catch (const std::exception& e) {
    send(fd, {.kind = Reply::error, .fault = Fault::backend}, e.what());
  }
}

using Clock = std::chrono::steady_clock;

// Everything the worker writes until it closes its end, at most a whole reply.
// Stops at the deadline and sets `timed_out`.
std::string receive(int fd, Clock::time_point deadline, bool& timed_out) {
  std::string received;
  char buffer[16384];
  while (received.size() <= kLargestReply + sizeof(ReplyHeader)) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - Clock::now());
    timed_out = left.count() <= 0;
    if (timed_out) break;
    pollfd ready{.fd = fd, .events = POLLIN, .revents = 0};
    const auto patience = std::min<std::int64_t>(left.count(), 60'000);
    if (poll(&ready, 1, static_cast<int>(patience)) <= 0) continue;
    const ssize_t count = read(fd, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    received.append(buffer, static_cast<std::size_t>(count));
  }
  return received;
}

int wait_for(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return 0;
  }
  return status;
}

// True when `received` is one whole reply.
bool split_reply(const std::string& received, ReplyHeader& header,
                 std::string& text) {
  if (received.size() < sizeof header) return false;
  std::memcpy(&header, received.data(), sizeof header);
  const bool known =
      header.kind == Reply::answer || header.kind == Reply::error;
  if (!known || header.size != received.size() - sizeof header) return false;
  text = received.substr(sizeof header);
  return true;
}

[[noreturn]] void refuse_to_start() {
  throw Error(Fault::resource, cat("no process could be started to read or "
                                   "write the file in: ",
                                   std::strerror(errno)));
}

// No destructors, no exit handlers, and not what would catch an exception:
// those are the parent's.
[[noreturn]] void be_worker(int fd,
                            const std::function<std::string()>& work) noexcept {
  try {
    send_result(fd, work);
  } catch (...) {
    // There is no memory to say so; that there is no answer says enough.
  }
  _exit(0);
}

Attempt attempt_in_worker(const WorkerLimits& limits,
                          const std::vector<int>& keep_open,
                          const std::function<std::string()>& work) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) refuse_to_start();
  FileDescriptor reading(ends[0]);
  FileDescriptor writing(ends[1]);

  std::vector<int> needed = keep_open;
  needed.push_back(writing.get());
  const pid_t pid = fork();
  if (pid < 0) refuse_to_start();
  if (pid == 0) {
    enter_worker(limits, std::move(needed));
    be_worker(writing.get(), work);
  }
  writing.reset();

  Attempt attempt;
  WorkerOutcome& outcome = attempt.outcome;
  const auto patience = std::chrono::duration<double>(limits.wall_seconds);
  const auto deadline =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(patience);
  const std::string received =
      receive(reading.get(), deadline, outcome.timed_out);
  if (outcome.timed_out) kill(pid, SIGKILL);
  reading.reset();  // a worker that still writes shall not wait for a reader
  const int status = wait_for(pid);

  outcome.answered = split_reply(received, attempt.header, outcome.answer);
  if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
  if (outcome.signal == SIGXCPU) outcome.timed_out = true;
  return attempt;
}

}  // namespace

WorkerOutcome run_in_worker(const WorkerLimits& limits,
                            const std::vector<int>& keep_open,
                            const std::function<std::string()>& work) {
  // As much as HDF5 takes for itself; a worker without crashes.
  constexpr std::size_t kWorkerBytes = std::size_t{32} << 20;
  require_memory(kWorkerBytes, "a process that reads or writes the file",
                 "close other programs, or allow more (ulimit -v)");
  const bool scarce = !has_address_space(limits.memory_bytes + kWorkerBytes);
  Attempt attempt = attempt_in_worker(limits, keep_open, work);
  for (int left = limits.attempts - 1; left > 0 && blames_the_file(attempt);
       --left) {
    attempt = attempt_in_worker(limits, keep_open, work);
  }
  if (scarce && may_be_starved(attempt)) {
    throw Error(Fault::resource,
                cat("not enough memory to read or write the file: expected ",
                    (limits.memory_bytes + kWorkerBytes) >> 20,
                    " MiB; allow more (ulimit -v), or close other programs"));
  }
  if (attempt.outcome.answered && attempt.header.kind == Reply::error) {
    throw Error(attempt.header.fault, attempt.outcome.answer);
  }
  return std::move(attempt.outcome);
}

std::string describe_failure(const WorkerOutcome& outcome) {
  if (outcome.timed_out) return "did not come to an end";
  if (outcome.signal != 0) return cat("crashed (signal ", outcome.signal, ")");
  return "ended without an answer";
}

}  // namespace polytask
