#include "polytask/tensor/workspace.h"

#include <sys/mman.h>

#include <algorithm>
#include <functional>
#include <new>

#include "polytask/base/error.h"
#include "polytask/base/memory.h"
#include "polytask/base/text.h"

namespace polytask {
namespace {

constexpr std::size_t kHugePageBytes = std::size_t{2} << 20;

}  // namespace

std::size_t WorkspacePlan::aligned(std::size_t count) {
  return aligned_bytes(count * sizeof(float)) / sizeof(float);
}

std::size_t WorkspacePlan::aligned_bytes(std::size_t bytes) {
  return (bytes + kAlignmentBytes - 1) / kAlignmentBytes * kAlignmentBytes;
}

Slot WorkspacePlan::reserve(std::string_view owner, std::size_t count) {
  if (count == 0) {
    throw Error(Fault::shape, cat(owner, ": cannot reserve an empty buffer"));
  }
  const Slot slot{.offset = end_, .count = count};
  entries_.push_back({std::string(owner), slot});
  end_ += aligned(count);
  return slot;
}

std::size_t WorkspacePlan::total_bytes() const { return end_ * sizeof(float); }

std::vector<WorkspacePlan::Reservation> WorkspacePlan::reservations() const {
  std::vector<Reservation> sorted;
  for (const Entry& entry : entries_) {
    sorted.push_back({entry.owner, entry.slot.count * sizeof(float)});
  }
  std::ranges::stable_sort(sorted, std::greater(), &Reservation::bytes);
  return sorted;
}

std::string WorkspacePlan::describe() const {
  std::string text;
  for (const Reservation& one : reservations()) {
    text += cat(one.bytes, " bytes  ", one.owner, "\n");
  }
  return text;
}

Workspace::Workspace(const WorkspacePlan& plan) {
  const std::size_t wanted = std::max<std::size_t>(plan.total_bytes(), 1);
  const std::size_t bytes =
      (wanted + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes;
  require_memory(bytes, "workspace",
                 "a smaller train.batch_size or smaller images need less");
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  // Fewer page faults and TLB misses; a refusal only costs speed.
  (void)madvise(memory, bytes, MADV_HUGEPAGE);
  arena_ = Arena(static_cast<float*>(memory), Unmap{bytes});
}

void Workspace::Unmap::operator()(float* arena) const { munmap(arena, bytes); }

}  // namespace polytask
