// What every painter of a part of a street is given.
//
// Places in a street are in metres: x to the right of the middle of the road,
// y up from the ground, z away from the camera. A bend moves the middle of
// the road to the right by bend z^2 as seen from the camera's axis.

#pragma once

#include <span>

#include "polytask/worlds/drawing/stage.h"
#include "polytask/worlds/streets/conditions.h"

namespace polytask::draw {

enum class Neighbourhood { town, suburb, park };

struct Road {
  Neighbourhood neighbourhood = Neighbourhood::town;
  float half = 3.4f;        // from the middle to the kerb, metres
  float lane = 3.2f;        // width of a lane
  float pavement = 3.0f;    // width
  float setback = 0.5f;     // from the pavement to the houses
  float camera = 1.6f;      // x of the camera
  float bend = 0.0f;        // per metre
  float zebra = 0.0f;       // z of the near edge of a zebra crossing; 0: none
  float junction = 0.0f;    // z of the near edge of a side street; 0: none
  float lamp_first = 8.0f;  // z of the nearest street lamp
  float lamp_every = 22.0f;
  float lamp_side = 1.0f;  // -1 left, 1 right
  bool middle_line = true;
  bool edge_lines = false;
  bool yellow = false;
  Color asphalt;
  Color slabs;
  Color verge;
  Color lamp_light;
  std::uint32_t seed = 0;
};

inline constexpr float kZebraDepth = 3.0f;     // metres along the road
inline constexpr float kJunctionDepth = 7.0f;  // metres along the road

class StreetStage {
 public:
  StreetStage(const Stage& stage, const Conditions& now, const Road& road)
      : stage_(stage), now_(now), road_(road) {}

  [[nodiscard]] Canvas& canvas() const { return stage_.canvas; }
  [[nodiscard]] const Stage& stage() const { return stage_; }
  [[nodiscard]] const View& view() const { return stage_.view; }
  [[nodiscard]] const Conditions& now() const { return now_; }
  [[nodiscard]] const Road& road() const { return road_; }

  // Image heights a metre at distance z.
  [[nodiscard]] float scale(float z) const { return view().focal / z; }
  [[nodiscard]] Point project(const Vector& place) const {
    const float bend = road_.bend * place.z * place.z;
    return view().project({place.x - road_.camera + bend, place.y, place.z});
  }
  // What a matt surface at `place` sends to the camera.
  [[nodiscard]] Color lit(Color albedo, const Vector& normal,
                          const Vector& place) const;
  // Light that something at distance z gives off, as it arrives.
  [[nodiscard]] Color glowing(Color light, float z) const;
  // The light of street lamps and of the own headlamps at a place.
  //   facing   share of the beam that the surface catches
  [[nodiscard]] Color lamplight(const Vector& place, float facing) const;

 private:
  const Stage& stage_;
  const Conditions& now_;
  const Road& road_;
};

// A dark spot on the ground under something, and its shadow where the sun
// casts one. No one owns its pixels.
//   wide, deep, tall   of what stands there, metres
void draw_shade(const StreetStage& street, const Vector& foot, float wide,
                float deep, float tall);

// Light around a lamp, added to what is there, and its reflection on a wet
// road. Radius in metres; `color` is the light in the middle.
void draw_glow(const StreetStage& street, const Vector& place, float radius,
               Color color);

// A flat convex outline in the street.
void draw_panel(const StreetStage& street, std::span<const Vector> corners,
                Color color);

// A thing that faces the camera at one distance: places on it are metres to
// the right of and above its foot.
class Figure {
 public:
  Figure(const StreetStage& street, const Vector& foot)
      : street_(street),
        foot_(street.project(foot)),
        scale_(street.scale(foot.z)),
        place_(foot) {}

  [[nodiscard]] Point at(float right, float up) const {
    return {foot_.u + right * scale_, foot_.v - up * scale_};
  }
  [[nodiscard]] float scale() const { return scale_; }
  [[nodiscard]] Color lit(Color albedo,
                          const Vector& normal = {0, 0.2f, -1}) const {
    return street_.lit(albedo, normal, place_);
  }
  void limb(Point from, Point to, float from_radius, float to_radius,
            Color color) const;
  void disc(float right, float up, float radius, Color color) const;
  void rectangle(float left, float bottom, float right, float top,
                 Color color) const;
  void polygon(std::span<const Point> corners, Color color) const;

 private:
  const StreetStage& street_;
  Point foot_;
  float scale_;
  Vector place_;
};

}  // namespace polytask::draw
