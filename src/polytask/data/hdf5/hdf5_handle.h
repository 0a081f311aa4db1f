// HDF5 identifiers that close themselves, and the library's own words.

#pragma once

#include <hdf5.h>

#include <string>
#include <utility>

namespace polytask {

class Hdf5Handle {
 public:
  using Close = herr_t (*)(hid_t);

  Hdf5Handle() = default;
  Hdf5Handle(hid_t id, Close closer) : id_(id), close_(closer) {}
  Hdf5Handle(Hdf5Handle&& other) noexcept
      : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Hdf5Handle& operator=(Hdf5Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Hdf5Handle() { close(); }

  // False when HDF5 refused to make it.
  explicit operator bool() const { return id_ >= 0; }
  [[nodiscard]] hid_t get() const { return id_; }

  // False when HDF5 reports a failure, such as a full disk at the last flush.
  bool close() { return id_ < 0 || close_(std::exchange(id_, -1)) >= 0; }

 private:
  hid_t id_ = -1;
  Close close_ = nullptr;
};

// Stops HDF5 from printing errors, and from loading plugins that a file names.
void configure_hdf5();

// Why the last HDF5 call failed, in the words of the system where it was the
// system, else in HDF5's own: "No space left on device".
[[nodiscard]] std::string hdf5_reason();

// "uint8", "int64", "float32", "text", "a compound type"
[[nodiscard]] std::string hdf5_type_name(hid_t type);

}  // namespace polytask
