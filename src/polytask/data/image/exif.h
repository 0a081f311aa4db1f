// The orientation that a camera notes in the EXIF block of a photograph.
//
//   1 upright          5 mirrored along the main diagonal
//   2 mirrored         6 turn by 90 degrees clockwise to see it upright
//   3 turned by 180    7 mirrored along the other diagonal
//   4 upside down      8 turn by 90 degrees counter-clockwise
//      mirrored
//
// Tag 0x0112 of the first image directory. A block that is damaged, or holds
// another number, says nothing: 1.
// Source: Exif 2.32, section 4.6.4; PNG 1.5 extensions, eXIf.

#pragma once

#include <cstddef>
#include <span>

namespace polytask {

// Of whole files, whose signature was checked. Never reads beyond them.
[[nodiscard]] int orientation_of_jpeg(std::span<const std::byte> file);
[[nodiscard]] int orientation_of_png(std::span<const std::byte> file);

// From 5 on height and width change places.
[[nodiscard]] constexpr bool swaps_sides(int orientation) {
  return orientation >= 5;
}

}  // namespace polytask
