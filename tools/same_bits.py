"""Trains the reference job's network with 1, 2 and 4 threads, and once more
with 2, and fails unless every weight and every optimiser state is the same.

Run as: same_bits.py POLYTASK [--epochs 3] [--count 600]

Dropout is on and the images are drawn. A part of scripts/test --long.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

from model_hash import tensor_hash

RECIPE = pathlib.Path(__file__).parent.parent / "recipes" / "blog.yaml"


def train(polytask, data, folder, epochs, threads):
    subprocess.run(
        [polytask, "train", RECIPE, f"data.path={data}", f"run.dir={folder}",
         f"train.epochs={epochs}", f"train.threads={threads}"],
        check=True, stdout=subprocess.DEVNULL)
    newest = f"checkpoints/epoch-{epochs:04}.safetensors"
    return tuple(tensor_hash(folder / name)
                 for name in ("model.safetensors", newest))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("polytask")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--count", type=int, default=600)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        data = folder / "scenes.h5"
        subprocess.run([args.polytask, "draw", "scenes", data, "--count",
                        str(args.count)], check=True)
        seen = {}
        for run, threads in enumerate((1, 2, 4, 2)):
            hashes = train(args.polytask, data, folder / str(run), args.epochs,
                           threads)
            print(f"{threads} threads: model {hashes[0]} "
                  f"checkpoint {hashes[1]}", flush=True)
            seen.setdefault(hashes, threads)
    print("the same bits" if len(seen) == 1 else "THE BITS DIFFER")
    return len(seen) != 1


if __name__ == "__main__":
    sys.exit(main())
