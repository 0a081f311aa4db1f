// Builds the benchmark's two files from MNIST and Fashion-MNIST.
//
//   benchmark_multi_fashion_mnist DIGITS FASHIONS OUT [SEED]
//
//   DIGITS, FASHIONS   folders with train-images-idx3-ubyte and the three
//                      files that belong to it
//   OUT                a folder, gets train.h5 and test.h5
//   SEED               of who stands beside whom; 1 if it is not given

#include <iostream>
#include <string>

#include "benchmarks/multi_fashion_mnist/data_files.h"
#include "polytask/base/error.h"
#include "polytask/base/text.h"

namespace {

std::uint64_t seed_in(const std::string& word) {
  const bool digits = word.find_first_not_of("0123456789") == word.npos;
  if (digits && !word.empty() && word.size() < 19) return std::stoull(word);
  throw polytask::Error(
      polytask::Fault::config,
      polytask::cat(
          "SEED: expected a whole number of at most 18 digits, got \"", word,
          '"'));
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 4 && argc != 5) {
    std::cerr << "usage: benchmark_multi_fashion_mnist DIGITS FASHIONS OUT "
                 "[SEED]\n";
    return 2;
  }
  const polytask::benchmark::DataFolders folders{
      .digits = argv[1], .fashions = argv[2], .out = argv[3]};
  write_data_files(folders, argc == 5 ? seed_in(argv[4]) : 1);
  std::cout << "train.h5 and test.h5 are in " << folders.out.string() << '\n';
  return 0;
} catch (const std::exception& e) {
  std::cerr << "benchmark_multi_fashion_mnist: " << e.what() << '\n';
  return 1;
}
