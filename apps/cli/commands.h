// The verbs; one file each.

#pragma once

#include "apps/cli/command.h"

namespace polytask::cli {

extern const Command bench_command;
extern const Command compare_command;
extern const Command study_command;
extern const Command demo_command;
extern const Command draw_command;
extern const Command evaluate_command;
extern const Command inspect_command;
extern const Command predict_command;
extern const Command set_command;
extern const Command train_command;

}  // namespace polytask::cli
