// polytask draw: data sets that need no download.

#include <optional>
#include <ostream>

#include "apps/cli/commands.h"
#include "apps/cli/flags.h"
#include "polytask/base/error.h"
#include "polytask/base/utf8.h"
#include "polytask/data/hdf5_writer.h"
#include "polytask/data/image/png_writer.h"
#include "polytask/worlds/drawing/contact_sheet.h"
#include "polytask/worlds/worlds.h"

namespace polytask::cli {
namespace {

struct DrawArguments {
  std::string world;
  std::string output;
  std::string sheet;
  std::optional<int> height;
  std::optional<int> width;
  std::optional<float> missing;
  std::int64_t count = 2000;
  std::uint64_t seed = 1;
  int threads = 0;
};

DatasetPtr draw_world(const DrawArguments& args) {
  if (args.world == "streets") {
    const StreetOptions usual;
    return draw_streets({.count = args.count,
                         .seed = args.seed,
                         .height = args.height.value_or(usual.height),
                         .width = args.width.value_or(usual.width),
                         .threads = args.threads,
                         .missing = args.missing.value_or(usual.missing)});
  }
  if (args.missing) {
    throw Error(Fault::config,
                "draw: --missing: expected the world streets, found scenes; "
                "leave the flag out");
  }
  const SceneOptions usual;
  return draw_scenes({.count = args.count,
                      .seed = args.seed,
                      .height = args.height.value_or(usual.height),
                      .width = args.width.value_or(usual.width),
                      .threads = args.threads});
}

int run(Arguments arguments, const Console& console) {
  DrawArguments args;
  Flags flags(
      "Draw a data set: natural scenes (desert, mountains, sea, sunset, "
      "trees), or streets with questions of several kinds.",
      "draw");
  flags.add_option("world", args.world, "scenes or streets")
      .required()
      .one_of({"scenes", "streets"});
  flags.add_option("output", args.output, "the HDF5 file to write").required();
  flags.add_option("--count", args.count, "images (2000)");
  flags.add_option("--seed", args.seed, "the same seed draws the same (1)");
  flags.add_option("--height", args.height, "pixels (scenes 100, streets 96)");
  flags.add_option("--width", args.width, "pixels (scenes 100, streets 128)");
  flags.add_option("--threads", args.threads, "0: one per processor");
  flags.add_option("--missing", args.missing,
                   "streets: share of the answers that are left out (0)");
  flags.add_option(
      "--sheet", args.sheet,
      "also write the first 50 images side by side to this PNG file");
  if (!parse_flags(flags, arguments, console)) return kOk;

  const DatasetPtr world = draw_world(args);
  write_hdf5(*world, args.output);
  console.err << world->size()
              << (world->size() == 1 ? " image: " : " images: ")
              << printable(args.output) << '\n';
  if (!args.sheet.empty()) {
    const ContactSheet sheet = draw_contact_sheet(*world);
    write_png(args.sheet, sheet.height, sheet.width, sheet.rgb);
    console.err << "contact sheet: " << printable(args.sheet) << '\n';
  }
  return kOk;
}

}  // namespace

const Command draw_command{"draw", "draw a data set that needs no download",
                           run};

}  // namespace polytask::cli
