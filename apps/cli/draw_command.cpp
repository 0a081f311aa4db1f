// polytask draw: data sets that need no download.

#include <ostream>

#include "apps/cli/commands.h"
#include "apps/cli/flags.h"
#include "polytask/base/error.h"
#include "polytask/data/hdf5_writer.h"
#include "polytask/data/png_writer.h"
#include "polytask/draw/scenes.h"

namespace polytask::cli {
namespace {

struct DrawArguments {
  std::string world;
  std::string output;
  std::string sheet;
  SceneOptions scenes;
};

int run(Arguments arguments, const Console& console) {
  DrawArguments args;
  CLI::App app(
      "Draw a data set of natural scenes: desert, mountains, sea, sunset, "
      "trees.",
      "draw");
  app.add_option("world", args.world, "scenes")
      ->required()
      ->check(CLI::IsMember({"scenes"}));
  app.add_option("output", args.output, "the HDF5 file to write")->required();
  app.add_option("--count", args.scenes.count, "images (2000)");
  app.add_option("--seed", args.scenes.seed,
                 "the same seed draws the same (1)");
  app.add_option("--height", args.scenes.height, "pixels (100)");
  app.add_option("--width", args.scenes.width, "pixels (100)");
  app.add_option("--threads", args.scenes.threads, "0: one a processor");
  app.add_option(
      "--sheet", args.sheet,
      "also write the first 50 images side by side to this PNG file");
  if (!parse_flags(app, arguments, console)) return kOk;

  const DatasetPtr scenes = draw_scenes(args.scenes);
  write_hdf5(*scenes, args.output);
  console.err << scenes->size() << " images: " << args.output << '\n';
  if (!args.sheet.empty()) {
    const ContactSheet sheet = draw_contact_sheet(*scenes);
    write_png(args.sheet, sheet.height, sheet.width, sheet.rgb);
    console.err << "contact sheet: " << args.sheet << '\n';
  }
  return kOk;
}

}  // namespace

const Command draw_command{"draw", "draw a data set that needs no download",
                           run};

}  // namespace polytask::cli
