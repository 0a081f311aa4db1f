// Changes to a model that leave its weights alone.

#pragma once

#include <string>
#include <vector>

#include "polytask/model/model.h"

namespace polytask::cli {

struct ModelChange {
  std::string key;
  std::string from;
  std::string to;
};

// Applies words like
//
//   tasks.scene.thresholds.sea=.3   tasks.scene.thresholds=.4
//   tasks.scene.labels.sea=ocean    tasks.scene.name=place   note.owner=me
//
// all at once: each name is one that the model has now, so labels can be
// swapped. Names may hold dots and equals signs. An empty text takes a note
// away.
// Throws Fault::config with every problem, the model left as it was: an unknown
// key or name with the nearest, a threshold that is not 0 to 1, a change that
// is given twice, and what makes tasks unusable.
std::vector<ModelChange> change_model(Model& model,
                                      const std::vector<std::string>& words);

}  // namespace polytask::cli
