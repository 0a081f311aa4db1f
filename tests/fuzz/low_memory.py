"""Gives a program too little memory in every way: a limit on its address space,
from the one on at which it says its version, and one allocation that fails.

Run as: low_memory.py POLYTASK [--hook LIBRARY] [--limits 20] [--allocations 20]

Every run ends with 6 and a line that says so, or with 0 and the answer that it
gives with memory enough. LIBRARY is what failing_allocation.cpp becomes. Prints
each end that is another.
"""

import argparse
import concurrent.futures
import itertools
import os
import pathlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile

MIB = 1 << 20
MOST_SECONDS = 60
RECIPE = """
data: {path: data.h5}
network:
  trunk:
    - conv2d: {filters: 16, padding: same, activation: relu}
    - max_pooling2d
    - conv2d: {filters: 24, strides: 2, activation: relu}
    - dropout
    - flatten
    - dense: {units: 512, activation: relu}
train: {epochs: 2, batch_size: 32, threads: 2}
"""


def run(command, folder, limit=None, environment=None):
    def bound():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    try:
        return subprocess.run(
            command, cwd=folder, preexec_fn=bound, timeout=MOST_SECONDS,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, b"", b"it hangs")


def problem_of(ended, answer):
    """What is wrong with it, or None. Any answer will do where it is None."""
    said = ended.stderr.decode(errors="replace").strip()
    if ended.returncode == 0 and answer in (None, ended.stdout):
        return None
    if ended.returncode == 0:
        return f"another answer: {ended.stdout[-300:]}"
    if ended.returncode == 6 and said:
        return None
    return f"exit {ended.returncode}: {said[-300:]}"


def least_limit(polytask, folder):
    """The smallest one, in MiB, with which it says its version."""
    low, high = 1, 4096
    while low + 1 < high:
        middle = (low + high) // 2
        ended = run([polytask, "--version"], folder, middle * MIB)
        low, high = (low, middle) if ended.returncode == 0 else (middle, high)
    return high


def enough(command, folder, least):
    """A limit with which the command does its work."""
    limit = least
    while limit < 16384:
        ended = run(command, folder, limit * MIB)
        shutil.rmtree(folder / "again", ignore_errors=True)
        if ended.returncode == 0:
            return limit
        limit = limit * 5 // 4 + 1
    sys.exit(f"{command[1]}: fails without need")


def limits(command, folder, least, count):
    if not count:
        return []
    most = enough(command, folder, least)
    return sorted({least + (most - least) * i // count for i in range(count)})


def prepare(polytask, folder):
    golden = pathlib.Path(__file__).resolve().parent.parent / "golden/images"
    shutil.copy(golden / "sampled_420.jpg", folder / "a.jpg")
    shutil.copy(golden / "rgb8.png", folder / "b.png")
    (folder / "recipe.yaml").write_text(RECIPE)
    for command in (
            ["draw", "scenes", "data.h5", "--count", "120", "--height", "32",
             "--width", "32"],
            ["train", "recipe.yaml", "run.dir=run"]):
        ended = run([polytask, *command], folder)
        if ended.returncode:
            sys.exit(ended.stderr.decode(errors="replace"))


def commands(polytask):
    model = "run/model.safetensors"
    for words in (
            ["inspect", model],
            ["inspect", "data.h5"],
            ["inspect", "recipe.yaml", "--plan"],
            ["predict", model, "a.jpg", "b.png"],
            ["predict", model, "data.h5"],
            ["evaluate", model, "data.h5"],
            ["train", "recipe.yaml", "run.dir=again"]):
        yield [polytask, *words]


class Trial:
    """A command, how it is starved, and how it ends."""

    runs = itertools.count()

    def __init__(self, command, how, limit=None, environment=None):
        self.command = command
        self.how = how
        self.limit = limit
        self.environment = environment

    def run(self, folder):
        last = self.command[-1].replace("=again", f"=again{next(self.runs)}")
        return run([*self.command[:-1], last], folder, self.limit,
                   self.environment)

    def __str__(self):
        words = " ".join(str(word) for word in self.command[1:])
        return f"{words} {self.how}"


def hooked(hook, which):
    return {"LD_PRELOAD": str(hook), "POLYTASK_FAIL_ALLOCATION": str(which)}


def allocations_of(command, folder, hook):
    counted = Trial(command, "", environment=hooked(hook, "count")).run(folder)
    if counted.returncode:
        sys.exit(counted.stderr.decode(errors="replace"))
    return int(counted.stderr.split()[-1])


def draw_numbers(most, count, random):
    """Of 1 to `most`: a third near the beginning, a third near the end, where
    the answer is written, and a third anywhere."""
    draws = [lambda: int(most ** random.random()),
             lambda: most + 1 - int(most ** random.random()),
             lambda: random.randint(1, most)]
    return sorted({draws[i % 3]() for i in range(count)})


def trials_of(command, folder, least, args):
    for limit in limits(command, folder, least, args.limits):
        yield Trial(command, f"with {limit} MiB", limit=limit * MIB)
    if not args.hook or not args.allocations:
        return
    most = allocations_of(command, folder, args.hook)
    for number in draw_numbers(most, args.allocations,
                               random.Random(args.seed)):
        yield Trial(command, f"without allocation {number} of {most}",
                    environment=hooked(args.hook, number))


def check(command, folder, least, args):
    """The number of runs that ended with 6, and the problems."""
    answer = None if command[1] == "train" else run(command, folder).stdout
    trials = list(trials_of(command, folder, least, args))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        ends = list(pool.map(lambda trial: trial.run(folder), trials))
    for run_folder in folder.glob("again*"):
        shutil.rmtree(run_folder)
    problems = [(trial, problem_of(end, answer))
                for trial, end in zip(trials, ends)]
    found = [f"{trial}: {problem}" for trial, problem in problems if problem]
    starved = sum(end.returncode == 6 for end in ends)
    if trials and not starved:
        found.append(f"{trials[0].command[1]}: no run of {len(trials)} had too "
                     "little memory")
    print(f"{' '.join(command[1:])}: {len(trials)} runs, {starved} ended with "
          f"6, {len(found)} problems", flush=True)
    return len(trials), found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("polytask", type=pathlib.Path)
    parser.add_argument("--hook", type=pathlib.Path)
    parser.add_argument("--limits", type=int, default=20)
    parser.add_argument("--allocations", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    args.polytask = args.polytask.resolve()
    args.hook = args.hook and args.hook.resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        prepare(args.polytask, folder)
        least = least_limit(args.polytask, folder)
        print(f"--version runs with {least} MiB", flush=True)
        runs, found = zip(*(check(command, folder, least, args)
                            for command in commands(args.polytask)))
    for problem in itertools.chain(*found):
        print(problem)
    count = sum(len(problems) for problems in found)
    print(f"{sum(runs)} runs with too little memory, {count} problems")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
