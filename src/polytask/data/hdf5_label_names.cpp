#include <algorithm>
#include <cstring>
#include <optional>

#include "polytask/base/text.h"
#include "polytask/data/hdf5_labels.h"
#include "polytask/data/label_names.h"

namespace polytask {
namespace {

constexpr std::size_t kMostNames = 65536;

// Texts of varying length: HDF5 allocates each.
std::vector<std::string> read_varying(hid_t attribute, hid_t space,
                                      std::size_t count) {
  const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  const Hdf5Handle stored(H5Aget_type(attribute), H5Tclose);
  H5Tset_size(type.get(), H5T_VARIABLE);
  H5Tset_cset(type.get(), H5Tget_cset(stored.get()));
  std::vector<char*> texts(count, nullptr);
  if (H5Aread(attribute, type.get(), texts.data()) < 0) return {};
  std::vector<std::string> names;
  names.reserve(count);
  for (const char* text : texts) {
    names.emplace_back(
        text == nullptr ? "" : text,
        text == nullptr ? 0 : strnlen(text, kLongestLabelName + 1));
  }
  H5Dvlen_reclaim(type.get(), space, H5P_DEFAULT, texts.data());
  return names;
}

// Texts of one length, padded with zeros or spaces.
std::vector<std::string> read_fixed(hid_t attribute, hid_t type,
                                    std::size_t count) {
  const std::size_t size = H5Tget_size(type);
  if (size > kLongestLabelName) return {};
  std::string bytes(count * size, '\0');
  if (H5Aread(attribute, type, bytes.data()) < 0) return {};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    std::string name(bytes, i * size, strnlen(&bytes[i * size], size));
    if (H5Tget_strpad(type) == H5T_STR_SPACEPAD) {
      name.erase(name.find_last_not_of(' ') + 1);
    }
    names.push_back(std::move(name));
  }
  return names;
}

// Nothing when there is no such list of texts: the name may mean another
// thing there.
std::optional<std::vector<std::string>> read_names(const Hdf5Dataset& labels,
                                                   const char* name) {
  if (H5Aexists(labels.id.get(), name) <= 0) return std::nullopt;
  const Hdf5Handle attribute(H5Aopen(labels.id.get(), name, H5P_DEFAULT),
                             H5Aclose);
  if (!attribute) return std::nullopt;
  const Hdf5Handle type(H5Aget_type(attribute.get()), H5Tclose);
  const Hdf5Handle space(H5Aget_space(attribute.get()), H5Sclose);
  if (H5Tget_class(type.get()) != H5T_STRING ||
      H5Sget_simple_extent_ndims(space.get()) != 1) {
    return std::nullopt;
  }
  const hssize_t points = H5Sget_simple_extent_npoints(space.get());
  if (points < 1 || points > static_cast<hssize_t>(kMostNames)) {
    return std::nullopt;
  }
  const auto count = static_cast<std::size_t>(points);
  return H5Tis_variable_str(type.get()) > 0
             ? read_varying(attribute.get(), space.get(), count)
             : read_fixed(attribute.get(), type.get(), count);
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
    check_label_names(*found, count,
                      cat(labels.place, ", attribute \"", name, "\""),
                      Fault::data);
    return *found;
  }
  return default_label_names(count);
}

std::vector<std::string> class_names(const Hdf5Dataset& labels) {
  const auto found = read_names(labels, "classes");
  if (!found) return {};
  check_label_names(*found, found->size(),
                    cat(labels.place, ", attribute \"classes\""), Fault::data);
  return *found;
}

}  // namespace polytask
