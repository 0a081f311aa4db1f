// The benchmark's two files.

#pragma once

#include <cstdint>
#include <filesystem>

namespace polytask::benchmark {

struct DataFolders {
  std::filesystem::path digits;    // MNIST's four files
  std::filesystem::path fashions;  // Fashion-MNIST's
  std::filesystem::path out;       // gets train.h5 and test.h5
};

// Writes train.h5, which holds training items alone, and test.h5, which holds
// test items alone; every item twice. Replaces what is there.
//
// Throws what read_items, overlay and write_hdf5 throw.
void write_data_files(const DataFolders& folders, std::uint64_t seed);

}  // namespace polytask::benchmark
