// HDF5 files as other programs write them: right, odd and wrong ones.

#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "polytask/data/hdf5/hdf5_handle.h"

namespace polytask::test {

class RawHdf5 {
 public:
  //   user_block   bytes before the file that are not HDF5's
  explicit RawHdf5(const std::filesystem::path& path, hsize_t user_block = 0) {
    const Hdf5Handle plist(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
    H5Pset_userblock(plist.get(), user_block);
    file_ = {H5Fcreate(path.c_str(), H5F_ACC_TRUNC, plist.get(), H5P_DEFAULT),
             H5Fclose};
    EXPECT_TRUE(file_);
  }

  [[nodiscard]] hid_t id() const { return file_.get(); }

  // Stores `values`, which are of type `memory`, as type `stored`.
  template <class Value>
  void add(const std::string& name, const std::vector<hsize_t>& shape,
           const std::vector<Value>& values, hid_t memory, hid_t stored,
           hid_t plist = H5P_DEFAULT) {
    const Hdf5Handle space(
        H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
        H5Sclose);
    const Hdf5Handle dataset(
        H5Dcreate2(file_.get(), name.c_str(), stored, space.get(), H5P_DEFAULT,
                   plist, H5P_DEFAULT),
        H5Dclose);
    ASSERT_TRUE(dataset) << name;
    if (values.empty()) return;
    EXPECT_GE(H5Dwrite(dataset.get(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                       values.data()),
              0);
  }

  void add_bytes(const std::string& name, const std::vector<hsize_t>& shape,
                 const std::vector<unsigned char>& values,
                 hid_t plist = H5P_DEFAULT) {
    add(name, shape, values, H5T_NATIVE_UINT8, H5T_STD_U8LE, plist);
  }

  void add_reals(const std::string& name, const std::vector<hsize_t>& shape,
                 const std::vector<double>& values,
                 hid_t stored = H5T_IEEE_F64LE) {
    add(name, shape, values, H5T_NATIVE_DOUBLE, stored);
  }

  // An attribute of one text.
  void add_text(const std::string& dataset, const std::string& attribute,
                const std::string& text) {
    const Hdf5Handle target(H5Dopen2(id(), dataset.c_str(), H5P_DEFAULT),
                            H5Dclose);
    const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type.get(), text.size());
    const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    const Hdf5Handle made(
        H5Acreate2(target.get(), attribute.c_str(), type.get(), space.get(),
                   H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose);
    EXPECT_GE(H5Awrite(made.get(), type.get(), text.data()), 0);
  }

  // Texts of `width` bytes each, or of varying length when width is 0.
  void add_names(const std::string& dataset, const std::string& attribute,
                 const std::vector<std::string>& names, std::size_t width) {
    const Hdf5Handle target(H5Dopen2(id(), dataset.c_str(), H5P_DEFAULT),
                            H5Dclose);
    const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type.get(), width == 0 ? H5T_VARIABLE : width);
    const hsize_t count = names.size();
    const Hdf5Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose);
    const Hdf5Handle made(
        H5Acreate2(target.get(), attribute.c_str(), type.get(), space.get(),
                   H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose);
    std::vector<const char*> pointers;
    std::string padded;
    for (const std::string& name : names) {
      pointers.push_back(name.c_str());
      padded += name + std::string(width > 0 ? width - name.size() : 0, '\0');
    }
    const void* data = padded.data();
    if (width == 0) data = pointers.data();
    EXPECT_GE(H5Awrite(made.get(), type.get(), data), 0);
  }

 private:
  Hdf5Handle file_;
};

// 0, 1, 2, ... as bytes.
inline std::vector<unsigned char> counting(std::size_t count) {
  std::vector<unsigned char> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = static_cast<unsigned char>(i);
  }
  return values;
}

}  // namespace polytask::test
