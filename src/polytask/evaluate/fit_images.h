// Images of any data set as a model takes them.

#pragma once

#include <string>
#include <vector>

#include "polytask/data/dataset.h"
#include "polytask/model/model.h"

namespace polytask {

struct FittedImages {
  DatasetPtr data;  // the same answers and names
  // What was done to the pixels because they evidently are not what the model
  // was trained on: a sentence each, for people.
  std::vector<std::string> notes;
};

// A view with the size, the channels and the scale of the model:
//
//   another size                 resized (resized_dataset.h)
//   grey for a model of colours  three equal channels
//   colours for a grey model     luma, L = .299 R + .587 G + .114 B; rounded
//                                where pixels are whole numbers
//   fractions 0 to 255, where the model takes 0 to 1, or the other way round
//                                divided or multiplied by 255
//
// Reads every image once where pixels are fractions. Throws Fault::data for
// fractions below 0 or above 255 where the model takes 0 to 255.
[[nodiscard]] FittedImages fit_images(const DatasetPtr& data,
                                      const ModelSpec& model);

}  // namespace polytask
