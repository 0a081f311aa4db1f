"""Makes small faults in the sources, one after another, and fails unless a test
finds each of them.

Run as: mutants.py [--list tools/mutants.txt] [--only TEXT] [--folder DIR]

The sources are copied and built in a folder of their own; each fault is put
into the copy, the one test program that must find it is built and run with a
time limit, and the fault is taken out again. Exit code 0: all were found; 1:
some survived; 2: the list does not fit the sources, or the tests fail without
a fault. A part of scripts/test --long.
"""
import argparse
import dataclasses
import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SECONDS = 600  # of one test program; beyond, the fault counts as found
CONFIGURE = ["-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
             # A fault may leave something unused.
             "-DCMAKE_CXX_FLAGS=-D_GLIBCXX_ASSERTIONS -w",
             "-DCMAKE_CXX_FLAGS_DEBUG=-O0 -g0",
             "-DPOLYTASK_BUILD_BENCHMARKS=OFF"]


@dataclasses.dataclass
class Mutant:
    place: str  # in the list
    file: str
    test: str
    before: str
    after: str

    def __str__(self):
        return (f"{self.file} ({self.place}):\n- {self.before}\n"
                f"+ {self.after}")


def read_list(path):
    mutants = []
    lines = path.read_text().splitlines() + [""]
    block = []
    for number, line in enumerate(lines, 1):
        if line.startswith("#"):
            continue
        if line:
            block.append(line)
        elif block:
            file, test = block[0].split()
            part = {sign: "\n".join(text[2:] for text in block[1:]
                                    if text[:1] == sign) for sign in "-+"}
            mutants.append(Mutant(f"{path.name}:{number - len(block)}",
                                  f"src/polytask/{file}", test,
                                  part["-"], part["+"]))
            block = []
    return mutants


def replaced(text, before, after):
    """`text` with `before` replaced, however it is broken into lines; None
    unless it is there once."""
    wanted = "".join(before.split())
    where = [i for i, c in enumerate(text) if not c.isspace()]
    dense = "".join(text[i] for i in where)
    at = dense.find(wanted)
    if at < 0 or dense.find(wanted, at + 1) >= 0:
        return None
    return text[:where[at]] + after + text[where[at + len(wanted) - 1] + 1:]


class Copy:
    def __init__(self, folder):
        self.source = folder / "source"
        self.build = self.source / "build" / "dev"
        files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True,
                               stdout=subprocess.PIPE).stdout
        for name in files.decode().split("\0"):
            if not name or not (ROOT / name).is_file():
                continue
            copy = self.source / name
            new = (ROOT / name).read_bytes()
            if copy.exists() and copy.read_bytes() == new:
                continue
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy)
        launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which(
            "ccache") else []
        subprocess.run(["cmake", "-S", self.source, "-B", self.build,
                        *CONFIGURE, *launcher], check=True,
                       stdout=subprocess.DEVNULL)

    def builds(self, tests):
        return subprocess.run(["ninja", "-C", self.build, *tests],
                              stdout=subprocess.DEVNULL).returncode == 0

    def passes(self, test):
        try:
            return subprocess.run(
                [self.build / "tests" / test, "--gtest_brief=1",
                 "--gtest_fail_fast"], cwd=self.build / "tests",
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                timeout=SECONDS).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def survives(self, mutant):
        path = self.source / mutant.file
        text = path.read_text()
        path.write_text(replaced(text, mutant.before, mutant.after))
        try:
            if not self.builds([mutant.test]):
                sys.exit(f"does not compile: {mutant}")
            return self.passes(mutant.test)
        finally:
            path.write_text(text)


def misfits(mutants):
    for mutant in mutants:
        path = ROOT / mutant.file
        text = path.read_text() if path.is_file() else ""
        if replaced(text, mutant.before, mutant.after) is None:
            yield mutant


def minutes(begin):
    return f"{(time.monotonic() - begin) / 60:.1f} minutes"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--list", type=pathlib.Path,
                        default=ROOT / "tools" / "mutants.txt")
    parser.add_argument("--only", default="", help="names of files or tests that have this in them")
    parser.add_argument("--folder", type=pathlib.Path,
                        default=ROOT / "build" / "mutants")
    args = parser.parse_args()
    mutants = [m for m in read_list(args.list)
               if args.only in m.file.removeprefix("src/polytask/") + m.test]
    wrong = list(misfits(mutants))
    for mutant in wrong:
        print(f"not there, or more than once: {mutant}\n")
    if wrong:
        return 2
    begin = time.monotonic()
    copy = Copy(args.folder)
    tests = sorted({m.test for m in mutants})
    if not copy.builds(tests):
        sys.exit("the sources do not build")
    failing = [test for test in tests if not copy.passes(test)]
    if failing:
        print(f"fail without a fault: {', '.join(failing)}")
        return 2
    print(f"built and passed {', '.join(tests)} in {minutes(begin)}",
          flush=True)
    survivors = []
    for number, mutant in enumerate(mutants, 1):
        survived = copy.survives(mutant)
        if survived:
            survivors.append(mutant)
        print(f"{number}/{len(mutants)} {'SURVIVED' if survived else 'found'} "
              f"{mutant.file} ({mutant.place})", flush=True)
    for mutant in survivors:
        print(f"\nsurvived {mutant.test}: {mutant}")
    print(f"\n{len(mutants) - len(survivors)} of {len(mutants)} faults were "
          f"found, in {minutes(begin)}")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
