// Which lanes of eight a byte's bits select, in order: for processors without
// an instruction that compresses vectors.
//
// Private to this folder.

#pragma once

#include <cstdint>

namespace polytask::kernels {

struct SelectedLanes {
  std::uint8_t of[256][8] = {};

  constexpr SelectedLanes() {
    for (int bits = 0; bits < 256; ++bits) {
      int count = 0;
      for (int lane = 0; lane < 8; ++lane) {
        if (((bits >> lane) & 1) != 0) {
          of[bits][count++] = static_cast<std::uint8_t>(lane);
        }
      }
    }
  }
};
inline constexpr SelectedLanes kSelectedLanes;

}  // namespace polytask::kernels
