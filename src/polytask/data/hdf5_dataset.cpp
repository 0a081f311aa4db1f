#include "polytask/data/hdf5_dataset.h"

#include <algorithm>
#include <optional>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"
#include "polytask/data/label_names.h"

namespace polytask {
namespace {

// HDF5's compression reaches about 1000 to 1 on constant data; what claims
// more is an error or an attack.
constexpr std::uint64_t kLargestExpansion = 1000;
constexpr std::uint64_t kAlwaysAllowedBytes = std::uint64_t{64} << 20;
constexpr std::size_t kListedDatasets = 20;
constexpr std::size_t kMostMembers = 1000;

std::vector<std::uint64_t> extent(hid_t space) {
  const int rank = H5Sget_simple_extent_ndims(space);
  std::vector<hsize_t> dims(static_cast<std::size_t>(std::max(rank, 0)));
  if (rank > 0) H5Sget_simple_extent_dims(space, dims.data(), nullptr);
  return {dims.begin(), dims.end()};
}

// Bytes of an array, or nothing when 64 bits do not hold them.
std::optional<std::uint64_t> array_bytes(
    const std::vector<std::uint64_t>& shape, std::uint64_t element) {
  std::uint64_t bytes = element;
  for (const std::uint64_t d : shape) {
    if (__builtin_mul_overflow(bytes, d, &bytes)) return std::nullopt;
  }
  return bytes;
}

struct Listing {
  std::vector<std::string> names;
  std::size_t more = 0;
};

herr_t list_one(hid_t group, const char* name, const H5L_info_t* info,
                void* data) {
  if (info->type != H5L_TYPE_HARD) return 0;
  auto& listing = *static_cast<Listing*>(data);
  const Hdf5Handle dataset(H5Dopen2(group, name, H5P_DEFAULT), H5Dclose);
  if (!dataset) return 0;  // a group
  if (listing.names.size() == kListedDatasets) {
    ++listing.more;
    return 0;
  }
  const Hdf5Handle space(H5Dget_space(dataset.get()), H5Sclose);
  const Hdf5Handle type(H5Dget_type(dataset.get()), H5Tclose);
  listing.names.push_back(cat('"', printable_ascii(name), "\" ",
                              shape_text(extent(space.get())), " ",
                              hdf5_type_name(type.get())));
  return 0;
}

std::string list_datasets(const Hdf5File& file) {
  Listing listing;
  H5Lvisit(file.id.get(), H5_INDEX_NAME, H5_ITER_NATIVE, list_one, &listing);
  if (listing.names.empty()) return "no dataset at all";
  std::string text = join(listing.names);
  if (listing.more > 0) text += cat(" and ", listing.more, " more");
  return text;
}

// As they were written, where the file knows that; else by name.
H5_index_t order_of(hid_t group) {
  const Hdf5Handle plist(H5Gget_create_plist(group), H5Pclose);
  unsigned flags = 0;
  H5Pget_link_creation_order(plist.get(), &flags);
  return (flags & H5P_CRT_ORDER_TRACKED) != 0 ? H5_INDEX_CRT_ORDER
                                              : H5_INDEX_NAME;
}

struct Members {
  std::vector<std::string> names;
  bool more = false;
};

herr_t add_member(hid_t group, const char* name, const H5L_info_t*,
                  void* data) {
  auto& members = *static_cast<Members*>(data);
  const Hdf5Handle dataset(H5Dopen2(group, name, H5P_DEFAULT), H5Dclose);
  if (!dataset) return 0;  // a group
  members.more = members.names.size() == kMostMembers;
  if (members.more) return 1;
  members.names.emplace_back(name);
  return 0;
}

[[noreturn]] void refuse(const std::string& place, const std::string& what) {
  throw Error(Fault::data, cat(place, ": ", what));
}

// Every part of "group/name" has to be a hard link.
void require_hard_links(const Hdf5File& file, const std::string& name,
                        const std::string& place) {
  for (std::size_t end = 0; end != std::string::npos;) {
    end = name.find('/', end + 1);
    const std::string part = name.substr(0, end);
    H5L_info_t info;
    if (H5Lget_info(file.id.get(), part.c_str(), &info, H5P_DEFAULT) < 0) {
      refuse(place, cat("HDF5 cannot follow it: ", hdf5_reason()));
    }
    if (info.type == H5L_TYPE_HARD) continue;
    refuse(place,
           cat("\"", printable_ascii(part), "\" is a link to elsewhere, ",
               "which is not followed; store the data itself there"));
  }
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

std::vector<std::uint64_t> chunk_shape(hid_t plist, std::size_t rank) {
  if (H5Pget_layout(plist) != H5D_CHUNKED) return {};
  std::vector<hsize_t> chunk(rank);
  if (H5Pget_chunk(plist, static_cast<int>(rank), chunk.data()) < 0) return {};
  return {chunk.begin(), chunk.end()};
}

void require_plausible_size(const Hdf5Dataset& dataset,
                            std::uint64_t file_bytes) {
  const std::uint64_t element = H5Tget_size(dataset.type.get());
  const std::uint64_t limit =
      std::max(kAlwaysAllowedBytes, kLargestExpansion * file_bytes);
  for (const auto* shape : {&dataset.shape, &dataset.chunk}) {
    const auto bytes = array_bytes(*shape, element);
    if (bytes && *bytes <= limit) continue;
    refuse(dataset.place,
           cat("its ", shape == &dataset.chunk ? "chunk" : "shape", " ",
               shape_text(*shape), " declares more than ", kLargestExpansion,
               " times the ", file_bytes,
               " bytes of the file; the file is damaged or hostile"));
  }
}

}  // namespace

Hdf5File open_hdf5(const std::string& path, std::uint64_t bytes) {
  if (H5Fis_hdf5(path.c_str()) <= 0) {
    refuse(path, "expected an HDF5 file, found something else");
  }
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

bool has_link(const Hdf5File& file, const std::string& name) {
  for (std::size_t end = 0; end != std::string::npos;) {
    end = name.find('/', end + 1);
    const std::string part = name.substr(0, end);
    if (H5Lexists(file.id.get(), part.c_str(), H5P_DEFAULT) <= 0) return false;
  }
  return true;
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
  require_hard_links(file, name, dataset.place);
  dataset.id = {H5Dopen2(file.id.get(), name.c_str(), H5P_DEFAULT), H5Dclose};
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
  dataset.shape = extent(space.get());
  dataset.chunk = chunk_shape(plist.get(), dataset.shape.size());
  require_own_storage(plist.get(), dataset.place);
  require_known_filters(plist.get(), dataset.place);
  require_plausible_size(dataset, file.bytes);
  return dataset;
}

std::vector<std::string> datasets_in(const Hdf5File& file,
                                     const std::string& group) {
  if (group.empty() || !has_link(file, group)) return {};
  const std::string place =
      cat(file.path, ": group \"", printable_ascii(group), "\"");
  require_hard_links(file, group, place);
  const Hdf5Handle id(H5Gopen2(file.id.get(), group.c_str(), H5P_DEFAULT),
                      H5Gclose);
  if (!id) return {};
  Members members;
  H5Literate(id.get(), order_of(id.get()), H5_ITER_INC, nullptr, add_member,
             &members);
  if (members.more) {
    refuse(place, cat("it has more than ", kMostMembers,
                      " datasets; name one of them"));
  }
  for (std::string& name : members.names) name = cat(group, '/', name);
  return std::move(members.names);
}

std::string shape_text(const std::vector<std::uint64_t>& shape) {
  std::vector<std::string> sizes;
  sizes.reserve(shape.size());
  for (const std::uint64_t d : shape) sizes.push_back(cat(d));
  if (sizes.size() == 1) return cat("(", sizes[0], ",)");
  return cat("(", join(sizes), ")");
}

void read_rows(const Hdf5Dataset& dataset, std::uint64_t first,
               std::uint64_t count, hid_t memory_type, void* out) {
  std::vector<hsize_t> start(dataset.shape.size(), 0);
  std::vector<hsize_t> extents(dataset.shape.begin(), dataset.shape.end());
  start[0] = first;
  extents[0] = count;
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
  refuse(dataset.place, cat("rows ", first, " to ", first + count - 1,
                            " cannot be read: ", hdf5_reason(),
                            "; the file is damaged: copy or write it again"));
}

}  // namespace polytask
