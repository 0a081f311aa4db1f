#include "polytask/data/hdf5/hdf5_create.h"

#include "polytask/base/error.h"

namespace polytask {

void require_written(bool ok) {
  if (!ok) throw Error(Fault::io, hdf5_reason());
}

Hdf5Handle checked_handle(Hdf5Handle handle) {
  require_written(static_cast<bool>(handle));
  return handle;
}

Hdf5Handle make_space(const std::vector<hsize_t>& shape) {
  return checked_handle(
      {H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
       H5Sclose});
}

Hdf5Handle make_timeless(hid_t of) {
  Hdf5Handle plist = checked_handle({H5Pcreate(of), H5Pclose});
  require_written(H5Pset_obj_track_times(plist.get(), false) >= 0);
  return plist;
}

void write_texts(hid_t object, const std::string& name,
                 const std::vector<std::string>& texts) {
  const Hdf5Handle type = checked_handle({H5Tcopy(H5T_C_S1), H5Tclose});
  require_written(H5Tset_size(type.get(), H5T_VARIABLE) >= 0);
  require_written(H5Tset_cset(type.get(), H5T_CSET_UTF8) >= 0);
  const Hdf5Handle space = make_space({texts.size()});
  Hdf5Handle attribute =
      checked_handle({H5Acreate2(object, name.c_str(), type.get(), space.get(),
                                 H5P_DEFAULT, H5P_DEFAULT),
                      H5Aclose});
  std::vector<const char*> pointers;
  pointers.reserve(texts.size());
  for (const std::string& text : texts) pointers.push_back(text.c_str());
  require_written(H5Awrite(attribute.get(), type.get(), pointers.data()) >= 0);
  require_written(attribute.close());
}

}  // namespace polytask
