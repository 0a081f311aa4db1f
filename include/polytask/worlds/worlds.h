// Drawn worlds: data sets that need no download. Link polytask::worlds.
//
// For demonstrations and tests. What a network learns here says nothing about
// photographs, and least of all about driving.

#pragma once

#include <cstdint>

#include "polytask/data/dataset.h"

namespace polytask {

// Natural scenes: deserts, mountains, the sea, sunsets and trees, alone and
// together, in the proportions of the photographs of the reference job, with
// light, weather, framing and camera of their own for each.
struct SceneOptions {
  std::int64_t count = 2000;
  std::uint64_t seed = 1;
  int height = 100;  // pixels, 16 to 4096
  int width = 100;   // pixels, 16 to 4096
  int threads = 0;   // 0: as many as the machine has
};

// `count` RGB images named "scene 0", "scene 1", ..., labelled desert,
// mountains, sea, sunset and trees. Image i depends on seed, i, height and
// width alone: not on count, threads or machine. Any 2000 images from a
// multiple of 2000 on have exactly the label counts of the photographs.
//
// Throws Fault::config when an option is out of range, Fault::resource when
// there is no memory for the images.
[[nodiscard]] DatasetPtr draw_scenes(const SceneOptions& options);

// Street scenes, what a camera behind a windscreen sees, with eight columns of
// answers to questions of four kinds:
//
//   objects/pedestrian, objects/car,         0 or 1
//   objects/stop sign, objects/traffic light
//   weather       class: clear, cloudy, rain, fog, snow
//   time          class: day, dusk, night
//   pedestrians   how many, 0 to 6
//   distance      metres from the camera to the near end of the nearest car;
//                 missing (NaN) where there is none
//
// An object counts exactly if at least 8 pixels and 35 % of it are not hidden
// and the fog leaves 22 % of its light; what would count for less is not
// drawn at all. So the answers agree with one another: pedestrian is 1 where
// pedestrians > 0, car is 1 where there is a distance.
struct StreetOptions {
  std::int64_t count = 2000;
  std::uint64_t seed = 1;
  int height = 96;    // pixels, 32 to 4096
  int width = 128;    // pixels, 32 to 4096
  int threads = 0;    // 0: as many as the machine has
  float missing = 0;  // share of the answers that are hidden, 0 to 1
};

// `count` RGB images named "street 0", "street 1", .... Image i and its
// answers depend on seed, i, height and width alone: not on count, threads or
// machine. Which answers are hidden depends on seed, i and column alone: each
// is NaN with probability `missing`, and one that is hidden stays hidden at a
// larger share.
//
// Throws Fault::config when an option is out of range, Fault::resource when
// there is no memory for the images.
[[nodiscard]] DatasetPtr draw_streets(const StreetOptions& options);

}  // namespace polytask
