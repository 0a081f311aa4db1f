// The job of the post "Multi-task Learning in Keras", from the file of images
// to label names.
//
//   example_blog scenes.h5 [EPOCHS] [MODEL]

#include <exception>
#include <iostream>
#include <string>

#include "polytask/polytask.h"

using namespace polytask;

int main(int argc, char** argv) try {
  const std::string file = argc > 1 ? argv[1] : "scenes.h5";
  const int epochs = argc > 2 ? std::stoi(argv[2]) : 50;
  const std::string model_file = argc > 3 ? argv[3] : "scenes.safetensors";

  const DatasetPtr data = read_hdf5(file);
  const Split split = train_test_split(data->size(), {.random_state = 100});
  const TrainData parts{.train = subset(data, split.train),
                        .validation = subset(data, split.test)};

  const auto relu = Activation::relu;
  const auto same = Padding::same;
  const NetworkOptions network{
      .trunk = {
          Conv2D{.filters = 32, .padding = same, .activation = relu},
          Conv2D{.filters = 32, .activation = relu},
          MaxPooling2D{.pool_size = 2},
          Dropout{.rate = 0.25},
          Conv2D{.filters = 64, .padding = same, .activation = relu},
          Conv2D{.filters = 64, .activation = relu},
          MaxPooling2D{.pool_size = 2},
          Dropout{.rate = 0.25},
          Flatten{},
          Dense{.units = 512, .activation = relu},
          Dropout{.rate = 0.5},
      }};
  const DatasetSpec& spec = data->spec();
  Model model = make_model({.image = {spec.height, spec.width, spec.channels},
                            .network = network,
                            .tasks = {multilabel("scene", spec.labels)}},
                           /*seed=*/1);

  KerasProgress progress(std::cout, /*terminal=*/false);
  train(model, parts, {.epochs = epochs, .batch_size = 100},
        {.observer = &progress});
  save_model(model, model_file);

  Predictor predictor(load_model(model_file), {.batch = 100});
  const auto result = evaluate_model(predictor, *parts.validation);
  std::cout << evaluation_table(result.evaluation);
  const auto answers = predictor.labels(result.answers);
  for (const auto& label : answers.front()) std::cout << label << '\n';
  return 0;
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
