// Recipes: whatever the text, a refusal or a recipe, and a recipe that is
// written out and read again is the same.

#include "polytask/recipe/recipe.h"
#include "tests/fuzz/fuzz_target.h"

namespace polytask::fuzz {
namespace {

std::string rewritten(const std::string& text) {
  const MemoryFile file(std::span(
      reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  return recipe_text(load_recipe(file.path(), {}));
}

}  // namespace
}  // namespace polytask::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace polytask::fuzz;
  std::string text;
  expect_answer_or_refusal([&] {
    text = rewritten(std::string(reinterpret_cast<const char*>(data), size));
  });
  if (!text.empty() && rewritten(text) != text) std::abort();
  return 0;
}
