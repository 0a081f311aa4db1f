#include "polytask/base/worker/worker_limits.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

namespace polytask {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kLimitsAddressSpace = false;
#else
constexpr bool kLimitsAddressSpace = true;
#endif

// The hard limit stays, so that extend_worker_limits can raise the soft one.
void set_soft_limit(int resource, rlim_t value) {
  rlimit limit = {};
  if (getrlimit(static_cast<__rlimit_resource_t>(resource), &limit) != 0) {
    return;
  }
  limit.rlim_cur = std::min(value, limit.rlim_max);
  setrlimit(static_cast<__rlimit_resource_t>(resource), &limit);
}

rlim_t soft_limit(int resource) {
  rlimit limit = {};
  getrlimit(static_cast<__rlimit_resource_t>(resource), &limit);
  return limit.rlim_cur;
}

// Bytes of address space in use; 0 when the system does not say.
rlim_t address_space() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  unsigned long pages = 0;
  const int read = std::fscanf(file, "%lu", &pages);
  std::fclose(file);
  return read == 1 ? pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) : 0;
}

// The parent's handlers must not run here: a crash has to look like one.
void drop_signal_handlers() {
  for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTERM,
                           SIGINT, SIGXCPU, SIGALRM}) {
    std::signal(number, SIG_DFL);
  }
  // A write beyond a limit shall fail, not kill.
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

// A parent without standard streams may have been given their numbers.
void silence_standard_streams(const std::vector<int>& needed) {
  const int null = open("/dev/null", O_RDWR);
  if (null < 0) return;
  for (const int stream : {0, 1, 2}) {
    if (std::ranges::find(needed, stream) == needed.end()) dup2(null, stream);
  }
  if (null > 2) close(null);
}

void close_from_to(unsigned first, unsigned last) {
  if (close_range(first, last, 0) == 0) return;
  // Before Linux 5.9 one by one.
  const long most = sysconf(_SC_OPEN_MAX);
  const auto end = static_cast<unsigned>(std::clamp(most, 256L, 65536L));
  for (unsigned fd = first; fd <= std::min(last, end); ++fd) {
    close(static_cast<int>(fd));
  }
}

// Others' pipes above all: one held open here would keep its reader waiting.
void close_all_but(const std::vector<int>& needed) {
  unsigned first = 3;
  for (const int fd : needed) {
    const auto at = static_cast<unsigned>(fd);
    if (at > first) close_from_to(first, at - 1);
    first = std::max(first, at + 1);
  }
  close_from_to(first, ~0u);
}

}  // namespace

void enter_worker(const WorkerLimits& limits, std::vector<int> needed) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setsid();  // the C library reports heap damage to the terminal, if any
  drop_signal_handlers();
  std::ranges::sort(needed);
  close_all_but(needed);
  silence_standard_streams(needed);
  set_soft_limit(RLIMIT_CORE, 0);
  if (limits.cpu_seconds > 0) set_soft_limit(RLIMIT_CPU, limits.cpu_seconds);
  const rlim_t used = address_space();
  if (kLimitsAddressSpace && limits.memory_bytes > 0 && used > 0) {
    set_soft_limit(RLIMIT_AS, used + limits.memory_bytes);
  }
}

void extend_worker_limits(std::size_t memory_bytes, unsigned cpu_seconds) {
  const rlim_t memory = soft_limit(RLIMIT_AS);
  if (memory != RLIM_INFINITY) set_soft_limit(RLIMIT_AS, memory + memory_bytes);
  const rlim_t cpu = soft_limit(RLIMIT_CPU);
  if (cpu != RLIM_INFINITY) set_soft_limit(RLIMIT_CPU, cpu + cpu_seconds);
}

}  // namespace polytask
