#include "polytask/data/hdf5/hdf5_dataset.h"

#include <algorithm>
#include <span>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"
#include "polytask/data/hdf5/hdf5_links.h"
#include "polytask/data/hdf5/hdf5_storage.h"

namespace polytask {
namespace {

constexpr std::uint64_t kUsualCacheBytes = std::uint64_t{1} << 20;

[[noreturn]] void refuse(const std::string& place, const std::string& what) {
  throw Error(Fault::data, cat(place, ": ", what));
}

// HDF5 unpacks a chunk that its cache cannot hold again for every read.
void keep_one_chunk(const Hdf5File& file, const std::string& name,
                    Hdf5Dataset& dataset) {
  const std::uint64_t bytes = chunk_bytes(dataset);
  if (bytes <= kUsualCacheBytes) return;
  const Hdf5Handle access = stay_in_file(H5P_DATASET_ACCESS);
  H5Pset_chunk_cache(access.get(), H5D_CHUNK_CACHE_NSLOTS_DEFAULT, bytes,
                     H5D_CHUNK_CACHE_W0_DEFAULT);
  dataset.id.close();  // The cache belongs to the first one that opens it.
  dataset.id = {H5Dopen2(file.id.get(), name.c_str(), access.get()), H5Dclose};
  if (!dataset.id) {
    refuse(dataset.place, cat("it cannot be read: ", hdf5_reason()));
  }
}

}  // namespace

std::vector<std::uint64_t> extent_of(hid_t space) {
  const int rank = H5Sget_simple_extent_ndims(space);
  std::vector<hsize_t> dims(static_cast<std::size_t>(std::max(rank, 0)));
  if (rank > 0) H5Sget_simple_extent_dims(space, dims.data(), nullptr);
  return {dims.begin(), dims.end()};
}

Hdf5File open_hdf5(const std::string& path, std::uint64_t bytes) {
  const htri_t right_kind = H5Fis_hdf5(path.c_str());
  if (right_kind == 0) {
    refuse(path, "expected an HDF5 file, found something else");
  }
  // Where it cannot tell, opening says why.
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  // Some network file systems have no locks; that is no reason not to read.
  H5Pset_file_locking(access.get(), true, true);
  Hdf5Handle id(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose);
  if (!id) {
    refuse(path, cat("HDF5 cannot open it: ", hdf5_reason(),
                     "; if it is not being written just now it is damaged: ",
                     "copy or write it again"));
  }
  return {.id = std::move(id), .path = path, .bytes = bytes};
}

Hdf5Dataset open_dataset(const Hdf5File& file, const std::string& name,
                         const std::string& option) {
  Hdf5Dataset dataset;
  dataset.place = cat(file.path, ": dataset \"", printable_ascii(name), "\"");
  if (name.empty() || !has_link(file, name)) {
    refuse(dataset.place,
           cat("it is not there; the file has ", list_datasets(file),
               "; say which one with the option ", option));
  }
  require_links_within(file, name, dataset.place);
  Hdf5Handle access = stay_in_file(H5P_DATASET_ACCESS);
  dataset.id = {H5Dopen2(file.id.get(), name.c_str(), access.get()), H5Dclose};
  if (!dataset.id) {
    const std::string reason = hdf5_reason();
    refuse(dataset.place, cat("it cannot be opened as a dataset (", reason,
                              "); the file has ", list_datasets(file)));
  }
  dataset.type = {H5Dget_type(dataset.id.get()), H5Tclose};
  const Hdf5Handle space(H5Dget_space(dataset.id.get()), H5Sclose);
  const Hdf5Handle plist(H5Dget_create_plist(dataset.id.get()), H5Pclose);
  if (!dataset.type || !space || !plist) {
    refuse(dataset.place, cat("it cannot be read: ", hdf5_reason()));
  }
  dataset.shape = extent_of(space.get());
  dataset.chunk = chunk_shape(plist.get(), dataset.shape.size());
  require_readable_storage(plist.get(), dataset.place);
  require_plausible_size(dataset, file.bytes);
  dataset.matlab = has_attribute(dataset, "MATLAB_class");
  keep_one_chunk(file, name, dataset);
  return dataset;
}

bool has_attribute(const Hdf5Dataset& dataset, const char* name) {
  const htri_t there = H5Aexists(dataset.id.get(), name);
  if (there < 0) {
    refuse(dataset.place, cat("its attributes cannot be read: ", hdf5_reason(),
                              "; the file is damaged: copy or write it again"));
  }
  return there > 0;
}

std::string shape_text(const std::vector<std::uint64_t>& shape) {
  std::vector<std::string> sizes;
  sizes.reserve(shape.size());
  for (const std::uint64_t d : shape) sizes.push_back(cat(d));
  if (sizes.size() == 1) return cat("(", sizes[0], ",)");
  return cat("(", join(sizes), ")");
}

void read_box(const Hdf5Dataset& dataset, const Hdf5Box& box, hid_t memory_type,
              void* out) {
  const std::vector<hsize_t> start(box.start.begin(), box.start.end());
  const std::vector<hsize_t> extents(box.extent.begin(), box.extent.end());
  const Hdf5Handle file_space(H5Dget_space(dataset.id.get()), H5Sclose);
  const Hdf5Handle memory_space(
      H5Screate_simple(static_cast<int>(extents.size()), extents.data(),
                       nullptr),
      H5Sclose);
  const bool read =
      H5Sselect_hyperslab(file_space.get(), H5S_SELECT_SET, start.data(),
                          nullptr, extents.data(), nullptr) >= 0 &&
      H5Dread(dataset.id.get(), memory_type, memory_space.get(),
              file_space.get(), H5P_DEFAULT, out) >= 0;
  if (read) return;
  std::vector<std::uint64_t> last = box.start;
  for (std::size_t i = 0; i < last.size(); ++i) last[i] += box.extent[i] - 1;
  const bool rows_alone = std::ranges::all_of(
      std::span(box.start).subspan(1), [](std::uint64_t d) { return d == 0; });
  const std::string what =
      rows_alone
          ? cat("rows ", box.start[0], " to ", last[0])
          : cat("values ", shape_text(box.start), " to ", shape_text(last));
  refuse(dataset.place, cat(what, " cannot be read: ", hdf5_reason(),
                            "; the file is damaged: copy or write it again"));
}

void read_rows(const Hdf5Dataset& dataset, std::uint64_t first,
               std::uint64_t count, hid_t memory_type, void* out) {
  Hdf5Box box{.start = std::vector<std::uint64_t>(dataset.shape.size()),
              .extent = dataset.shape};
  box.start[0] = first;
  box.extent[0] = count;
  read_box(dataset, box, memory_type, out);
}

}  // namespace polytask
