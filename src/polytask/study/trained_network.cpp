#include "polytask/study/trained_network.h"

#include <algorithm>

#include "polytask/base/atomic_file.h"
#include "polytask/base/error.h"
#include "polytask/base/json.h"
#include "polytask/base/stopwatch.h"
#include "polytask/base/text.h"
#include "polytask/base/text_file.h"
#include "polytask/checkpoint/model_file.h"
#include "polytask/checkpoint/run_model.h"
#include "polytask/checkpoint/safetensors.h"
#include "polytask/data/batch.h"

namespace polytask {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kImagesTimed = 30;
constexpr std::size_t kMostBytes = std::size_t{1} << 20;

std::string checksum_in(const fs::path& folder) {
  return SafetensorsFile::verify(folder / kModelFile);
}

// The seconds of the training. In folders of an older version there is no
// "model", the checksum of what it made.
double read_seconds(const fs::path& file, const std::string& checksum) {
  const Json json =
      Json::parse(read_text_file(file, kMostBytes)).value_or(Json());
  const Json* found = json.find("seconds");
  const auto seconds = found ? found->number() : std::nullopt;
  if (!seconds) {
    throw Error(Fault::data,
                cat(file.string(),
                    ": expected {\"seconds\": ...}; delete its folder to train "
                    "the network again"));
  }
  const Json* model = json.find("model");
  if (model && (!model->string() || *model->string() != checksum)) {
    throw Error(Fault::data,
                cat((file.parent_path() / kModelFile).string(),
                    ": expected the model that was trained here, found "
                    "another one; put it back, or delete the folder to train "
                    "the network again"));
  }
  return *seconds;
}

// The median over single images, the first of which warm up.
double time_of_one_answer(const fs::path& model, const Dataset& data,
                          int threads) {
  Predictor predictor(load_model(model), {.threads = threads, .batch = 1});
  std::vector<std::byte> pixels(data.spec().bytes_per_image());
  std::vector<double> seconds;
  for (std::int64_t i = 0; i < kImagesTimed; ++i) {
    data.read_image(i % data.size(), pixels);
    const Stopwatch watch;
    (void)predictor.answers(
        {.count = 1, .type = data.spec().pixels, .pixels = pixels});
    seconds.push_back(watch.seconds());
  }
  std::ranges::nth_element(seconds, seconds.begin() + kImagesTimed / 2);
  return seconds[kImagesTimed / 2];
}

TrainReport train_in_folder(const NetworkToTrain& network) {
  Model model = make_model(network.model, network.train.seed);
  const fs::path checkpoints = network.folder / "checkpoints";
  const bool resume = fs::exists(checkpoints) && !fs::is_empty(checkpoints);
  return train(model, network.parts, network.train,
               {.folder = network.folder,
                .resume = resume,
                .observer = network.observer,
                .stop = network.stop});
}

// What a training says of its end is for who resumes it by itself.
std::string end_of(const TrainReport& report) {
  if (report.outcome != Outcome::interrupted) return report.message;
  if (report.history.empty()) return "stopped in the first epoch";
  return cat("stopped; epoch ", report.history.back().epoch, " is saved");
}

}  // namespace

TrainedNetwork train_network(const NetworkToTrain& network) {
  const fs::path finished = network.folder / "finished.json";
  if (!fs::exists(finished)) {
    const TrainReport report = train_in_folder(network);
    if (network.on_end) network.on_end(report);
    if (report.outcome != Outcome::finished) {
      return {.outcome = report.outcome, .message = end_of(report)};
    }
    double seconds = 0.0;
    for (const EpochReport& epoch : report.history) seconds += epoch.seconds;
    write_file_atomically(
        {Folder(network.folder), finished.filename()},
        Json{{"model", checksum_in(network.folder)}, {"seconds", seconds}}
                .text() +
            '\n');
  }
  // Large, and of no use any more.
  fs::remove_all(network.folder / "checkpoints");
  const fs::path file = network.folder / kModelFile;
  const double seconds = read_seconds(finished, checksum_in(network.folder));
  Model model = load_model(file);
  TrainedNetwork trained;
  trained.cost = {.parameters = static_cast<std::int64_t>(
                      model.parameters.layout().parameter_count()),
                  .training_seconds = seconds,
                  .answer_seconds = time_of_one_answer(file, *network.test,
                                                       network.train.threads)};
  Predictor predictor(std::move(model), {.threads = network.train.threads,
                                         .batch = kImagesAtATime});
  trained.scores = score_images(predictor, *network.test);
  return trained;
}

}  // namespace polytask
