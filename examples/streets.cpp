// One drawn street scene in, five answers of four kinds out.
//
//   example_streets [IMAGES [EPOCHS]]

#include <iostream>
#include <string>

#include "polytask/polytask.h"

using namespace polytask;

int main(int argc, char** argv) try {
  const int images = argc > 1 ? std::stoi(argv[1]) : 4000;
  const int epochs = argc > 2 ? std::stoi(argv[2]) : 24;

  const DatasetPtr data = draw_streets({.count = images, .seed = 1});
  const Split split = train_test_split(data->size(), {.random_state = 1});
  const TrainData parts{.train = subset(data, split.train),
                        .validation = subset(data, split.test)};

  const auto relu = Activation::relu;
  const auto same = Padding::same;
  NetworkOptions network;
  for (const int filters : {16, 32, 64, 64}) {
    network.trunk.push_back(
        Conv2D{.filters = filters, .padding = same, .activation = relu});
    network.trunk.push_back(MaxPooling2D{.pool_size = 2});
  }

  // Each finds its columns by name; without a car there is no distance.
  std::vector<Task> tasks{
      multilabel("objects",
                 {"pedestrian", "car", "stop sign", "traffic light"}),
      categorical("weather", {"clear", "cloudy", "rain", "fog", "snow"}),
      categorical("time", {"day", "dusk", "night"}), count("pedestrians"),
      regression("distance")};
  // The trunk ends in an image; what each looks for there is its own affair.
  for (Task& task : tasks) {
    task.head = {Conv2D{.filters = 64, .padding = same, .activation = relu},
                 Dropout{.rate = 0.4}, Flatten{},
                 Dense{.units = 64, .activation = relu}};
  }
  const DatasetSpec& spec = data->spec();
  Model model = make_model({.image = {spec.height, spec.width, spec.channels},
                            .network = network,
                            .tasks = tasks},
                           /*seed=*/1);
  train(model, parts, {.epochs = epochs, .batch_size = 50});

  Predictor predictor(std::move(model), {.batch = 50});
  const auto result = evaluate_model(predictor, *parts.validation);
  const auto words = predictor.labels(result.answers);
  std::cout << evaluation_table(result.evaluation) << "\nthe first image: ";
  for (const auto& word : words.front()) std::cout << word << "  ";
  std::cout << '\n';
  return 0;
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
