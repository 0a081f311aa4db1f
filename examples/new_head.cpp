// A new question for a trained model: its head alone learns, the trunk and the
// answers to the old questions keep every bit.
//
//   example_new_head [IMAGES [EPOCHS]]

#include <iostream>
#include <string>

#include "polytask/polytask.h"

using namespace polytask;

int main(int argc, char** argv) try {
  const int images = argc > 1 ? std::stoi(argv[1]) : 2000;
  const int epochs = argc > 2 ? std::stoi(argv[2]) : 12;

  const DatasetPtr data = draw_streets({.count = images, .seed = 1});
  const Split split = train_test_split(data->size(), {.random_state = 1});
  const TrainData parts{.train = subset(data, split.train),
                        .validation = subset(data, split.test)};

  const auto relu = Activation::relu;
  const NetworkOptions network{
      .trunk = {Conv2D{.filters = 16, .activation = relu}, MaxPooling2D{},
                Conv2D{.filters = 32, .activation = relu}, MaxPooling2D{},
                Conv2D{.filters = 64, .activation = relu}, MaxPooling2D{},
                Flatten{}, Dense{.units = 64, .activation = relu}}};
  const DatasetSpec& spec = data->spec();
  Model streets = make_model(
      {.image = {spec.height, spec.width, spec.channels},
       .network = network,
       .tasks = {multilabel(
           "objects", {"pedestrian", "car", "stop sign", "traffic light"})}},
      /*seed=*/1);
  train(streets, parts, {.epochs = epochs, .batch_size = 50});

  // Later, perhaps from a file: load_model("runs/streets/model.safetensors").
  Model model = add_tasks(
      streets,
      {categorical("weather", {"clear", "cloudy", "rain", "fog", "snow"})},
      /*seed=*/2);
  train(model, parts,
        {.epochs = epochs, .batch_size = 50, .only_heads = {"weather"}});

  Predictor before(std::move(streets), {.batch = 50});
  Predictor after(std::move(model), {.batch = 50});
  std::cout << evaluation_table(
      evaluate_model(after, *parts.validation).evaluation);
  const auto old = evaluate_model(before, *parts.validation).answers;
  const auto all = evaluate_model(after, *parts.validation).answers;
  bool same = true;  // 4 old answers an image, then 5 classes of weather
  for (std::size_t i = 0; i < old.size(); ++i) {
    same = same && all[i / 4 * 9 + i % 4] == old[i];
  }
  std::cout << "\nold answers, bit for bit: " << (same ? "same" : "NO") << '\n';
  return same ? 0 : 1;
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
