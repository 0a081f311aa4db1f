// The trainable numbers of a network: named arrays in one flat block.
//
// Optimisers work on the flat block, layers on named arrays. The layout (names,
// shapes, order) is fixed at construction, so gradients and optimiser state
// that use the same layout line up element by element.

#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "polytask/tensor/shape.h"

namespace polytask {

struct ParameterSpec {
  std::string name;  // unique in the network: "conv2d_1/kernel"
  Shape shape;       // row-major

  bool operator==(const ParameterSpec&) const = default;
};

// Where each named array lies in the flat block. Every array begins on a cache
// line; the gaps stay zero.
class ParameterLayout {
 public:
  ParameterLayout() = default;
  // Throws Fault::config when two names are equal.
  explicit ParameterLayout(std::vector<ParameterSpec> specs);

  [[nodiscard]] const std::vector<ParameterSpec>& specs() const {
    return specs_;
  }
  [[nodiscard]] std::size_t size() const { return specs_.size(); }
  [[nodiscard]] std::size_t flat_count() const { return flat_count_; }
  // Numbers without the gaps: what people mean by "17.4 M parameters".
  [[nodiscard]] std::size_t parameter_count() const;

  // Array `index` within `flat`, which has flat_count() elements.
  template <class T>
  [[nodiscard]] std::span<T> slice(std::span<T> flat, std::size_t index) const {
    return flat.subspan(offsets_[index], element_count(specs_[index].shape));
  }

  bool operator==(const ParameterLayout&) const = default;

 private:
  std::vector<ParameterSpec> specs_;
  std::vector<std::size_t> offsets_;  // floats
  std::size_t flat_count_ = 0;
};

// One block of numbers in such a layout; zero at first. Moves, never copies:
// a copy of 70 MB should be seen in the code that makes it.
class ParameterStore {
 public:
  ParameterStore() = default;
  ParameterStore(ParameterStore&&) = default;
  ParameterStore& operator=(ParameterStore&&) = default;
  ParameterStore(const ParameterStore&) = delete;
  ParameterStore& operator=(const ParameterStore&) = delete;
  // Throws Fault::resource when there is not enough memory.
  explicit ParameterStore(ParameterLayout layout);
  // Takes over numbers that lie in this layout already: `values` has room for
  // flat_count() of them and begins on a cache line, and the gaps are zero.
  ParameterStore(ParameterLayout layout, std::shared_ptr<float[]> values)
      : layout_(std::move(layout)), values_(std::move(values)) {}

  [[nodiscard]] const ParameterLayout& layout() const { return layout_; }
  [[nodiscard]] std::span<float> flat() {
    return {values_.get(), layout_.flat_count()};
  }
  [[nodiscard]] std::span<const float> flat() const {
    return {values_.get(), layout_.flat_count()};
  }
  [[nodiscard]] std::span<float> operator[](std::size_t index) {
    return layout_.slice(flat(), index);
  }
  [[nodiscard]] std::span<const float> operator[](std::size_t index) const {
    return layout_.slice(flat(), index);
  }

 private:
  ParameterLayout layout_;
  std::shared_ptr<float[]> values_;  // owns the pages they lie in
};

}  // namespace polytask
