// Memory for one network, planned before the first step.
//
// Two types, because planning and running are two different rights. While a
// network is being built, it holds a WorkspacePlan and may only reserve. While
// it runs, it holds a Workspace and may only look up. Nothing can allocate
// during a step.

#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace polytask {

// Names one reserved range. Cheap to copy; meaningful only together with a
// Workspace made from the plan that issued it. A default slot is empty.
struct Slot {
  std::size_t offset = 0;  // floats from the start of the arena
  std::size_t count = 0;   // floats
};

class WorkspacePlan {
 public:
  static constexpr std::size_t kAlignmentBytes = 64;  // one cache line

  // Floats, or bytes, rounded up to whole cache lines: the distance between
  // rows that must each be aligned.
  [[nodiscard]] static std::size_t aligned(std::size_t count);
  [[nodiscard]] static std::size_t aligned_bytes(std::size_t bytes);

  // Reserves `count` floats for `owner`, aligned to kAlignmentBytes.
  // Throws Fault::shape when count is 0.
  [[nodiscard]] Slot reserve(std::string_view owner, std::size_t count);

  [[nodiscard]] std::size_t total_bytes() const;

  struct Reservation {
    std::string owner;
    std::size_t bytes = 0;
  };
  // Largest first: what to read when memory is short.
  [[nodiscard]] std::vector<Reservation> reservations() const;
  // The same, one line per reservation.
  [[nodiscard]] std::string describe() const;

 private:
  struct Entry {
    std::string owner;
    Slot slot;
  };
  std::vector<Entry> entries_;
  std::size_t end_ = 0;  // floats
};

class Workspace {
 public:
  // Zero-filled, in huge pages where the system grants them.
  // Throws Fault::resource when there is not enough memory.
  explicit Workspace(const WorkspacePlan& plan);

  [[nodiscard]] std::span<float> operator[](Slot slot) const {
    return {arena_.get() + slot.offset, slot.count};
  }

 private:
  struct Unmap {
    std::size_t bytes;
    void operator()(float* arena) const;
  };
  using Arena = std::unique_ptr<float[], Unmap>;
  Arena arena_;
};

}  // namespace polytask
