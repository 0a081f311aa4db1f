// Eight images, five labels: small enough to count by hand.

#pragma once

#include <vector>

namespace polytask::test {

inline const std::vector<float> kExampleTargets{1, 0, 0, 1, 0,  //
                                                0, 1, 0, 0, 0,  //
                                                0, 0, 1, 1, 0,  //
                                                0, 0, 0, 0, 1,  //
                                                1, 0, 0, 0, 0,  //
                                                0, 1, 0, 0, 1,  //
                                                0, 0, 1, 0, 0,  //
                                                0, 0, 0, 1, 0};

inline const std::vector<float> kExampleProbabilities{
    .9f,  .1f,  .2f,  .6f,  .3f,   //
    .2f,  .4f,  .7f,  .1f,  .1f,   //
    .1f,  .05f, .8f,  .45f, .2f,   //
    .3f,  .3f,  .3f,  .3f,  .6f,   //
    .35f, .2f,  .5f,  .1f,  .4f,   //
    .05f, .7f,  .1f,  .2f,  .55f,  //
    .1f,  .2f,  .65f, .65f, .1f,   //
    0.f,  .1f,  .5f,  .95f, .2f};

}  // namespace polytask::test
