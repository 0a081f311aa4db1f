#include "polytask/data/hdf5/hdf5_storage.h"

#include <algorithm>
#include <limits>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"

namespace polytask {
namespace {

// HDF5's compression reaches about 1000 to 1 on constant data; what claims
// more is an error or an attack.
constexpr std::uint64_t kLargestExpansion = 1000;
constexpr std::uint64_t kAlwaysAllowedBytes = std::uint64_t{64} << 20;

// Bands of chunks that are looked at for the last one that was written.
constexpr std::uint64_t kMostBands = 10000;

[[noreturn]] void refuse(const std::string& place, const std::string& what) {
  throw Error(Fault::data, cat(place, ": ", what));
}

std::uint64_t product(std::uint64_t a, std::uint64_t b) {
  std::uint64_t result = 0;
  if (!__builtin_mul_overflow(a, b, &result)) return result;
  return std::numeric_limits<std::uint64_t>::max();
}

std::uint64_t array_bytes(const Hdf5Dataset& dataset,
                          const std::vector<std::uint64_t>& shape) {
  std::uint64_t bytes = H5Tget_size(dataset.type.get());
  for (const std::uint64_t d : shape) bytes = product(bytes, d);
  return bytes;
}

void require_own_storage(hid_t plist, const std::string& place) {
  const H5D_layout_t layout = H5Pget_layout(plist);
  if (layout == H5D_VIRTUAL) {
    refuse(place, "it is virtual, made of other files; copy it into one file");
  }
  if (layout == H5D_LAYOUT_ERROR) {
    refuse(place, cat("its layout cannot be read: ", hdf5_reason()));
  }
  if (H5Pget_external_count(plist) != 0) {
    refuse(place,
           "its data is in other files (external storage); copy it into one "
           "file");
  }
}

void require_known_filters(hid_t plist, const std::string& place) {
  const int count = H5Pget_nfilters(plist);
  for (int i = 0; i < count; ++i) {
    unsigned flags = 0;
    std::size_t parameters = 0;
    char name[64] = {};
    const H5Z_filter_t filter =
        H5Pget_filter2(plist, static_cast<unsigned>(i), &flags, &parameters,
                       nullptr, sizeof name, name, nullptr);
    if (filter >= 0 && H5Zfilter_avail(filter) > 0) continue;
    name[sizeof name - 1] = '\0';
    refuse(place,
           cat("it is compressed with filter ", filter, " (",
               printable_ascii(name), "), which this build of HDF5 does ",
               "not have; write it again with gzip"));
  }
}

bool is_written(const Hdf5Dataset& dataset, std::uint64_t band) {
  std::vector<hsize_t> at(dataset.shape.size(), 0);
  at[0] = band * dataset.chunk[0];
  unsigned filters = 0;
  haddr_t address = HADDR_UNDEF;
  hsize_t bytes = 0;
  return H5Dget_chunk_info_by_coord(dataset.id.get(), at.data(), &filters,
                                    &address, &bytes) >= 0 &&
         address != HADDR_UNDEF;
}

// Rows up to the end of the last band of chunks of which the first is there;
// nothing when that is not among the bands looked at.
std::uint64_t rows_written(const Hdf5Dataset& dataset) {
  const std::uint64_t rows = dataset.shape[0];
  const std::uint64_t chunk = dataset.chunk[0];
  const std::uint64_t bands = rows / chunk + (rows % chunk != 0);
  for (std::uint64_t band = bands; band > 0; --band) {
    if (bands - band == kMostBands) return 0;
    if (is_written(dataset, band - 1)) return std::min(rows, band * chunk);
  }
  return 0;
}

std::string resize_advice(const Hdf5Dataset& dataset) {
  const std::uint64_t rows = rows_written(dataset);
  std::string advice = "resize the dataset to the rows written";
  if (rows == 0 || rows == dataset.shape[0]) return advice;
  return cat(advice, ", at most ", rows, ": in Python resize(", rows,
             ", axis=0), and the labels likewise");
}

}  // namespace

std::vector<std::uint64_t> chunk_shape(hid_t plist, std::size_t rank) {
  if (H5Pget_layout(plist) != H5D_CHUNKED) return {};
  std::vector<hsize_t> chunk(rank);
  if (H5Pget_chunk(plist, static_cast<int>(rank), chunk.data()) < 0) return {};
  // Zero is damage that nothing may be divided by.
  for (hsize_t& d : chunk) d = std::max<hsize_t>(d, 1);
  return {chunk.begin(), chunk.end()};
}

void require_readable_storage(hid_t plist, const std::string& place) {
  require_own_storage(plist, place);
  require_known_filters(plist, place);
}

void require_plausible_size(const Hdf5Dataset& dataset,
                            std::uint64_t file_bytes) {
  const std::uint64_t limit =
      std::max(kAlwaysAllowedBytes, product(kLargestExpansion, file_bytes));
  if (chunk_bytes(dataset) > limit) {
    refuse(dataset.place,
           cat("its chunk ", shape_text(dataset.chunk), " declares more than ",
               kLargestExpansion, " times the ", file_bytes,
               " bytes of the file; the file is damaged or hostile"));
  }
  if (array_bytes(dataset, dataset.shape) <= limit) return;
  const std::string text =
      cat("its shape ", shape_text(dataset.shape), " declares more than ",
          kLargestExpansion, " times the ", file_bytes, " bytes of the file; ");
  if (dataset.chunk.empty()) {
    refuse(dataset.place, cat(text, "the file is damaged or hostile"));
  }
  refuse(dataset.place, cat(text, resize_advice(dataset)));
}

void require_written_rows(const Hdf5Dataset& dataset) {
  if (dataset.chunk.empty()) {
    if (H5Dget_storage_size(dataset.id.get()) > 0) return;
    refuse(dataset.place, cat("none of its ", dataset.shape[0],
                              " rows was ever written; write the images"));
  }
  const Hdf5Handle space(H5Dget_space(dataset.id.get()), H5Sclose);
  hsize_t written = 0;
  if (H5Dget_num_chunks(dataset.id.get(), space.get(), &written) < 0) return;
  const std::uint64_t all = chunk_count(dataset);
  if (written >= all) return;
  refuse(dataset.place, cat("of its ", all, " chunks only ", written,
                            " were ever written; ", resize_advice(dataset)));
}

std::uint64_t chunk_bytes(const Hdf5Dataset& dataset) {
  return dataset.chunk.empty() ? 0 : array_bytes(dataset, dataset.chunk);
}

std::uint64_t chunk_count(const Hdf5Dataset& dataset) {
  std::uint64_t count = 1;
  for (std::size_t i = 0; i < dataset.chunk.size(); ++i) {
    const std::uint64_t chunk = dataset.chunk[i];
    count = product(count,
                    dataset.shape[i] / chunk + (dataset.shape[i] % chunk != 0));
  }
  return count;
}

}  // namespace polytask
