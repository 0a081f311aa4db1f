// Traffic signs and traffic lights.

#pragma once

#include "polytask/worlds/streets/street_stage.h"

namespace polytask::draw {

void draw_stop_sign(const StreetStage& street, const Vector& foot, Dice& dice);

// A mast with one lamp of three lit; beyond 8.5 metres it may hang over the
// road from an arm.
void draw_traffic_light(const StreetStage& street, const Vector& foot,
                        Dice& dice);

void draw_round_sign(const StreetStage& street, const Vector& foot, Dice& dice);

void draw_yield_sign(const StreetStage& street, const Vector& foot, Dice& dice);

}  // namespace polytask::draw
