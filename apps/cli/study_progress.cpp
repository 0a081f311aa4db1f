#include "apps/cli/study_progress.h"

#include <ostream>

#include "apps/cli/image_progress.h"
#include "apps/cli/machine.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"
#include "polytask/study/study_parts.h"

namespace polytask::cli {
void StudyProgress::begin(const TrainingStart& start) {
  start_ = start;
  epoch_ = 0;
  if (!console_.err_is_terminal) {
    console_.err << title() << rest() << std::endl;
  }
}

void StudyProgress::on_warning(const std::string& text) {
  line_.clear();
  console_.err << "warning: " << start_.network << ", seed " << start_.seed
               << ": " << printable_lines(text) << std::endl;
}

void StudyProgress::on_epoch(const EpochReport& epoch) {
  ++epochs_seen_;
  epoch_ = epoch.epoch;
  if (!console_.err_is_terminal) return;
  line_.draw(cat(title(), ", epoch ", epoch.epoch, '/', epochs_, rest()),
             static_cast<std::size_t>(terminal_columns()));
  if (epoch.epoch == epochs_) line_.end();
}

std::string StudyProgress::title() const {
  return cat('[', start_.number, '/', start_.of, "] ",
             printable(start_.network), ", seed ", start_.seed);
}

std::string StudyProgress::rest() const {
  if (epochs_seen_ == 0 || epochs_ == 0) return {};
  const std::chrono::duration<double> passed =
      std::chrono::steady_clock::now() - first_;
  const int left_over = (start_.of - start_.number + 1) * epochs_ - epoch_;
  const double seconds = passed.count() / epochs_seen_ * left_over;
  return ", " + time_left(seconds);
}

void fit_batch(TrainOptions& train, PreparedRun& prepared) {
  const std::int64_t images = parts_of(prepared.data.train, 1).train->size();
  if (train.batch_size <= images) return;
  std::erase_if(prepared.notes, [](const std::string& note) {
    return note.starts_with("train.batch_size:");
  });
  prepared.notes.push_back(cat("train.batch_size: it is ", images,
                               " now, for each training of the ",
                               "study has no more images"));
  train.batch_size = static_cast<int>(images);
}

int report_stop(Outcome outcome, const std::string& message,
                const std::string& folder, const Console& console) {
  console.err << "\npolytask: " << printable_lines(message) << '\n';
  if (outcome == Outcome::interrupted) {
    console.err << "The same command goes on from here; what is trained stays "
                   "in "
                << printable(folder) << '\n';
    return kInterrupted;
  }
  console.err << "The same command would end here again: change the recipe, "
                 "and choose another --dir\n";
  return kDiverged;
}

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c == ',') {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

}  // namespace polytask::cli
