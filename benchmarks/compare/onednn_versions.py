"""polytask with two versions of oneDNN, side by side on this machine.

    python3 benchmarks/compare/onednn_versions.py FIRST SECOND [--rounds N]

FIRST and SECOND begin the commands of a build each: the folder of its
benchmarks, or that with what enters another root before it:

    python3 benchmarks/compare/onednn_versions.py build/release/benchmarks \\
        "chroot TRIXIE /polytask/build/release/benchmarks"

The builds take turns, and change places after each round, so that a drift of
the machine meets both. Prints medians, and the median of the rounds' ratios
SECOND / FIRST with its 95 % bootstrap interval; below 1, SECOND is faster.
"""
import argparse
import re
import shlex
import statistics
import subprocess

import intervals

CASES = ["strided/64/32/training", "strided/224/1/inference",
         "pooled/32/256/training", "pooled/128/8/inference"]
STEP_ROW = re.compile(
    r"^(bare convolutions|whole step|inference of 100|inference of one)"
    r"\s+([0-9.]+) ms", re.M)
CASE_ROW = re.compile(
    r"^(?:strided|pooled)\s+\d+\s+\d+\s+(?:training|inference)\s+([0-9.]+)\s",
    re.M)


def output_of(prefix, program, *arguments):
    words = shlex.split(prefix)
    words[-1] += "/" + program
    return subprocess.run(words + [str(a) for a in arguments], check=True,
                          capture_output=True, text=True).stdout


def measure(prefix, threads):
    """Milliseconds by name."""
    text = output_of(prefix, "benchmark_training_step", 5, threads)
    found = {name: float(ms) for name, ms in STEP_ROW.findall(text)}
    for case in CASES:
        text = output_of(prefix, "benchmark_general_networks", 1, threads, case)
        found[case] = float(CASE_ROW.search(text).group(1))
    return found


def table(first, second):
    """Lines of a table: `first` and `second` are lists of measure()."""
    yield "| | first ms | second ms | second / first |"
    yield "|---|---|---|---|"
    for name in first[0]:
        a = [each[name] for each in first]
        b = [each[name] for each in second]
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
            prefix = (options.first, options.second)[which]
            found[which].append(measure(prefix, options.threads))
    print("\n".join(table(*found)))


if __name__ == "__main__":
    main()
