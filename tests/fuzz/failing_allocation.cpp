// Preloaded into a program, makes one of its allocations fail: the one that
// POLYTASK_FAIL_ALLOCATION counts, from 1 in main() on, with those of the
// processes that it forks. One that oneDNN or the system's own libraries ask
// for is let through, for they cannot say that it failed.
//
// With POLYTASK_FAIL_ALLOCATION=count none fails, and the last line on stderr
// says how many there were.

#include <dlfcn.h>
#include <execinfo.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <new>

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
}

namespace {

using Counter = std::atomic<long>;

constexpr long kMost = std::numeric_limits<long>::max();

Counter* left = nullptr;  // until the one that fails; shared with forks
bool counts = false;

bool is_of_others(void* address) {
  Dl_info info{};
  if (dladdr(address, &info) == 0 || info.dli_fname == nullptr) return true;
  for (const char* library : {"libdnnl", "libgomp", "ld-linux"}) {
    if (std::strstr(info.dli_fname, library) != nullptr) return true;
  }
  return false;
}

bool asked_for_by_others() {
  constexpr int kMostFrames = 64;
  void* frames[kMostFrames];
  const int count = backtrace(frames, kMostFrames);
  for (int i = 0; i < count; ++i) {
    if (is_of_others(frames[i])) return true;
  }
  return false;
}

bool fails() {
  if (left == nullptr || left->load(std::memory_order_relaxed) <= 0) {
    return false;
  }
  if (left->fetch_sub(1) != 1) return false;
  if (asked_for_by_others()) return false;
  errno = ENOMEM;
  return true;
}

__attribute__((constructor)) void begin() {
  void* frame = nullptr;
  backtrace(&frame, 1);  // loads what it needs
  unsetenv("LD_PRELOAD");
}

__attribute__((destructor)) void end() {
  if (counts) dprintf(STDERR_FILENO, "%ld\n", kMost - left->load());
}

using Main = int (*)(int, char**, char**);
Main program = nullptr;

int main_with_failure(int argc, char** argv, char** environment) {
  const char* which = std::getenv("POLYTASK_FAIL_ALLOCATION");
  void* const shared = mmap(nullptr, sizeof(Counter), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (which != nullptr && shared != MAP_FAILED) {
    counts = std::strcmp(which, "count") == 0;
    left = new (shared) Counter(counts ? kMost : std::atol(which));
  }
  return program(argc, argv, environment);
}

}  // namespace

#pragma GCC visibility push(default)
extern "C" {

int __libc_start_main(Main main, int argc, char** argv, void (*init)(),
                      void (*fini)(), void (*loader_fini)(), void* stack) {
  const auto start = reinterpret_cast<decltype(&__libc_start_main)>(
      dlsym(RTLD_NEXT, "__libc_start_main"));
  program = main;
  return start(main_with_failure, argc, argv, init, fini, loader_fini, stack);
}

void* malloc(std::size_t size) {
  return fails() ? nullptr : __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) {
  return fails() ? nullptr : __libc_calloc(count, size);
}

void* realloc(void* memory, std::size_t size) {
  return fails() ? nullptr : __libc_realloc(memory, size);
}

void* memalign(std::size_t alignment, std::size_t size) {
  return fails() ? nullptr : __libc_memalign(alignment, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return memalign(alignment, size);
}

int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  *memory = memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}

}  // extern "C"
#pragma GCC visibility pop
