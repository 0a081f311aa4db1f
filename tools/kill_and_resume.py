"""Kills trainings at random moments, goes on with them, and fails unless the
finished weights are those of a run that was never interrupted.

Run as: kill_and_resume.py POLYTASK [--rounds 20] [--seed 1]

SIGKILL, no warning: during steps, during saves, during the start. Each round
is killed until it has once come to its end. A part of scripts/test --long.
"""
import argparse
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

from model_hash import tensor_hash

RECIPE = pathlib.Path(__file__).parent.parent / "recipes" / "blog.yaml"
EPOCHS = 6


class Job:
    def __init__(self, polytask, folder):
        self.polytask = polytask
        self.data = folder / "scenes.h5"
        subprocess.run(
            [polytask, "draw", "scenes", self.data, "--count", "150",
             "--height", "40", "--width", "40"], check=True)

    def start(self, run):
        """Goes on with the run where there is one to go on with."""
        if (run / "recipe.yaml").exists():
            words = ["--resume", run]
        else:
            shutil.rmtree(run, ignore_errors=True)
            words = [RECIPE, f"data.path={self.data}", f"run.dir={run}",
                     f"train.epochs={EPOCHS}", "train.batch_size=30"]
        return subprocess.Popen([self.polytask, "train", *words],
                                stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)


def hashes(run):
    return [tensor_hash(run / name)
            for name in ("model.safetensors",
                         f"checkpoints/epoch-{EPOCHS:04}.safetensors")]


def killed_run(job, run, chance, whole_seconds):
    """How often it was killed before it came to its end."""
    kills = 0
    while True:
        process = job.start(run)
        try:
            code = process.wait(chance.uniform(0.0, whole_seconds))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            kills += 1
            continue
        if code == 0:
            return kills
        sys.exit(f"a resumed run ended with exit code {code}: {run}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("polytask")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    chance = random.Random(args.seed)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        job = Job(args.polytask, folder)
        begin = time.monotonic()
        if job.start(folder / "whole").wait() != 0:
            sys.exit("the run that nobody interrupts failed")
        whole_seconds = time.monotonic() - begin
        expected = hashes(folder / "whole")
        kills = 0
        for number in range(1, args.rounds + 1):
            run = folder / f"killed-{number}"
            kills += killed_run(job, run, chance, whole_seconds)
            if hashes(run) != expected:
                sys.exit(f"round {number}, seed {args.seed}: other bits than "
                         f"an uninterrupted run; {kills} kills so far")
            shutil.rmtree(run)
        print(f"{args.rounds} runs, {kills} kills, the same bits")
    return 0


if __name__ == "__main__":
    sys.exit(main())
