"""polytask with two versions of oneDNN, side by side on this machine.

    python3 benchmarks/compare/onednn_versions.py FIRST SECOND [--rounds N]

FIRST and SECOND are the commands of two builds in build/release of their
sources, the second perhaps in a root of another release:

    python3 benchmarks/compare/onednn_versions.py build/release/polytask \\
        "chroot TRIXIE /polytask/build/release/polytask"

Each trains the post's network for a few steps (`polytask bench`), in turns that
change places after each round, so that a drift of the machine meets both. Of
the whole step, and of each pass of each layer, prints the median over the
rounds, and the median of the rounds' ratios SECOND / FIRST with its 95 %
bootstrap interval; below 1, SECOND is faster.
"""
import argparse
import json
import pathlib
import shlex
import statistics
import subprocess

import intervals

STEP = "whole step"


def measure(command, threads, steps=3):
    """Milliseconds by name, of a step and of the threads in each pass."""
    words = shlex.split(command)
    sources = pathlib.PurePath(words[-1]).parent.parent.parent
    answer = subprocess.run(
        [*words, "bench", str(sources / "recipes" / "blog.yaml"),
         "--input", "100x100x3", "--steps", str(steps), "--json",
         f"train.threads={threads}"],
        check=True, capture_output=True, text=True).stdout
    document = json.loads(answer)
    found = {STEP: document["step"]["median_ms"]}
    for layer in document["layers"]:
        found[f"{layer['layer']} {layer['pass']}"] = layer["ms"]
    return found


def table(first, second):
    """Lines of a table: `first` and `second` are lists of measure()."""
    yield "| | first ms | second ms | second / first |"
    yield "|---|---|---|---|"
    for name in first[0]:
        a = [each[name] for each in first]
        b = [each[name] for each in second]
        if statistics.median(a) < 0.01 * statistics.median(
                each[STEP] for each in first):
            continue  # less than a hundredth of the step
        ratios = [y / x for x, y in zip(a, b)]
        low, high = intervals.bootstrap_interval(ratios)
        yield (f"| {name} | {statistics.median(a):.2f} "
               f"| {statistics.median(b):.2f} "
               f"| {statistics.median(ratios):.2f} [{low:.2f}, {high:.2f}] |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("first")
    parser.add_argument("second")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    found = ([], [])
    for number in range(options.rounds):
        order = (0, 1) if number % 2 == 0 else (1, 0)
        for which in order:
            command = (options.first, options.second)[which]
            found[which].append(measure(command, options.threads))
    print("\n".join(table(*found)))


if __name__ == "__main__":
    main()
