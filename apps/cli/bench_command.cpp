// polytask bench: where the time of a training step goes.
//
// out: a table of layers and passes, and the whole step; or one JSON document.
// err: progress.

#include <ostream>

#include "apps/cli/commands.h"
#include "apps/cli/flags.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/machine.h"
#include "apps/cli/naming_recipe.h"
#include "apps/cli/output.h"
#include "apps/cli/step_bench.h"
#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/utf8.h"
#include "polytask/report/redrawn_line.h"

namespace polytask::cli {
namespace {

constexpr int kMostSteps = 1'000'000;

struct BenchArguments {
  std::vector<std::string> words;  // the recipe, then key=value ...
  std::string input;
  int steps = 10;
  bool json = false;
};

RecipeJob job_of(const BenchArguments& args) {
  if (args.words.empty()) {
    throw Error(Fault::config,
                "bench: expected a recipe, e.g. polytask bench "
                "recipes/blog.yaml data.path=scenes.h5");
  }
  if (args.steps < 1 || args.steps > kMostSteps) {
    throw Error(Fault::config, cat("bench: --steps: expected 1 to ", kMostSteps,
                                   ", got ", args.steps));
  }
  RecipeJob job =
      load_job({.verb = "bench",
                .recipe = args.words.front(),
                .overrides = {args.words.begin() + 1, args.words.end()},
                .input = args.input});
  require_no_start(job.recipe, "bench");
  return job;
}

BenchReport measure(const RecipeJob& job, int steps, const Console& console) {
  const DatasetPtr data =
      job.train ? job.train
                : random_images(job.model, job.recipe.train.batch_size);
  const InterruptGuard interrupt;
  RedrawnLine line(console.err);
  const BenchOptions options{
      .steps = steps, .stop = &interrupt.flag(), .progress = [&](int step) {
        if (!console.err_is_terminal) return;
        line.draw(cat("step ", step, " of ", steps),
                  static_cast<std::size_t>(terminal_columns()));
        if (step == steps) line.end();
      }};
  console.err << "Training on "
              << (job.train ? job.recipe.data.path.string()
                            : "random pixels, which say nothing of density")
              << ": " << options.warm_up << " steps to warm up, then " << steps
              << " that are measured.\n"
              << std::flush;
  return bench_steps(job, data, options);
}

// The exit code of a measurement that did not come to its end; kOk otherwise.
int report_end(const BenchReport& report, const Console& console) {
  if (report.interrupted) {
    console.err << "\npolytask: stopped before the last step; nothing is "
                   "reported\n";
    return kInterrupted;
  }
  if (!report.trouble.empty()) {
    console.err << "\npolytask: the training diverged: " << report.trouble
                << "; a smaller train.adam.learning_rate may help\n";
    return kDiverged;
  }
  return kOk;
}

int bench(const BenchArguments& args, const Console& console) {
  const RecipeJob job = job_of(args);
  say_findings(job, console);
  const BenchReport report = measure(job, args.steps, console);
  if (const int code = report_end(report, console); code != kOk) return code;
  const BenchSubject subject{.recipe = args.words.front(),
                             .random_pixels = !job.train,
                             .data = job.recipe.data.path.string(),
                             .image = job.model.image,
                             .processor = processor_name(),
                             .vector_extensions = vector_extensions(),
                             .peak_memory_bytes = peak_memory_bytes()};
  if (args.json) {
    print_json(console, bench_json(subject, report));
  } else {
    console.out << bench_table(subject, report);
  }
  return kOk;
}

int run(Arguments arguments, const Console& console) {
  BenchArguments args;
  Flags flags("Measure where the time of a training step goes.", "bench");
  flags.add_option("recipe", args.words,
                   "a recipe, then key=value ... that override it, e.g.\n"
                   "recipes/blog.yaml data.path=scenes.h5 train.threads=2");
  flags.add_option("--steps", args.steps, "that are measured (10)");
  flags.add_option("--input", args.input,
                   "random pixels of this size, such as 100x100x3, instead of\n"
                   "the data");
  flags.add_flag("--json", args.json,
                 "print one JSON document instead of text");
  if (!parse_flags(flags, arguments, console)) return kOk;

  const std::filesystem::path recipe = args.words.empty() ? "" : args.words[0];
  return naming_recipe(recipe, [&] { return bench(args, console); });
}

}  // namespace

const Command bench_command{
    "bench", "measure where the time of a training step goes", run};

}  // namespace polytask::cli
