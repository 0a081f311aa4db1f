// Forward of the image stage where there is one image for all threads.
//
// A layer is cut into bands of rows, and a thread takes those of its share: in
// each layer the same part of the image, so that most of what it reads is in
// its own cache. Between two layers the threads meet, but where a share reads
// nothing that another has written, as in a convolution of 1 x 1, it goes on.

#include <algorithm>

#include "polytask/network/network.h"

namespace polytask {
namespace {

// The bands of a layer that are a thread's share.
struct Share {
  int first = 0;
  int last = 0;
};

Share share_of(const ImageLayer& layer, int share, int shares) {
  const int bands = layer.bands();
  return {.first = bands * share / shares,
          .last = bands * (share + 1) / shares};
}

// Whether each share of `next` reads rows only that the same share of `layer`
// has written, which lies right before it.
bool stays_in_share(const ImageLayer& layer, const ImageLayer& next,
                    int shares) {
  if (shares == 1) return true;
  for (int i = 0; i < shares; ++i) {
    const Share wrote = share_of(layer, i, shares);
    const Share reads = share_of(next, i, shares);
    if (next.read_by(reads.first).first < layer.written_by(wrote.first).first ||
        next.read_by(reads.last - 1).end() >
            layer.written_by(wrote.last - 1).end()) {
      return false;
    }
  }
  return true;
}

}  // namespace

int Network::shares_of(const ImageStep& step) const {
  return std::min(step.layer->bands(), pool_.workers());
}

void Network::join_bands() {
  const auto& steps = plan_->image_steps;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool joins = i > 0 && steps[i].src == steps[i - 1].dst &&
                       shares_of(steps[i]) == shares_of(steps[i - 1]) &&
                       stays_in_share(*steps[i - 1].layer, *steps[i].layer,
                                      shares_of(steps[i]));
    if (!joins) band_runs_.push_back({.first = i});
    band_runs_.back().last = i + 1;
  }
}

// The activations are those of worker 0.
void Network::forward_in_bands(int image) {
  scale_input(image, 0);
  for (const StepRun& run : band_runs_) forward_bands(run, image);
}

void Network::forward_bands(const StepRun& run, int image) {
  const int shares = shares_of(plan_->image_steps[run.first]);
  pool_.run(shares, [&](int number, int worker) {
    for (std::size_t i = run.first; i < run.last; ++i) {
      const ImageStep& step = plan_->image_steps[i];
      ensure_packed(step, worker, Pass::forward);
      ForwardPass pass = pass_of(step, image, 0);
      pass.prepared = prepared(step, worker);
      pass.scratch = worker_scratch(worker, plan_->layer_scratch);
      const Share share = share_of(*step.layer, number, shares);
      clock_.measure(worker, line_of(step), [&] {
        for (int band = share.first; band < share.last; ++band) {
          step.layer->forward_band(band, pass);
        }
      });
    }
  });
}

}  // namespace polytask
