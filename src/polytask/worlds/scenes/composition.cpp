#include "polytask/worlds/scenes/composition.h"

#include <algorithm>

#include "polytask/worlds/scenes/desert.h"
#include "polytask/worlds/scenes/meadow.h"
#include "polytask/worlds/scenes/mountains.h"
#include "polytask/worlds/scenes/sea.h"
#include "polytask/worlds/scenes/vessels.h"
#include "polytask/worlds/scenes/weather.h"
#include "polytask/worlds/scenes/woods.h"

namespace polytask::draw {
namespace {

// The horizon stands where each kind of picture usually has it.
float usual_horizon(Dice& dice, LabelSet labels) {
  if (has(labels, kSunset)) return dice.between(0.45f, 0.95f);
  if (labels == set_of(kDesert)) return dice.between(-0.1f, 0.72f);
  if (labels == set_of(kSea)) return dice.between(-0.05f, 0.75f);
  if (has(labels, kMountains)) return dice.between(0.48f, 0.95f);
  return dice.between(0.2f, 0.75f);
}

View some_view(Dice& dice, LabelSet labels, float aspect) {
  View view;
  view.horizon = usual_horizon(dice, labels);
  view.tilt = dice.chance(0.3f) ? 0.03f * dice.bell() : 0.0f;
  view.focal = dice.between(0.8f, 1.9f);
  view.eye = dice.between(0.7f, 1.6f);
  view.centre = 0.5f * aspect;
  return view;
}

void paint_far(const Stage& stage, Dice& dice, LabelSet labels) {
  if (has(labels, kMountains)) return;
  const float hills = has(labels, kDesert) ? 0.35f : 0.28f;
  if (dice.chance(hills)) draw_hills(stage, dice, dice.between(0.03f, 0.16f));
  if (dice.chance(0.18f)) draw_ranges(stage, dice, dice.between(0.04f, 0.18f));
}

void paint_mountains(const Stage& stage, Dice& dice, LabelSet labels) {
  const bool alone = labels == set_of(kMountains);
  if (dice.chance(alone ? 0.78f : 0.6f)) {
    const bool close = dice.chance(0.35f);
    draw_massif(stage, dice,
                close ? dice.between(7.0f, 14.0f) : dice.between(14.0f, 40.0f));
  } else {
    draw_meadow(stage, dice);
    draw_ranges(stage, dice, dice.between(0.08f, 0.5f));
  }
  if (has(labels, kSea) || has(labels, kDesert)) return;
  const float water = stage.view.horizon + dice.between(0.05f, 0.2f);
  if (dice.chance(0.35f)) {
    draw_lake(stage, dice, water, dice.between(water, 1.1f));
  }
  if (!has(labels, kTrees) && dice.chance(0.35f)) {
    const float base = stage.view.horizon + dice.between(0.06f, 0.45f);
    draw_tree_line(stage, dice, base, dice.between(0.02f, 0.1f));
  }
}

void paint_mountains_and_water(const Stage& stage, Dice& dice) {
  if (dice.chance(0.5f)) {
    draw_massif(stage, dice, dice.between(12.0f, 30.0f));
  } else {
    draw_ranges(stage, dice, dice.between(0.12f, 0.4f));
  }
  const float top = stage.view.horizon + dice.between(0.03f, 0.1f);
  View lower = stage.view;
  lower.horizon = top;
  draw_bay({stage.canvas, stage.light, lower, stage.sky}, dice, {});
}

// Land in front, the sea behind it: often no more than a strip.
void draw_coast(const Stage& stage, Dice& dice) {
  draw_meadow(stage, dice);
  const float top = std::max(stage.view.horizon, 0.0f);
  const float shore = mix(top, 1.0f, dice.between(0.06f, 0.5f));
  const float slope = dice.between(-0.3f, 0.3f);
  const float bend = dice.between(0.0f, 0.2f);
  draw_bay(stage, dice, {shore, slope, bend, dice.seed()});
  if (dice.chance(0.4f)) draw_sea_rocks(stage, dice);
  if (dice.chance(0.25f))
    draw_some_trees(stage, dice, dice.between(0.1f, 0.3f));
}

void paint_sea(const Stage& stage, Dice& dice, LabelSet labels) {
  if (has(labels, kMountains)) return paint_mountains_and_water(stage, dice);
  if (has(labels, kDesert)) {
    draw_desert(stage, dice);
    const float v = mix(std::max(stage.view.horizon, 0.0f), 1.0f,
                        dice.between(0.15f, 0.5f));
    return draw_bay(stage, dice,
                    {v, dice.between(-0.2f, 0.2f), 0.1f, dice.seed()});
  }
  if (dice.chance(0.3f)) {
    draw_coast(stage, dice);
  } else {
    draw_sea(stage, dice);
  }
  if (stage.view.horizon > 0.2f && dice.chance(0.15f)) {
    draw_landmark(stage, dice);
  }
}

// A sunset over nothing in particular.
void paint_plain_sunset(const Stage& stage, Dice& dice) {
  draw_meadow(stage, dice);
  if (dice.chance(0.25f)) draw_ranges(stage, dice, dice.between(0.05f, 0.2f));
  if (dice.chance(0.25f)) {
    draw_lake(stage, dice, stage.view.horizon + 0.03f,
              dice.between(0.8f, 1.1f));
  }
  if (dice.chance(0.3f)) draw_landmark(stage, dice);
  if (dice.chance(0.25f)) draw_stalks(stage, dice);
  if (dice.chance(0.2f)) draw_some_trees(stage, dice, dice.between(0.1f, 0.4f));
}

void paint_ground(const Stage& stage, Dice& dice, LabelSet labels) {
  if (has(labels, kMountains) && has(labels, kDesert)) {
    draw_ranges(stage, dice, dice.between(0.12f, 0.35f));
    draw_desert(stage, dice);
  } else if (has(labels, kSea)) {
    paint_sea(stage, dice, labels);
  } else if (has(labels, kMountains)) {
    paint_mountains(stage, dice, labels);
  } else if (has(labels, kDesert)) {
    draw_desert(stage, dice);
  } else if (labels == set_of(kSunset)) {
    paint_plain_sunset(stage, dice);
  } else {
    draw_meadow(stage, dice);
    const float water = stage.view.horizon + dice.between(0.1f, 0.3f);
    if (dice.chance(0.3f)) {
      draw_lake(stage, dice, water, water + dice.between(0.1f, 0.5f));
    }
  }
}

void paint_trees(const Stage& stage, Dice& dice, LabelSet labels) {
  if (labels == set_of(kTrees)) return draw_trees(stage, dice);
  if (has(labels, kDesert)) return draw_oasis(stage, dice);
  if (has(labels, kSea) && dice.chance(0.6f)) return draw_palms(stage, dice);
  if (has(labels, kSea)) {
    const float base = stage.view.horizon + dice.between(0.01f, 0.05f);
    return draw_tree_line(stage, dice, base, dice.between(0.03f, 0.12f));
  }
  if (has(labels, kMountains) && dice.chance(0.4f)) {
    const float base = stage.view.horizon + dice.between(0.08f, 0.4f);
    return draw_tree_line(stage, dice, base, dice.between(0.05f, 0.16f));
  }
  draw_some_trees(stage, dice, dice.between(0.12f, 0.8f));
}

// What is in the picture though no one would name the picture after it.
void paint_bystanders(const Stage& stage, Dice& dice, LabelSet labels) {
  if (dice.chance(0.07f)) draw_stalks(stage, dice);
  if (has(labels, kTrees)) return;
  if (dice.chance(0.06f)) draw_frame_of_leaves(stage, dice);
  const bool land = !has(labels, kSea);
  if (land && dice.chance(0.22f)) {
    draw_some_trees(stage, dice, dice.between(0.05f, 0.45f));
  }
  if (has(labels, kDesert) && dice.chance(0.17f)) draw_oasis(stage, dice);
}

}  // namespace

void paint_scene(Canvas& canvas, Dice& dice, LabelSet labels) {
  const float aspect = canvas.aspect();
  const View view = some_view(dice, labels, aspect);
  const Light light = has(labels, kSunset) ? sunset_light(dice, view, aspect)
                                           : day_light(dice, view, aspect);
  const Sky sky(light, view, dice);
  const Stage stage{canvas, light, view, sky};
  sky.draw(canvas);
  paint_far(stage, dice, labels);
  paint_ground(stage, dice, labels);
  if (has(labels, kTrees)) paint_trees(stage, dice, labels);
  paint_bystanders(stage, dice, labels);
  draw_weather(stage, dice);
}

}  // namespace polytask::draw
