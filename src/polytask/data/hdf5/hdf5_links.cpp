#include "polytask/data/hdf5/hdf5_links.h"

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"
#include "polytask/data/label_names.h"

namespace polytask {
namespace {

constexpr std::size_t kListedDatasets = 20;
constexpr std::size_t kMostMembers = 1000;

herr_t refuse_external(const char*, const char*, const char*, const char*,
                       unsigned*, hid_t, void*) {
  return -1;
}

[[noreturn]] void refuse(const std::string& place, const std::string& what) {
  throw Error(Fault::data, cat(place, ": ", what));
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
                              shape_text(extent_of(space.get())), " ",
                              hdf5_type_name(type.get())));
  return 0;
}

// As they were written, where the file knows that; else by name.
H5_index_t order_of(hid_t group) {
  const Hdf5Handle plist(H5Gget_create_plist(group), H5Pclose);
  unsigned flags = 0;
  H5Pget_link_creation_order(plist.get(), &flags);
  return (flags & H5P_CRT_ORDER_TRACKED) != 0 ? H5_INDEX_CRT_ORDER
                                              : H5_INDEX_NAME;
}

// A group, say; not a dataset that cannot be opened.
bool is_no_dataset(hid_t group, const char* name) {
  const Hdf5Handle object(H5Oopen(group, name, H5P_DEFAULT), H5Oclose);
  return object && H5Iget_type(object.get()) != H5I_DATASET;
}

bool is_group(const Hdf5File& file, const std::string& name) {
  const Hdf5Handle access = stay_in_file(H5P_GROUP_ACCESS);
  const Hdf5Handle group(H5Gopen2(file.id.get(), name.c_str(), access.get()),
                         H5Gclose);
  return static_cast<bool>(group);
}

[[noreturn]] void refuse_damaged(const Hdf5File& file, const std::string& group,
                                 const std::string& reason) {
  refuse(cat(file.path, ": group \"", printable_ascii(group), "\""),
         cat("its members cannot be read: ", reason,
             "; the file is damaged: copy or write it again"));
}

struct Members {
  std::vector<std::string> names;
  bool more = false;
};

herr_t add_member(hid_t group, const char* name, const H5L_info_t* info,
                  void* data) {
  auto& members = *static_cast<Members*>(data);
  const Hdf5Handle access = stay_in_file(H5P_DATASET_ACCESS);
  const Hdf5Handle dataset(H5Dopen2(group, name, access.get()), H5Dclose);
  if (!dataset && info->type == H5L_TYPE_HARD && is_no_dataset(group, name)) {
    return 0;
  }
  // What leads out of the file or is damaged is refused later, with its name.
  members.more = members.names.size() == kMostMembers;
  if (members.more) return 1;
  members.names.emplace_back(name);
  return 0;
}

}  // namespace

Hdf5Handle stay_in_file(hid_t of) {
  Hdf5Handle access(H5Pcreate(of), H5Pclose);
  H5Pset_elink_cb(access.get(), refuse_external, nullptr);
  return access;
}

bool has_link(const Hdf5File& file, const std::string& name) {
  const Hdf5Handle access = stay_in_file(H5P_LINK_ACCESS);
  std::string parent = "/";
  for (std::size_t end = 0; end != std::string::npos;) {
    end = name.find('/', end + 1);
    const std::string part = name.substr(0, end);
    const htri_t there = H5Lexists(file.id.get(), part.c_str(), access.get());
    const std::string reason = there < 0 ? hdf5_reason() : "";
    if (there < 0 && is_group(file, parent)) {
      refuse_damaged(file, parent, reason);
    }
    if (there <= 0) return false;
    parent = part;
  }
  return true;
}

void require_links_within(const Hdf5File& file, const std::string& name,
                          const std::string& place) {
  const Hdf5Handle access = stay_in_file(H5P_LINK_ACCESS);
  for (std::size_t end = 0; end != std::string::npos;) {
    end = name.find('/', end + 1);
    const std::string part = name.substr(0, end);
    H5L_info_t info;
    if (H5Lget_info(file.id.get(), part.c_str(), &info, access.get()) < 0) {
      refuse(place, cat("HDF5 cannot follow it: ", hdf5_reason()));
    }
    if (info.type == H5L_TYPE_HARD || info.type == H5L_TYPE_SOFT) continue;
    refuse(place,
           cat("\"", printable_ascii(part), "\" is a link to elsewhere, ",
               "which is not followed; store the data itself there"));
  }
}

std::vector<std::string> datasets_in(const Hdf5File& file,
                                     const std::string& group) {
  if (group.empty() || !has_link(file, group)) return {};
  const std::string place =
      cat(file.path, ": group \"", printable_ascii(group), "\"");
  require_links_within(file, group, place);
  const Hdf5Handle access = stay_in_file(H5P_GROUP_ACCESS);
  const Hdf5Handle id(H5Gopen2(file.id.get(), group.c_str(), access.get()),
                      H5Gclose);
  if (!id) return {};
  Members members;
  if (H5Literate(id.get(), order_of(id.get()), H5_ITER_INC, nullptr, add_member,
                 &members) < 0) {
    refuse_damaged(file, group, hdf5_reason());
  }
  if (members.more) {
    refuse(place, cat("it has more than ", kMostMembers,
                      " datasets; name one of them"));
  }
  for (std::string& name : members.names) name = cat(group, '/', name);
  return std::move(members.names);
}

std::string list_datasets(const Hdf5File& file) {
  Listing listing;
  H5Lvisit(file.id.get(), H5_INDEX_NAME, H5_ITER_NATIVE, list_one, &listing);
  if (listing.names.empty()) return "no dataset at all";
  std::string text = join(listing.names);
  if (listing.more > 0) text += cat(" and ", listing.more, " more");
  return text;
}

}  // namespace polytask
