"""Gives a program too little memory in every way: a limit on its address space,
from the one on at which it says its version, and one allocation that fails.

Run as: low_memory.py POLYTASK [--hook LIBRARY] [--limits 20] [--allocations 20]

Every command ends with 0, or with 6 and a line that says what was asked for.
LIBRARY is what failing_allocation.cpp becomes. Prints each end that is another.
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
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, b"", b"hangs")


def problem_of(ended):
    said = ended.stderr.decode(errors="replace").strip()
    if ended.returncode == 0:
        return None
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


def tried(args, folder):
    """Pairs of what was tried and a function that tries it."""
    least = least_limit(args.polytask, folder)
    print(f"--version runs with {least} MiB", flush=True)
    draw = random.Random(args.seed)
    runs = itertools.count()

    def attempt(command, **how):
        last = command[-1].replace("=again", f"=again{next(runs)}")
        return run([*command[:-1], last], folder, **how)

    for command in commands(args.polytask):
        words = " ".join(str(word) for word in command[1:])
        for limit in limits(command, folder, least, args.limits):
            yield (f"{words} with {limit} MiB",
                   lambda c=command, m=limit: attempt(c, limit=m * MIB))
        for _ in range(args.allocations if args.hook else 0):
            number = int(10 ** draw.uniform(0, 4.5))
            hook = {"LD_PRELOAD": str(args.hook.resolve()),
                    "POLYTASK_FAIL_ALLOCATION": str(number)}
            yield (f"{words} without allocation {number}",
                   lambda c=command, h=hook: attempt(c, environment=h))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("polytask", type=pathlib.Path)
    parser.add_argument("--hook", type=pathlib.Path)
    parser.add_argument("--limits", type=int, default=20)
    parser.add_argument("--allocations", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    args.polytask = args.polytask.resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        prepare(args.polytask, folder)
        cases = list(tried(args, folder))
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            ends = list(pool.map(lambda case: problem_of(case[1]()), cases))
    found = [f"{case[0]}: {end}" for case, end in zip(cases, ends) if end]
    for problem in found:
        print(problem)
    print(f"{len(cases)} runs with too little memory, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
