#!/usr/bin/env python3
"""The Markdown table of a folder that `run` filled.

    benchmarks/multi_fashion_mnist/table.py [FOLDER]

One row per network: the mean over its seeds, and behind it the 95 % interval over
the test images, or from two seeds on the standard deviation over them.
"""
import json
import pathlib
import statistics
import sys

TASKS = ("digit", "fashion")
ALONE = "one network per task"
NONE = "-"

# Percent of digits and of clothing, ResNet18: Shi, Li, Zhang, Chen, Wu,
# "Recon", ICLR 2023.
PUBLISHED = {ALONE: (98.37, 89.63), "equal": (97.42, 88.82),
             "pcgrad": (97.37, 88.68), "mgda": (95.19, 89.46),
             "cagrad": (97.47, 88.85)}

ORDER = ("equal", "pcgrad", "mgda", "cagrad", "uncertainty", "famo", "gradnorm",
         "imtl_g", "nash_mtl", "aligned_mtl", "upgrad", "dwa", "rlw", "gls",
         "stch")


def seeds_of(folder):
    """The runs of a network that are measured, by seed."""
    runs = [path.parent for path in folder.glob("seed-*/test.json")]
    return sorted(runs, key=lambda run: int(run.name.removeprefix("seed-")))


def accuracies(runs, task):
    """The task's top_1_accuracy of each run."""
    found = []
    for run in runs:
        text = (run / "test.json").read_text(encoding="utf-8")
        found.append(json.loads(text)["tasks"][task]["metrics"]
                     ["top_1_accuracy"])
    return found


def accuracy_text(numbers):
    """97.41 (97.19-97.62) of one seed, 97.41 ± 0.08 of several."""
    if not numbers:
        return NONE
    values = [100 * number["value"] for number in numbers]
    if len(values) > 1:
        return (f"{statistics.mean(values):.2f} "
                f"± {statistics.stdev(values):.2f}")
    return (f"{values[0]:.2f} ({100 * numbers[0]['low']:.2f}-"
            f"{100 * numbers[0]['high']:.2f})")


def log_of(run):
    lines = (run / "log.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def last_weights(runs):
    """digit : fashion in the last epoch, the mean over the seeds."""
    weights = [log_of(run)[-1].get("weighting", {}) for run in runs]
    names = [f"{task}/weight" for task in TASKS]
    if not all(name in weight for weight in weights for name in names):
        return NONE
    return " : ".join(f"{statistics.mean(w[name] for w in weights):.2f}"
                      for name in names)


def conflicts(runs):
    """The share of the steps in which the gradients pulled apart."""
    shares = [epoch["weighting"]["conflicts"] for run in runs
              for epoch in log_of(run)
              if "conflicts" in epoch.get("weighting", {})]
    return f"{100 * statistics.mean(shares):.0f} %" if shares else NONE


def row(cells):
    return "| " + " | ".join(cells) + " |"


def network_row(name, runs_of_task):
    """runs_of_task: for each task the runs of the network that answers it."""
    cells = [name, str(max(len(runs) for runs in runs_of_task))]
    cells += [accuracy_text(accuracies(runs, task))
              for task, runs in zip(TASKS, runs_of_task)]
    cells += [f"{value:.2f}" for value in PUBLISHED[name]] \
        if name in PUBLISHED else [NONE, NONE]
    joint = runs_of_task[0] is runs_of_task[1]
    cells += [last_weights(runs_of_task[0]), conflicts(runs_of_task[0])] \
        if joint else [NONE, NONE]
    return row(cells)


def table(folder):
    """The lines of the table."""
    lines = [row(["", "seeds", "digit, %", "fashion, %", "published digit",
                  "published fashion", "last weights", "conflicts"]),
             "|" + "---|" * 8]
    alone = [seeds_of(folder / task) for task in TASKS]
    if any(alone):
        lines.append(network_row(ALONE, alone))
    for name in ORDER:
        runs = seeds_of(folder / name)
        if runs:
            lines.append(network_row(name, [runs, runs]))
    return lines


def main(arguments):
    folder = pathlib.Path(*arguments[:1] or ["runs/multi_fashion_mnist"])
    lines = table(folder)
    if len(lines) == 2:
        print(f"table.py: {folder}: expected NAME/seed-N/test.json, found "
              "none; run benchmarks/multi_fashion_mnist/run", file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
