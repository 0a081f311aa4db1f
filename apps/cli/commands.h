// The verbs; one file each.

#pragma once

#include "apps/cli/command.h"

namespace polytask::cli {

extern const Command bench_command;
extern const Command compare_command;
extern const Command completion_command;
extern const Command study_command;
extern const Command demo_command;
extern const Command draw_command;
extern const Command evaluate_command;
extern const Command help_command;
extern const Command inspect_command;
extern const Command predict_command;
extern const Command set_command;
extern const Command train_command;
extern const Command version_command;

// All of them, in the order of the help.
[[nodiscard]] std::span<const Command* const> all_commands();

// Throws Fault::config when there is none of that name.
[[nodiscard]] const Command& command_named(const std::string& name);

// What `polytask` alone prints.
[[nodiscard]] std::string usage();

}  // namespace polytask::cli
