// Everything a program can use, in one include, in the order to read it.
//
// Files include what they use; this header is for programs that use the
// library, short ones above all. Start with examples/blog.cpp, which reads a
// data set, splits it, makes a model, trains it and saves it.

#pragma once

// clang-format off: the order is that of reading

// Images with their answers, and what is asked of them.
#include "polytask/data/array_dataset.h"
#include "polytask/data/data_options.h"
#include "polytask/data/dataset.h"
#include "polytask/data/hdf5_reader.h"
#include "polytask/data/image_file.h"
#include "polytask/data/split.h"
#include "polytask/task/losses.h"
#include "polytask/task/multi_task_loss.h"
#include "polytask/task/task.h"
#include "polytask/task/task_kind.h"

// The network, and the model that joins it with the tasks.
#include "polytask/model/answers.h"
#include "polytask/model/model.h"
#include "polytask/network/network_options.h"

// Training, and a recipe as the command line reads it.
#include "polytask/optim/adam_options.h"
#include "polytask/recipe/recipe.h"
#include "polytask/train/progress.h"
#include "polytask/train/train.h"
#include "polytask/weighting/weighting.h"

// Saving, answering, and what the answers are worth.
#include "polytask/checkpoint/model_file.h"
#include "polytask/evaluate/evaluate_model.h"
#include "polytask/metrics/evaluate.h"
#include "polytask/metrics/evaluation.h"
#include "polytask/predict/predictor.h"

// Documents for people and programs.
#include "polytask/report/evaluation_text.h"
#include "polytask/report/keras_progress.h"

// Errors and shapes, which all of them use.
#include "polytask/base/error.h"
#include "polytask/tensor/parameter_store.h"
#include "polytask/tensor/shape.h"

// Data sets that are drawn: link polytask::worlds.
#include "polytask/worlds/worlds.h"
