"""Kills trainings, goes on with them, and fails unless the finished weights are
those of a run that was never interrupted.

Run as: kill_and_resume.py POLYTASK [--rounds 20] [--seed 1]

First before each single call that changes a name or waits for the disk, in
turn: the run is then resumed without an epoch more, and must publish the model
of the epoch that it names; also when its newest checkpoint has been damaged.
Then in rounds at random moments: during steps, during saves, during the start;
each round is killed until it has once come to its end. SIGKILL, no warning. A
part of scripts/test --long.
"""
import argparse
import json
import os
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
POINT_EPOCHS = 4

# Stands before the C library and ends the process before the call with the
# number in KILL_AT.
KILLER = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
static atomic_int calls;
static void count(void) {
  const char* at = getenv("KILL_AT");
  if (++calls == (at ? atoi(at) : 0)) raise(SIGKILL);
}
#define BEFORE(name, parameters, arguments)                        \
  int name parameters {                                            \
    static int (*real) parameters;                                 \
    if (!real) real = (int (*) parameters)dlsym(RTLD_NEXT, #name); \
    count();                                                       \
    return real arguments;                                         \
  }
BEFORE(fsync, (int file), (file))
BEFORE(rename, (const char* a, const char* b), (a, b))
BEFORE(renameat, (int f, const char* a, int g, const char* b), (f, a, g, b))
BEFORE(linkat, (int f, const char* a, int g, const char* b, int o),
       (f, a, g, b, o))
BEFORE(unlinkat, (int f, const char* a, int o), (f, a, o))
"""


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


class Points:
    """Runs that are killed before one call, and those that were not."""

    def __init__(self, job, folder, rate):
        self.job = job
        self.folder = folder
        self.rate = rate
        source = folder / "killer.c"
        source.write_text(KILLER)
        self.killer = folder / "killer.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-o", self.killer, source,
                        "-ldl"], check=True)
        # What a run of so many epochs publishes: its best epoch, the weights.
        self.published = {}
        for epochs in range(1, POINT_EPOCHS + 1):
            run = folder / f"published-{epochs}"
            self.published[epochs] = self.publish(run, self.new(run, epochs))
            shutil.rmtree(run)

    def new(self, run, epochs):
        return [RECIPE, f"data.path={self.job.data}", f"run.dir={run}",
                f"train.epochs={epochs}", "train.batch_size=30",
                f"train.adam.learning_rate={self.rate}"]

    def publish(self, run, words):
        done = subprocess.run([self.job.polytask, "train", *words, "--json"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True)
        if done.returncode != 0:
            sys.exit(f"train {words}: exit code {done.returncode}\n"
                     f"{done.stderr}")
        return (json.loads(done.stdout)["best_epoch"],
                tensor_hash(run / "model.safetensors"))

    def killed(self, run, at):
        """False when the run came to its end before this call."""
        shutil.rmtree(run, ignore_errors=True)
        environment = dict(os.environ, LD_PRELOAD=str(self.killer),
                           KILL_AT=str(at))
        return subprocess.run(
            [self.job.polytask, "train", *self.new(run, POINT_EPOCHS)],
            env=environment, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL).returncode != 0

    def check(self, run, what):
        """Resumes with the epochs that are there."""
        saved = sorted((run / "checkpoints").glob("epoch-*.safetensors"))
        whole = [path for path in saved if path.stat().st_size > 100]
        if not (run / "recipe.yaml").exists() or not whole:
            return
        epochs = int(whole[-1].stem.removeprefix("epoch-"))
        found = self.publish(run, ["--resume", run, f"train.epochs={epochs}"])
        if found != self.published[epochs]:
            sys.exit(f"{what}: a run of {epochs} epochs published epoch "
                     f"{found[0]} with {found[1]}, expected "
                     f"{self.published[epochs]}")

    def check_all(self):
        run = self.folder / "point"
        at = 1
        while self.killed(run, at):
            whole = self.folder / "copy"
            shutil.copytree(run, whole)
            self.check(run, f"killed before call {at}")
            saved = sorted((whole / "checkpoints").glob("epoch-*.safetensors"))
            if len(saved) > 1:
                os.truncate(saved[-1], 50)
                shutil.rmtree(run)
                shutil.move(whole, run)
                self.check(run, f"killed before call {at}, newest damaged")
            shutil.rmtree(whole, ignore_errors=True)
            at += 1
        best = [self.published[n][0] for n in sorted(self.published)]
        print(f"killed before each of {at - 1} calls: the right model every "
              f"time (best epochs {best})", flush=True)


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
        # Where nothing is learned no epoch is better than the first.
        for rate in "0.001", "1e-30":
            Points(job, folder, rate).check_all()
        begin = time.monotonic()
        if job.start(folder / "whole").wait() != 0:
            sys.exit("the run that no one interrupts failed")
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
