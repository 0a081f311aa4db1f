"""Makes small faults in the sources, one after another, and fails unless a test
finds each of them.

Run as: mutants.py [--list tools/mutants.txt] [--only TEXT] [--build DIR]
                   [--jobs N]

The build folder is brought up to date and stays as it is: the source with the
fault is compiled beside it, linked before the library with the test program
that must find the fault, and that runs with a time limit. Exit code 0: all
were found; 1: some survived; 2: the list does not fit the sources, a fault does
not compile, or the tests fail without a fault. A part of scripts/test --long.
"""
import argparse
import concurrent.futures
import dataclasses
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
# A run of a test program takes at most this many times what it takes without a
# fault, and some seconds more; beyond, the fault counts as found.
TIMES = 10
SECONDS = 60
# What the tests write need not reach a disk.
MEMORY = {"TMPDIR": "/dev/shm"} if os.access("/dev/shm", os.W_OK) else {}


@dataclasses.dataclass
class Mutant:
    place: str  # in the list
    file: str
    test: str
    before: str
    after: str

    def __str__(self):
        return (f"{self.file} ({self.place}), {self.test}:\n"
                f"- {self.before}\n+ {self.after}")


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


def misfits(mutants):
    for mutant in mutants:
        path = ROOT / mutant.file
        text = path.read_text() if path.is_file() else ""
        if replaced(text, mutant.before, mutant.after) is None:
            yield mutant


def passes(program, folder, seconds):
    """Whether the test program finds nothing, in its own empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [program, "--gtest_brief=1", "--gtest_fail_fast"], cwd=folder,
        env=os.environ | MEMORY,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True)
    try:
        return process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        try:  # With what it has started.
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()


class Build:
    """A build folder of Ninja's with the test programs in it."""

    def __init__(self, folder, tests):
        self.folder = folder
        subprocess.run(["ninja", "-C", folder, *tests], check=True,
                       stdout=subprocess.DEVNULL)
        self.link = {test: self.commands(f"tests/{test}")[-1]
                     for test in tests}
        self.compile = {}
        for command in self.commands("libpolytask.a"):
            words = shlex.split(command)
            if "-c" in words and words[-1].endswith(".cpp"):
                self.compile[words[-1]] = words
        self.seconds = {}

    def commands(self, target):
        return subprocess.run(
            ["ninja", "-C", self.folder, "-t", "commands", target], check=True,
            stdout=subprocess.PIPE, text=True).stdout.splitlines()

    def failing(self, scratch):
        """The tests that fail without a fault; learns how long each takes."""
        for test in self.link:
            begin = time.monotonic()
            if not passes(self.folder / "tests" / test, scratch / test, None):
                yield test
            self.seconds[test] = TIMES * (time.monotonic() - begin) + SECONDS

    def outcome(self, mutant, scratch):
        """"found", "SURVIVED" or "does not compile"."""
        shutil.rmtree(scratch, ignore_errors=True)
        source = scratch / mutant.file
        source.parent.mkdir(parents=True)
        source.write_text(replaced((ROOT / mutant.file).read_text(),
                                   mutant.before, mutant.after))
        object_file = scratch / "fault.o"
        program = scratch / mutant.test
        words = self.compile[str(ROOT / mutant.file)]
        first = next(i for i, word in enumerate(words)
                     if word.startswith("-I"))
        # Where a source includes itself, it is to find the fault; and a fault
        # may leave something unused.
        command = [*words[:first], f"-I{scratch / 'src'}",
                   *words[first:words.index("-MD")], "-w", "-o", object_file,
                   "-c", source]
        link = self.link[mutant.test].replace(
            f" -o tests/{mutant.test} ",
            f" -o {shlex.quote(str(program))} "
            f"{shlex.quote(str(object_file))} ", 1)
        for step in (command, ["sh", "-c", link]):
            if subprocess.run(step, cwd=self.folder,
                              stderr=subprocess.DEVNULL).returncode != 0:
                return "does not compile"
        found = not passes(program, scratch / "run",
                           self.seconds[mutant.test])
        shutil.rmtree(scratch, ignore_errors=True)
        return "found" if found else "SURVIVED"


def minutes(seconds):
    return f"{seconds / 60:.1f} minutes"


def outcomes(build, mutants, scratch, jobs):
    """Of each fault what came of it; says so on the way."""
    begin = time.monotonic()
    result = {"found": [], "SURVIVED": [], "does not compile": []}
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        running = {
            pool.submit(build.outcome, mutant, scratch / str(i)): mutant
            for i, mutant in enumerate(mutants)}
        for done, future in enumerate(
                concurrent.futures.as_completed(running), 1):
            mutant = running[future]
            result[future.result()].append(mutant)
            rest = (time.monotonic() - begin) / done * (len(mutants) - done)
            print(f"{done}/{len(mutants)} {future.result()} "
                  f"{mutant.file.removeprefix('src/polytask/')} "
                  f"({mutant.place}); about {minutes(rest)} left", flush=True)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--list", type=pathlib.Path,
                        default=ROOT / "tools" / "mutants.txt")
    parser.add_argument("--only", default="",
                        help="faults whose file or test has this in its name")
    parser.add_argument("--build", type=pathlib.Path,
                        default=ROOT / "build" / "release")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    args = parser.parse_args()
    mutants = [m for m in read_list(args.list)
               if args.only in m.file.removeprefix("src/polytask/") + m.test]
    wrong = list(misfits(mutants))
    for mutant in wrong:
        print(f"not there, or more than once: {mutant}\n")
    if wrong:
        return 2
    begin = time.monotonic()
    scratch = args.build.resolve() / "mutants"
    build = Build(args.build.resolve(), sorted({m.test for m in mutants}))
    failing = list(build.failing(scratch))
    if failing:
        print(f"fail without a fault: {', '.join(failing)}")
        return 2
    result = outcomes(build, mutants, scratch, args.jobs)
    shutil.rmtree(scratch, ignore_errors=True)
    for outcome in ("SURVIVED", "does not compile"):
        for mutant in result[outcome]:
            print(f"\n{outcome}: {mutant}")
    print(f"\n{len(result['found'])} of {len(mutants)} faults were found, in "
          f"{minutes(time.monotonic() - begin)}")
    if result["does not compile"]:
        return 2
    return 1 if result["SURVIVED"] else 0


if __name__ == "__main__":
    sys.exit(main())
