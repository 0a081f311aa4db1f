#include "polytask/train/fingerprint.h"

#include <gtest/gtest.h>

#include "tests/train/stripes.h"

namespace polytask {
namespace {

using test::model_for;
using test::stripes;
using Texts = std::vector<std::string>;

std::string fingerprint(const TrainOptions& options) {
  const DatasetPtr data = stripes();
  const Model model = model_for(data, test::dropout_network());
  return fingerprint_of(model.spec, options,
                        {.train = data, .validation = nullptr});
}

std::string without(std::string text, const std::string& line) {
  const auto at = text.find(line);
  EXPECT_NE(at, std::string::npos) << line << "is not in\n" << text;
  if (at != std::string::npos) text.erase(at, line.size());
  return text;
}

TEST(Fingerprint, TheSameRunHasNoDifferences) {
  EXPECT_EQ(fingerprint_differences(fingerprint({}), fingerprint({})), Texts{});
}

TEST(Fingerprint, ThreadsAndEpochsMayChange) {
  EXPECT_EQ(fingerprint({.epochs = 3, .threads = 1}),
            fingerprint({.epochs = 9, .threads = 4}));
}

TEST(Fingerprint, EveryDifferenceIsNamed) {
  EXPECT_EQ(
      fingerprint_differences(
          fingerprint({}),
          fingerprint({.batch_size = 8,
                       .adam = {.beta_1 = 0.8},
                       .weighting = {.kind = WeightingKind::dwa}})),
      (Texts{
          "train.batch_size: 100 in the checkpoint, 8 in this run",
          "train.adam.beta_1: 0.9 in the checkpoint, 0.8 in this run",
          "train.weighting.kind: equal in the checkpoint, dwa in this run"}));
}

TEST(Fingerprint, AnOptionThatTheCheckpointDoesNotKnowWasItsDefault) {
  const std::string old = without(fingerprint({}), "  gradients: features\n");
  EXPECT_EQ(fingerprint_differences(old, fingerprint({})), Texts{});
  EXPECT_EQ(
      fingerprint_differences(
          old,
          fingerprint({.weighting = {.gradients = WeightedGradients::trunk}})),
      Texts{"train.weighting.gradients: features in the checkpoint, trunk in "
            "this run"});
}

TEST(Fingerprint, WhatOnlyTheCheckpointHasIsADifference) {
  EXPECT_EQ(fingerprint_differences("only_heads: amount\n" + fingerprint({}),
                                    fingerprint({})),
            Texts{"only_heads: amount in the checkpoint, none in this run"});
}

TEST(Fingerprint, TheOrderOfTasksIsPartOfIt) {
  EXPECT_EQ(
      fingerprint_differences("tasks: {a: {kind: count}, b: {kind: count}}\n",
                              "tasks: {b: {kind: count}, a: {kind: count}}\n"),
      Texts{"the order: tasks.a.kind in the checkpoint where tasks.b.kind is "
            "in this run"});
}

}  // namespace
}  // namespace polytask
