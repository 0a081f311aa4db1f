#include "polytask/data/hdf5/hdf5_handle.h"

#include "polytask/base/text.h"
#include "polytask/base/utf8.h"
#include "polytask/data/label_names.h"

namespace polytask {
namespace {

// Walking upwards, the first entry is where it went wrong.
herr_t keep_first(unsigned n, const H5E_error2_t* entry, void* text) {
  if (n == 0 && entry->desc != nullptr) {
    *static_cast<std::string*>(text) = entry->desc;
  }
  return 0;
}

std::string integer_name(hid_t type) {
  const bool is_signed = H5Tget_sign(type) == H5T_SGN_2;
  return cat(is_signed ? "int" : "uint", 8 * H5Tget_size(type));
}

}  // namespace

void configure_hdf5() {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  H5PLset_loading_state(0);
}

std::string hdf5_reason() {
  std::string text;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &text);
  // HDF5's file driver quotes strerror between a dozen numbers.
  const std::string quote = "error message = '";
  const std::size_t at = text.find(quote);
  if (at != std::string::npos) {
    const std::size_t begin = at + quote.size();
    text = text.substr(begin, text.find('\'', begin) - begin);
  }
  return text.empty() ? "no reason given" : printable_ascii(text);
}

std::string hdf5_type_name(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
      return integer_name(type);
    case H5T_FLOAT:
      return cat("float", 8 * H5Tget_size(type));
    case H5T_STRING:
      return "text";
    case H5T_ENUM:
      return "an enumeration";
    case H5T_COMPOUND:
      return "a compound type";
    case H5T_VLEN:
      return "lists of varying length";
    default:
      return "a type without numbers";
  }
}

}  // namespace polytask
