"""Damages HDF5 files in many ways, and fails when one of them does more than be
read or refused.

Run as: mutate_hdf5.py POLYTASK [--files 10000] [--seed 1] [--keep FOLDER]

Each damaged file is inspected by the program. A finding is
  a dead parent   an exit code other than 0, 3 (bad data) and 6 (resources)
  a hang          no answer within 60 seconds
  wrong data      an answer that does not add up; or, of a file that is secured
                  by checksums throughout (h5py's libver="v110", fletcher32),
                  another answer than that of the whole file

The files to damage are written by the program itself, and by h5py where this
Python has it. A part of scripts/test --long.
"""
import argparse
import concurrent.futures
import json
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile

SIGNATURES = [b"\x89HDF\r\n\x1a\n", b"TREE", b"SNOD", b"HEAP", b"GCOL", b"OHDR",
              b"OCHK", b"FRHP", b"FHDB", b"FHIB", b"BTHD", b"BTLF", b"BTIN",
              b"FAHD", b"FADB", b"EAHD", b"EAIB", b"FSHD"]
NUMBERS = [0, 1, 2, 7, 8, 63, 127, 128, 255, 256, 1023, 65535, 65536,
           2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 62, 2 ** 63,
           2 ** 64 - 1]
TIMEOUT = 60


def inspect(polytask, path):
    """(exit code, document or None); the code is None after a hang."""
    try:
        done = subprocess.run([polytask, "inspect", path, "--json"],
                              capture_output=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        return None, None
    document = None
    if done.returncode == 0:
        document = json.loads(done.stdout)
        document.pop("file")
    return done.returncode, document


def own_seeds(polytask, folder):
    for world, more in (("scenes", []), ("streets", ["--missing", "0.2"])):
        path = folder / f"{world}.h5"
        subprocess.run([polytask, "draw", world, path, "--count", "40",
                        "--height", "32", "--width", "32", *more],
                       check=True, capture_output=True)
        yield path, False


def h5py_seeds(folder):
    try:
        import h5py
        import numpy
    except ImportError:
        print("mutate_hdf5: no h5py; only files of polytask itself")
        return
    chance = numpy.random.RandomState(3)
    pixels = chance.randint(0, 256, (30, 3, 16, 12)).astype(numpy.uint8)
    labels = chance.randint(-1, 2, (30, 7)).astype(numpy.int8)
    names = [f"label {i}" for i in range(7)]
    for secured in (False, True):
        # The newest format that version 1.10 of the library reads.
        version = "v110" if secured else "earliest"
        for name, options in (
                ("chunks", dict(chunks=(7, 3, 8, 12), compression="gzip",
                                shuffle=True, maxshape=(None, 3, 16, 12))),
                ("whole", dict(chunks=(30, 3, 16, 12))),
                ("rows", dict(chunks=(1, 3, 16, 12)))):
            path = folder / f"{version}-{name}.h5"
            with h5py.File(path, "w", libver=(version, "v110")) as file:
                file.create_dataset("x", data=pixels, fletcher32=secured,
                                    **options)
                y = file.create_dataset("y", data=labels, chunks=(8, 7),
                                        fletcher32=secured)
                # Texts of varying length have no checksum.
                y.attrs["labels"] = (
                    numpy.array(names, "S8") if secured else names)
            yield path, secured
    with h5py.File(folder / "floats.h5", "w", userblock_size=512) as file:
        file["data/x"] = (pixels / 255).astype(numpy.float32)
        file["x"] = h5py.SoftLink("/data/x")
        file["y"] = labels.astype(float)
    yield folder / "floats.h5", False


def places(content):
    """Where structures of the format begin."""
    found = [0]
    for signature in SIGNATURES:
        at = content.find(signature)
        while at >= 0:
            found.append(at)
            at = content.find(signature, at + 1)
    return found


def damage(content, chance):
    content = bytearray(content)
    near = places(content)
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        at = chance.choice(near) + chance.randrange(256)
        if chance.random() < 0.25 or at + 8 > len(content):
            at = chance.randrange(max(1, len(content) - 8))
        kind = chance.randrange(5)
        if kind == 0:
            content[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            content[at] = chance.randrange(256)
        elif kind == 2:
            width = chance.choice([1, 2, 4, 8])
            number = chance.choice(NUMBERS) % 256 ** width
            content[at:at + width] = number.to_bytes(width, "little")
        elif kind == 3:
            other = chance.randrange(max(1, len(content) - 64))
            width = chance.randrange(1, 64)
            content[at:at + width] = content[other:other + width]
        else:
            del content[chance.randrange(1, len(content)):]
            near = places(content)
    return bytes(content)


def adds_up(document):
    """Whether the numbers of a document can be those of one data set."""
    images = document["images"]
    if images < 1 or min(document["image"]) < 1:
        return False
    for value in document.get("pixel_range", []):
        if not math.isfinite(value):
            return False
    for column in document["labels"].values():
        if column["observed"] + column["missing"] != images:
            return False
        if min(column["observed"], column["missing"]) < 0:
            return False
    return True


def finding(code, document, expected):
    if code is None:
        return f"no answer within {TIMEOUT} s"
    if code not in (0, 3, 6):
        return f"exit code {code}"
    if code == 0 and not adds_up(document):
        return f"wrong data: {document}"
    if code == 0 and expected is not None and document != expected:
        return f"other data than the whole file has: {document}"
    return None


class Trial:
    def __init__(self, arguments, seeds):
        self.arguments = arguments
        self.seeds = seeds

    def run(self, number):
        """(exit code, finding or None) of one damaged file."""
        chance = random.Random(self.arguments.seed * 1_000_003 + number)
        content, expected = chance.choice(self.seeds)
        damaged = damage(content, chance)
        with tempfile.NamedTemporaryFile(suffix=".h5", delete=False) as file:
            file.write(damaged)
        try:
            code, document = inspect(self.arguments.polytask, file.name)
            found = finding(code, document, expected)
            if found and self.arguments.keep:
                self.arguments.keep.mkdir(parents=True, exist_ok=True)
                (self.arguments.keep / f"{number}.h5").write_bytes(damaged)
            return code, found
        finally:
            os.unlink(file.name)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("polytask")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        seeds = []
        for path, secured in [*own_seeds(arguments.polytask, folder),
                              *h5py_seeds(folder)]:
            code, document = inspect(arguments.polytask, path)
            assert code == 0 and adds_up(document), path
            seeds.append((path.read_bytes(), document if secured else None))
        trial = Trial(arguments, seeds)
        codes, findings = {}, 0
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as threads:
            numbers = range(arguments.files)
            for number, (code, found) in enumerate(threads.map(trial.run,
                                                               numbers)):
                codes[code] = codes.get(code, 0) + 1
                if found:
                    findings += 1
                    print(f"mutate_hdf5: file {number}: {found}")
    print(f"mutate_hdf5: {arguments.files} damaged files of {len(seeds)}; "
          f"exit codes {codes}; {findings} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
