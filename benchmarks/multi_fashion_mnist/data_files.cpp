#include "benchmarks/multi_fashion_mnist/data_files.h"

#include "benchmarks/multi_fashion_mnist/overlay.h"
#include "polytask/data/hdf5_writer.h"

namespace polytask::benchmark {
namespace {

// What one of the two files is made of.
struct Part {
  const char* items;  // in the names of the IDX files
  const char* file;
  std::uint32_t number;  // for what is drawn
};

constexpr Part kParts[] = {{"train", "train.h5", 0}, {"t10k", "test.h5", 1}};

}  // namespace

void write_data_files(const DataFolders& folders, std::uint64_t seed) {
  for (const Part& part : kParts) {
    const DatasetPtr data = overlay(read_items(folders.digits, part.items),
                                    read_items(folders.fashions, part.items),
                                    {.seed = seed, .part = part.number});
    write_hdf5(*data, folders.out / part.file, {.channels_last = true});
  }
}

}  // namespace polytask::benchmark
