#include <algorithm>
#include <cstring>
#include <optional>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/data/hdf5/hdf5_labels.h"
#include "polytask/data/label_names.h"

namespace polytask {
namespace {

constexpr std::size_t kMostNames = 65536;

// An attribute with a list of texts.
struct TextList {
  const Hdf5Handle& attribute;
  const Hdf5Handle& type;
  const Hdf5Handle& space;
  std::size_t count;
  const std::string& place;
};

[[noreturn]] void refuse_damaged(const std::string& place) {
  throw Error(Fault::data, cat(place, ": it cannot be read: ", hdf5_reason(),
                               "; the file is damaged: copy or write it "
                               "again"));
}

// Texts of varying length: HDF5 allocates each.
std::vector<std::string> read_varying(const TextList& list) {
  const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.get(), H5T_VARIABLE);
  H5Tset_cset(type.get(), H5Tget_cset(list.type.get()));
  std::vector<char*> texts(list.count, nullptr);
  if (H5Aread(list.attribute.get(), type.get(), texts.data()) < 0) {
    refuse_damaged(list.place);
  }
  std::vector<std::string> names;
  names.reserve(list.count);
  for (const char* text : texts) {
    names.emplace_back(
        text == nullptr ? "" : text,
        text == nullptr ? 0 : strnlen(text, kLongestLabelName + 1));
  }
  H5Dvlen_reclaim(type.get(), list.space.get(), H5P_DEFAULT, texts.data());
  return names;
}

// Texts of one length, padded with zeros or spaces.
std::vector<std::string> read_fixed(const TextList& list) {
  const std::size_t size = H5Tget_size(list.type.get());
  if (size > kLongestLabelName) {
    throw Error(Fault::data, cat(list.place, ": expected names of at most ",
                                 kLongestLabelName, " bytes, found room for ",
                                 size, "; write shorter ones"));
  }
  std::string bytes(list.count * size, '\0');
  if (H5Aread(list.attribute.get(), list.type.get(), bytes.data()) < 0) {
    refuse_damaged(list.place);
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < list.count; ++i) {
    std::string name(bytes, i * size, strnlen(&bytes[i * size], size));
    if (H5Tget_strpad(list.type.get()) == H5T_STR_SPACEPAD) {
      name.erase(name.find_last_not_of(' ') + 1);
    }
    names.push_back(std::move(name));
  }
  return names;
}

std::string place_of(const Hdf5Dataset& labels, const char* name) {
  return cat(labels.place, ", attribute \"", name, "\"");
}

// Nothing when there is no such list of texts: the name may mean another
// thing there. Throws Fault::data when there is one that cannot be read.
std::optional<std::vector<std::string>> read_names(const Hdf5Dataset& labels,
                                                   const char* name) {
  if (!has_attribute(labels, name)) return std::nullopt;
  const std::string place = place_of(labels, name);
  const Hdf5Handle attribute(H5Aopen(labels.id.get(), name, H5P_DEFAULT),
                             H5Aclose);
  if (!attribute) refuse_damaged(place);
  const Hdf5Handle type(H5Aget_type(attribute.get()), H5Tclose);
  const Hdf5Handle space(H5Aget_space(attribute.get()), H5Sclose);
  if (!type || !space) refuse_damaged(place);
  if (H5Tget_class(type.get()) != H5T_STRING ||
      H5Sget_simple_extent_ndims(space.get()) != 1) {
    return std::nullopt;
  }
  const hssize_t points = H5Sget_simple_extent_npoints(space.get());
  if (points < 1 || points > static_cast<hssize_t>(kMostNames)) {
    return std::nullopt;
  }
  const TextList list{.attribute = attribute,
                      .type = type,
                      .space = space,
                      .count = static_cast<std::size_t>(points),
                      .place = place};
  return H5Tis_variable_str(type.get()) > 0 ? read_varying(list)
                                            : read_fixed(list);
}

}  // namespace

std::vector<std::string> label_names(const Hdf5Dataset& labels,
                                     std::size_t count,
                                     const std::vector<std::string>& chosen) {
  if (!chosen.empty()) {
    check_label_names(chosen, count, labels.place, Fault::config);
    return chosen;
  }
  for (const char* name : {"labels", "label_names", "names"}) {
    const auto found = read_names(labels, name);
    if (!found) continue;
    check_label_names(*found, count, place_of(labels, name), Fault::data);
    return *found;
  }
  return default_label_names(count);
}

std::vector<std::string> class_names(const Hdf5Dataset& labels) {
  const auto found = read_names(labels, "classes");
  if (!found) return {};
  check_label_names(*found, found->size(), place_of(labels, "classes"),
                    Fault::data);
  return *found;
}

}  // namespace polytask
