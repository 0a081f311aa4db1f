// polytask, and the bare oneDNN convolutions, as peers of a comparison.
//
//   benchmark_compare_worker --prepare FOLDER     writes what all peers work on
//   benchmark_compare_worker PEER THREADS         polytask or bare-onednn
//
// As a peer it reads requests from standard input, a JSON object a line, and
// answers each with one line; benchmarks/compare/README.md has the protocol.

#include <chrono>
#include <functional>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <oneapi/dnnl/dnnl.hpp>
#include <optional>
#include <string>

#include "benchmarks/bare_network.h"
#include "benchmarks/compare/peak_rate.h"
#include "benchmarks/compare/post_data.h"
#include "benchmarks/compare/post_training.h"
#include "benchmarks/post_network.h"
#include "polytask/checkpoint/model_file.h"
#include "polytask/predict/predictor.h"
#include "polytask/train/train.h"

namespace polytask::benchmark {
namespace {

using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

// Seconds of `count` calls of work(i), each measured on its own.
template <class Work>
std::vector<double> seconds_of(int count, const Work& work) {
  std::vector<double> seconds;
  for (int i = 0; i < count; ++i) {
    const auto begin = Clock::now();
    work(i);
    const std::chrono::duration<double> elapsed = Clock::now() - begin;
    seconds.push_back(elapsed.count());
  }
  return seconds;
}

// Each part is made when it is first asked for, so that the memory and the
// start of one kind of work do not count what another needs.
class PolytaskPeer {
 public:
  explicit PolytaskPeer(int threads) : threads_(threads) {}

  Json load(const Json& request) {
    folder_ = request.at("folder").get<std::string>();
    return Json::object();
  }

  Json check(const Json& request) {
    PostTraining training(model(), threads_, /*dropout=*/false);
    const PostTraining::FirstStep first = training.differentiate(data(), 0);
    write_arrays(request.at("gradients").get<std::string>(), first.gradients);
    return {{"loss", first.loss}};
  }

  Json step(const Json& request) {
    if (!training_) training_.emplace(model(), threads_, /*dropout=*/true);
    const PostData& all = data();
    return {{"seconds", seconds_of(request.at("count"), [&](int) {
               training_->step(all, next_batch());
             })}};
  }

  // Of two epochs the second: what the other 49 of a training are like.
  Json epoch(const Json&) {
    Model model = load_model(folder_ / "model.safetensors");
    const TrainReport report =
        train(model, {.train = data().train, .validation = data().validation},
              {.epochs = 2, .batch_size = kBatch, .threads = threads_});
    if (report.outcome != Outcome::finished) {
      throw std::runtime_error(report.message);
    }
    return {{"seconds", {report.history.back().seconds}}};
  }

  Json infer(const Json& request) {
    const int images = request.at("images");
    Predictor& predictor = predictor_for(images);
    const PostData& all = data();
    const std::int64_t batches = all.count / images;
    const std::size_t bytes = all.train->spec().bytes_per_image() * images;
    return {{"seconds", seconds_of(request.at("count"), [&](int) {
               const std::int64_t first = next_++ % batches * images;
               static_cast<void>(predictor.answers(
                   {.count = images, .pixels = {all.image(first), bytes}}));
             })}};
  }

  Json answers(const Json& request) {
    const int images = request.at("images");
    const auto pixels = read_first_images(folder_, images);
    return {{"probabilities", predictor_for(images).answers(
                                  {.count = images, .pixels = pixels})}};
  }

  Json peak(const Json&) {
    const PeakRate rate = measure_peak_rate(threads_);
    return {{"gflops", rate.gflops}, {"extensions", rate.extensions}};
  }

 private:
  const PostData& data() {
    if (!data_) data_ = read_post_data(folder_);
    return *data_;
  }

  const Model& model() {
    if (!model_) model_ = load_model(folder_ / "model.safetensors");
    return *model_;
  }

  Predictor& predictor_for(int images) {
    auto found = predictors_.find(images);
    if (found == predictors_.end()) {
      found = predictors_
                  .emplace(images,
                           Predictor(load_model(folder_ / "model.safetensors"),
                                     {.threads = threads_, .batch = images}))
                  .first;
    }
    return found->second;
  }

  std::int64_t next_batch() { return next_++ * kBatch % data().train->size(); }

  int threads_;
  std::filesystem::path folder_;
  std::int64_t next_ = 0;
  std::optional<PostData> data_;
  std::optional<Model> model_;
  std::optional<PostTraining> training_;
  std::map<int, Predictor> predictors_;
};

using Handler = std::function<Json(const Json&)>;
using Handlers = std::map<std::string, Handler>;

Handlers polytask_handlers(const std::shared_ptr<PolytaskPeer>& peer) {
  const auto call = [peer](Json (PolytaskPeer::*member)(const Json&)) {
    return [peer, member](const Json& request) {
      return (peer.get()->*member)(request);
    };
  };
  return {{"load", call(&PolytaskPeer::load)},
          {"check", call(&PolytaskPeer::check)},
          {"step", call(&PolytaskPeer::step)},
          {"epoch", call(&PolytaskPeer::epoch)},
          {"infer", call(&PolytaskPeer::infer)},
          {"answers", call(&PolytaskPeer::answers)},
          {"peak", call(&PolytaskPeer::peak)}};
}

Handlers bare_handlers(int threads) {
  const auto bare = std::make_shared<BareNetwork>(
      post_network(), BareNetworkOptions{.input = {100, 100, 3},
                                         .batch = kBatch,
                                         .threads = threads,
                                         .only_convolutions = true});
  return {{"load", [](const Json&) { return Json::object(); }},
          {"step", [bare](const Json& request) -> Json {
             return {{"seconds", seconds_of(request.at("count"),
                                            [&](int) { bare->run(); })}};
           }}};
}

Json versions() {
  const dnnl_version_t& onednn = *dnnl_version();
  return {{"polytask", POLYTASK_VERSION},
          {"oneDNN", std::to_string(onednn.major) + "." +
                         std::to_string(onednn.minor) + "." +
                         std::to_string(onednn.patch)},
          {"g++", __VERSION__}};
}

Json answer(const Handlers& handlers, const std::string& line) try {
  const Json request = Json::parse(line);
  const std::string op = request.at("op");
  if (op == "hello") {
    return {{"versions", versions()}};
  }
  const auto found = handlers.find(op);
  if (found == handlers.end()) return {{"error", "cannot do \"" + op + "\""}};
  return found->second(request);
} catch (const std::exception& e) {
  return {{"error", e.what()}};
}

int run(const std::vector<std::string>& words) {
  if (words.size() == 2 && words[0] == "--prepare") {
    write_post_data(words[1], /*count=*/2000);
    return 0;
  }
  const bool is_peer = words.size() == 2 &&
                       (words[0] == "polytask" || words[0] == "bare-onednn");
  if (!is_peer) {
    std::cerr << "benchmark_compare_worker: expected --prepare FOLDER, or "
                 "polytask or bare-onednn and the number of threads\n";
    return 2;
  }
  const int threads = std::stoi(words[1]);
  const Handlers handlers =
      words[0] == "polytask"
          ? polytask_handlers(std::make_shared<PolytaskPeer>(threads))
          : bare_handlers(threads);
  std::string line;
  while (std::getline(std::cin, line)) {
    std::cout << answer(handlers, line).dump() << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace polytask::benchmark

int main(int argc, char** argv) try {
  return polytask::benchmark::run({argv + 1, argv + argc});
} catch (const std::exception& e) {
  std::cerr << "benchmark_compare_worker: " << e.what() << '\n';
  return 1;
}
