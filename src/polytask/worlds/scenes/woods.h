// Trees as a subject: a grove, a wood's edge, the inside of a forest.

#pragma once

#include "polytask/worlds/drawing/plants.h"

namespace polytask::draw {

// Trees as what the picture shows; assumes ground below the horizon.
void draw_trees(const Stage& stage, Dice& dice);

// A few trees somewhere in a picture of something else.
//   size   height of the nearest, image heights
void draw_some_trees(const Stage& stage, Dice& dice, float size);

// A dark row of treetops at the horizon or along a valley.
void draw_tree_line(const Stage& stage, Dice& dice, float base, float height);

// Palms or acacias, as they stand in deserts and on beaches.
void draw_oasis(const Stage& stage, Dice& dice);

// Palms that lean into the frame from below, as on a beach.
void draw_palms(const Stage& stage, Dice& dice);

// A twig or a trunk at the edge of the frame, close to the camera.
void draw_frame_of_leaves(const Stage& stage, Dice& dice);

}  // namespace polytask::draw
