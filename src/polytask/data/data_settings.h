// The data's options as a recipe writes them.

#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "polytask/data/data_options.h"
#include "polytask/settings/settings_reader.h"

namespace polytask {

constexpr auto names_of(ImageLayout) {
  return std::array{
      std::pair{std::string_view("automatic"), ImageLayout::automatic},
      std::pair{std::string_view("nchw"), ImageLayout::nchw},
      std::pair{std::string_view("nhwc"), ImageLayout::nhwc}};
}

constexpr auto names_of(MinusOne) {
  return std::array{std::pair{std::string_view("ask"), MinusOne::ask},
                    std::pair{std::string_view("no"), MinusOne::no},
                    std::pair{std::string_view("missing"), MinusOne::missing}};
}

template <class Visitor>
void describe(Visitor& visitor, SplitOptions& options) {
  visitor.key("test_size", options.test_size);
  visitor.key("validation_size", options.validation_size);
  visitor.key("random_state", options.random_state);
}

template <class Visitor>
void describe(Visitor& visitor, DataOptions& options) {
  visitor.key("path", options.path);
  visitor.key("images", options.images);
  visitor.key("labels", options.labels);
  visitor.key("layout", options.layout);
  visitor.key("table", options.table);
  visitor.key("image_size", options.image_size);
  visitor.key("scale", options.scale);
  visitor.key("minus_one", options.minus_one);
  visitor.key("test", options.test);
  visitor.section("split", options.split);
}

}  // namespace polytask
