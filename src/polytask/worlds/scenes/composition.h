// How the parts of a scene come together.

#pragma once

#include "polytask/worlds/drawing/canvas.h"
#include "polytask/worlds/drawing/dice.h"
#include "polytask/worlds/scenes/label_sets.h"

namespace polytask::draw {

// Paints a scene that shows what `labels` says: first the view and the hour,
// then everything from the sky to what stands before the camera. As in
// photographs, some things are there without being labelled, and some that
// are labelled are small.
void paint_scene(Canvas& canvas, Dice& dice, LabelSet labels);

}  // namespace polytask::draw
