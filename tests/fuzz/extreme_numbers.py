"""Models and recipes with numbers beyond reason, each given to the commands that
read it.

Run as: extreme_numbers.py POLYTASK [--count 60] [--seed 1] [--keep FOLDER]

Each run may take 2 s of the processor and 300 MB, and ends with 2, 3 or 6, or
with 0 where what was drawn turns out to be a network that can be had. Only the
training of a network whose plan states more memory takes what it takes. Models
have a checksum that is right, and tensors of the shapes they describe wherever
those are small. --keep FOLDER keeps the files that show a problem.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile

from sealed_model import description, element_count, sealed

MOST_SECONDS = 2  # of the processor
MOST_BYTES = 300e6  # resident
MOST_WALL_SECONDS = 60  # for machines that do something else as well
HUGE = [
    0, -1, -2147483648, 31, 32, 33, 64, 127, 255, 1000, 4095, 4096, 4097,
    8192, 16384, 16385, 65535, 65536, 65537, 100000, 1 << 20, 1 << 24,
    (1 << 28) + 1, 1 << 30, 2147483646, 2147483647, 2147483648, 4294967295,
    1 << 40, (1 << 63) - 1, 1 << 63, 1 << 64, 10**30,
]
LABELS = "[desert, mountains, sea, sunset, trees]"
SMALL = [1, 2, 3, 4, 5, 7, 8, 16]


class Draw:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def number(self, usual):
        """Something usual, or in one of four cases something huge."""
        return self.random.choice(HUGE if self.random.random() < 0.25 else usual)

    def layer(self):
        kind = self.random.randrange(6)
        if kind < 3:
            return "conv2d", {
                "filters": self.number(SMALL),
                "kernel_size": self.number([1, 2, 3, 5]),
                "strides": self.number([1, 1, 2]),
                "padding": self.random.choice(["same", "valid"]),
                "activation": self.random.choice(["relu", "linear"]),
            }
        if kind == 3:
            return "max_pooling2d", {"pool_size": self.number([2, 3])}
        if kind == 4:
            return "dropout", {"rate": self.random.choice([0, 0.5, 0.999, 1, 2])}
        return "flatten", {}

    def trunk(self):
        count = self.random.choice([1, 2, 2, 3, 4])
        if self.random.random() < 0.02:
            count = self.random.choice([100, 255, 256, 257, 1000, 5000])
        layers = [self.layer() for _ in range(count)]
        layers.append(("flatten", {}))
        if self.random.random() < 0.5:
            layers.append(("dense", {"units": self.number(SMALL)}))
        return layers

    def image(self):
        if self.random.random() < 0.5:
            return [16, 16, 3]
        return [self.number([8, 16]), self.number([6, 16]), self.number([1, 3])]


def layers_text(layers):
    return ", ".join(
        name + ": {" + ", ".join(f"{k}: {v}" for k, v in keys.items()) + "}"
        if keys
        else name
        for name, keys in layers
    )


def axis_after(size, layer):
    """What is left of one side of an image."""
    name, keys = layer
    if name == "max_pooling2d":
        return size // keys["pool_size"]
    if keys["padding"] == "same":
        return -(-size // keys["strides"])
    return (size - keys["kernel_size"]) // keys["strides"] + 1


def tensors_of(image, layers, labels):
    """The shapes a reader would expect, however large."""
    shapes = {}
    counts = {}
    height, width, channels = image
    for layer in layers:
        name, keys = layer
        counts[name] = counts.get(name, 0) + 1
        own = f"{name}_{counts[name]}"
        if name == "conv2d":
            size = keys["kernel_size"]
            shapes[own + "/kernel"] = [size, size, channels, keys["filters"]]
            shapes[own + "/bias"] = [keys["filters"]]
        if name in ("conv2d", "max_pooling2d"):
            height, width = (axis_after(side, layer) for side in (height, width))
            channels = keys.get("filters", channels)
        if name == "flatten":
            height, width, channels = 1, 1, height * width * channels
        if name == "dense":
            shapes[own + "/kernel"] = [channels, keys["units"]]
            shapes[own + "/bias"] = [keys["units"]]
            channels = keys["units"]
    shapes["t/kernel"] = [channels, labels]
    shapes["t/bias"] = [labels]
    return shapes


def small(shape):
    """The shape, or where it is none of a small file, one of its rank."""
    if all(0 <= axis for axis in shape) and element_count(shape) <= 50_000:
        return shape
    return [max(0, min(axis, 2)) for axis in shape]


def model(draw):
    image, layers = draw.image(), draw.trunk()
    try:
        shapes = tensors_of(image, layers, LABELS.count(",") + 1)
    except ZeroDivisionError:
        shapes = {}
    return sealed(
        description(image, layers_text(layers),
                    f"t: {{kind: multilabel, labels: {LABELS}}}"),
        {name: small(shape) for name, shape in shapes.items()},
    )


def recipe(draw):
    train = {"epochs": 1, "batch_size": 4, "threads": 1}
    for key in ("batch_size", "threads", "seed", "patience"):
        if draw.random.random() < 0.15:
            train[key] = draw.random.choice(HUGE)
    task = f"kind: multilabel, labels: {LABELS}"
    if draw.random.random() < 0.2:
        task += f", head: [dense: {{units: {draw.number(SMALL)}}}]"
    keys = ", ".join(f"{k}: {v}" for k, v in train.items())
    return (
        "data: {path: data.h5}\n"
        f"tasks: {{t: {{{task}}}}}\n"
        f"network: {{trunk: [{layers_text(draw.trunk())}]}}\n"
        f"train: {{{keys}}}\n"
    ).encode()


def commands(polytask, path, draw):
    if path.suffix == ".safetensors":
        yield [polytask, "inspect", path]
        yield [polytask, "predict", path, "image.png"]
        yield [polytask, "evaluate", path, "data.h5"]
        return
    size = "x".join(str(draw.number([8, 32])) for _ in range(2)) + "x3"
    yield [polytask, "inspect", path, "--plan"]
    yield [polytask, "inspect", path, "--plan", "--input", size]
    yield [polytask, "train", path, f"run.dir={path.stem}-run"]


def is_fair(command, problem, folder):
    """Whether it is the training of a network that says it is large."""
    if command[1] != "train" or not problem.startswith("exit 0"):
        return False
    told = subprocess.run([command[0], "inspect", command[2], "--plan", "--json"],
                          cwd=folder, stdout=subprocess.PIPE, check=True)
    return json.loads(told.stdout)["memory"]["total_bytes"] > MOST_BYTES


ENDS = collections.Counter()  # how many ended with which code


def run(command, folder):
    """What is wrong with it, or None."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.DEVNULL, stderr=said,
            preexec_fn=lambda: resource.setrlimit(
                resource.RLIMIT_CPU, (10 * MOST_SECONDS, 10 * MOST_SECONDS)))
        timer = concurrent.futures.ThreadPoolExecutor(1)
        waiting = timer.submit(os.wait4, process.pid, 0)
        try:
            _, status, usage = waiting.result(MOST_WALL_SECONDS)
        except concurrent.futures.TimeoutError:
            process.kill()
            waiting.result()
            return "hangs"
        finally:
            timer.shutdown(wait=True)
            process.returncode = 0
        said.seek(0)
        text = said.read(400).decode(errors="replace")
    seconds = usage.ru_utime + usage.ru_stime
    code = os.waitstatus_to_exitcode(status)
    ENDS[code] += 1
    if code not in (0, 2, 3, 6):
        return f"exit {code}: {text}"
    if seconds > MOST_SECONDS:
        return f"exit {code} after {seconds:.1f} s of the processor: {text}"
    if usage.ru_maxrss * 1024 > MOST_BYTES:
        return f"exit {code} with {usage.ru_maxrss // 1000} MB: {text}"
    return None


def check_one(args, folder, number):
    """The problems of one file, by command."""
    draw = Draw(args.seed * 1_000_003 + number)
    make, ending = ((model, ".safetensors"), (recipe, ".yaml"))[number % 2]
    path = folder / f"case{number}{ending}"
    path.write_bytes(make(draw))
    problems = []
    for command in commands(args.polytask, path, draw):
        problem = run(command, folder)
        if problem and not is_fair(command, problem, folder):
            words = " ".join(str(word) for word in command[1:])
            problems.append(f"{words}: {problem}")
    if problems and args.keep:
        shutil.copy(path, args.keep)
    path.unlink()
    shutil.rmtree(folder / f"{path.stem}-run", ignore_errors=True)
    return problems


def draw_inputs(polytask, folder):
    subprocess.run([polytask, "draw", "scenes", folder / "data.h5", "--count",
                    "20", "--height", "16", "--width", "16"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    golden = pathlib.Path(__file__).resolve().parent.parent / "golden/images"
    shutil.copy(golden / "rgb8.png", folder / "image.png")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("polytask", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path)
    args = parser.parse_args()
    args.polytask = args.polytask.resolve()
    if args.keep:
        args.keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        draw_inputs(args.polytask, folder)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            found = [
                problem
                for problems in pool.map(
                    lambda number: check_one(args, folder, number),
                    range(args.count))
                for problem in problems
            ]
    for problem in found:
        print(problem)
    ends = ", ".join(f"{n} with {code}" for code, n in sorted(ENDS.items()))
    print(f"{args.count} files with extreme numbers: {ends}; "
          f"{len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
