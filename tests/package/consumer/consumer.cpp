// Uses what an installed polytask offers, from the loss to a saved model:
// learns whether tiny images are bright. Run by tests/package/install.cmake.

#include <cstring>
#include <exception>
#include <iostream>

#include "polytask/polytask.h"

using namespace polytask;

// Half of the 32 images are bright.
DatasetPtr tiny_images() {
  const DatasetSpec spec{
      .height = 8, .width = 8, .channels = 3, .labels = {"bright"}};
  ArrayContent content{.spec = spec, .size = 32, .source = "tiny"};
  const auto pixels = allocate_images(32 * spec.bytes_per_image());
  for (std::size_t i = 0; i < 32; ++i) {
    std::memset(pixels.get() + i * spec.bytes_per_image(),
                i % 2 == 0 ? 230 : 20, spec.bytes_per_image());
    content.targets.push_back(i % 2 == 0 ? 1.0f : 0.0f);
  }
  content.images = pixels;
  return std::make_shared<ArrayDataset>(std::move(content));
}

int main() try {
  const std::vector<float> half{0.5f, 0.5f}, targets{0.0f, 1.0f};
  const double loss = multi_task_loss(half, targets, 2).loss;
  if (loss < 1.386 || loss > 1.387) return 2;
  if (draw_scenes({.count = 2, .height = 16, .width = 16})->size() != 2) {
    return 3;
  }
  const DatasetPtr data = tiny_images();
  Model model = make_model(
      {.image = {8, 8, 3},
       .network = {.trunk = {Conv2D{.filters = 4}, MaxPooling2D{}, Flatten{}}},
       .tasks = {multilabel("light", {"bright"})}},
      /*seed=*/1);
  train(model, {.train = data},
        {.epochs = 30, .batch_size = 8, .adam = {.learning_rate = 0.02}});
  save_model(model, "model.safetensors");
  Predictor predictor(load_model("model.safetensors"), {.batch = 32});
  const auto names = predictor.labels(predict_dataset(predictor, *data));
  std::cout << "image 0: " << names[0].size()
            << ", image 1: " << names[1].size() << " labels\n";
  return names[0].size() == 1 && names[1].empty() ? 0 : 4;
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
