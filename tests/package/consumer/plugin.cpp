// What a plug-in of someone else might offer.

#include <polytask/polytask.h>

#include <cstdint>

extern "C" std::int64_t images_in(const char* file) {
  return static_cast<std::int64_t>(polytask::read_hdf5(file)->size());
}
