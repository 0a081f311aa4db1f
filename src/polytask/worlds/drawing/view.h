// Where the camera stands and how it looks.
//
// The world: x to the right, y up, z away, in units of which the eye is about
// one above the ground. A point projects to
//
//   u = centre + focal x / z,   v = horizon + tilt (u - centre)
//                                   + focal (eye - y) / z.

#pragma once

#include <algorithm>
#include <cmath>

#include "polytask/worlds/drawing/canvas.h"

namespace polytask::draw {

struct Vector {
  float x = 0.0f;
  float y = 0.0f;
  float z = 0.0f;
};

[[nodiscard]] inline float dot(const Vector& a, const Vector& b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}

[[nodiscard]] inline Vector unit(const Vector& a) {
  const float scale = 1.0f / std::sqrt(dot(a, a));
  return {a.x * scale, a.y * scale, a.z * scale};
}

struct View {
  float horizon = 0.4f;  // v in the middle; outside [0, 1] it is not in frame
  float tilt = 0.0f;     // slope of the horizon
  float focal = 1.2f;    // zoom, in image heights
  float eye = 1.0f;      // height above the ground
  float centre = 0.5f;   // u

  [[nodiscard]] float horizon_at(float u) const {
    return horizon + tilt * (u - centre);
  }
  // Distance of the flat ground seen at (u, v); v must be below the horizon.
  [[nodiscard]] float depth_at(float u, float v) const {
    return focal * eye / std::max(v - horizon_at(u), 1e-4f);
  }
  [[nodiscard]] float across(float u, float z) const {
    return (u - centre) * z / focal;
  }
  [[nodiscard]] Point project(const Vector& p) const {
    const float u = centre + focal * p.x / p.z;
    return {u, horizon_at(u) + focal * (eye - p.y) / p.z};
  }
};

}  // namespace polytask::draw
