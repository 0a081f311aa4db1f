// How the parts of a scene come together.

#pragma once

#include "polytask/worlds/canvas.h"
#include "polytask/worlds/dice.h"
#include "polytask/worlds/label_sets.h"

namespace polytask::draw {

// Paints a scene that shows what `labels` says: first the view and the hour,
// then everything from the sky to what stands before the camera. As in
// photographs, some things are there without being labelled, and some that
// are labelled are small.
void paint_scene(Canvas& canvas, Dice& dice, LabelSet labels);

}  // namespace polytask::draw
