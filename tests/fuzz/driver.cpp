// Where libFuzzer is not linked: runs a fuzz target over files, and over small
// changes of them that a seeded generator draws.
//
//   NAME_fuzz CHANGES FOLDER ...
//
// Ends with 1 when a folder but the last one has no files: then nothing was
// tested.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

using Bytes = std::vector<std::uint8_t>;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);
extern "C" __attribute__((weak)) std::size_t LLVMFuzzerCustomMutator(
    std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed);

namespace {

std::mt19937 generator(1);

std::size_t below(std::size_t end) {
  return std::uniform_int_distribution<std::size_t>(0, end - 1)(generator);
}

}  // namespace

// What libFuzzer offers to mutators, in small: a byte changed, put in or taken
// out, or a run of bytes copied to another place.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size,
                                        std::size_t max_size) {
  if (size == 0) return 0;
  const std::size_t at = below(size);
  switch (below(4)) {
    case 0:
      data[at] ^= static_cast<std::uint8_t>(1U << below(8));
      return size;
    case 1:
      if (size == max_size) return size;
      std::copy_backward(data + at, data + size, data + size + 1);
      data[at] = static_cast<std::uint8_t>(below(256));
      return size + 1;
    case 2:
      std::copy(data + at + 1, data + size, data + at);
      return size - 1;
    default: {
      const std::size_t to = below(size);
      const std::size_t count =
          1 + below(std::min<std::size_t>(16, size - std::max(at, to)));
      std::copy_n(Bytes(data + at, data + at + count).begin(), count,
                  data + to);
      return size;
    }
  }
}

namespace {

constexpr std::size_t kMostBytes = 1 << 16;

void run_changed(const Bytes& seed) {
  Bytes bytes = seed;
  std::size_t size = bytes.size();
  bytes.resize(std::max(size, kMostBytes));
  for (std::size_t i = 1 + below(4); i > 0; --i) {
    size = LLVMFuzzerCustomMutator != nullptr
               ? LLVMFuzzerCustomMutator(bytes.data(), size, bytes.size(),
                                         static_cast<unsigned>(generator()))
               : LLVMFuzzerMutate(bytes.data(), size, bytes.size());
  }
  bytes.resize(size);
  bytes.shrink_to_fit();  // a read behind the end is seen
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::vector<Bytes> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<Bytes> files;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    files.emplace_back(std::istreambuf_iterator<char>(file),
                       std::istreambuf_iterator<char>());
  }
  return files;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  std::vector<Bytes> seeds;
  for (int i = 2; i < argc; ++i) {
    const std::vector<Bytes> files = files_in(argv[i]);
    if (files.empty() && i + 1 < argc) {
      std::fprintf(stderr, "%s: no seeds\n", argv[i]);
      return 1;
    }
    seeds.insert(seeds.end(), files.begin(), files.end());
  }
  for (const Bytes& seed : seeds) {
    LLVMFuzzerTestOneInput(seed.data(), seed.size());
  }
  for (int i = std::atoi(argv[1]); i > 0; --i)
    run_changed(seeds[below(seeds.size())]);
  std::printf("%zu files and %s changes\n", seeds.size(), argv[1]);
}
