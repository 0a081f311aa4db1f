"""Fails when a folder includes one it may not depend on.

Run by ctest as: check_layers.py include src
CONTRIBUTING.md's table: check_layers.py --table

The table is the architecture: a folder may include itself, the folders listed
for it, and whatever those may include. What is listed must be used, and not be
there already by another that is listed. A header of a third-party library may
be included only by the folders that CONFINED names for it.
"""
import pathlib
import re
import sys

MAY_USE = {
    "base": [],
    "settings": ["base"],
    "tensor": ["base"],
    "onednn": ["tensor"],
    "kernels": ["tensor"],
    "data": ["tensor", "settings"],
    "worlds": ["data"],
    "metrics": ["base"],
    "optim": ["kernels"],
    "layers": ["onednn", "kernels"],
    "network": ["layers", "settings"],
    "task": ["network"],
    "weighting": ["settings"],
    "model": ["task", "data"],
    "checkpoint": ["model"],
    "predict": ["model"],
    "evaluate": ["predict", "metrics"],
    "train": ["checkpoint", "weighting", "optim", "metrics"],
    "recipe": ["train"],
    "study": ["train", "evaluate"],
    "report": ["study"],
}
CONFINED = {
    r"(oneapi/)?dnnl.*": {"onednn"},
    r"hdf5.*|H5.*": {"data/hdf5"},
    r"jpeglib.h|turbojpeg.h|png.h": {"data/image"},
    r"hwy/.*": {"kernels"},
    r"yaml-cpp/.*": {"settings"},
    r"fmt/.*": {"base"},
    r"nlohmann/.*": {"base", "checkpoint", "train"},
}
THIRD_PARTY = r"(hwy|yaml-cpp|nlohmann|fmt|CLI|oneapi)/.*|dnnl.*|hdf5.*|H5.*|" \
              r"jpeglib.h|png.h"
OURS = re.compile(r'^\s*#\s*include\s+"polytask/(\w+)/', re.MULTILINE)
THEIRS = re.compile(r"^\s*#\s*include\s+<([^>]+)>", re.MULTILINE)


def reachable(folder):
    seen, todo = set(), [folder]
    while todo:
        at = todo.pop()
        if at not in seen:
            seen.add(at)
            todo += MAY_USE[at]
    return seen


def sources(root):
    """Each file with its folder and the folder within that, if any."""
    root = pathlib.Path(root) / "polytask"
    for path in sorted(root.rglob("*.[hc]*")):
        place = path.relative_to(root).parent
        if place.parts:
            yield path, place.parts[0], place.as_posix()


def violations(root):
    public = root == "include"
    for path, folder, place in sources(root):
        if folder not in MAY_USE:
            yield f"{path}: {folder}/ is not in the table"
            continue
        text = path.read_text(encoding="utf-8")
        allowed = reachable(folder)
        for used in OURS.findall(text):
            if used not in allowed:
                yield f"{path}: {folder}/ may not include {used}/"
        for used in THEIRS.findall(text):
            if public and re.fullmatch(THIRD_PARTY, used):
                yield f"{path}: a public header may not include <{used}>"
            for pattern, folders in CONFINED.items():
                if re.fullmatch(pattern, used) and place not in folders:
                    yield (f"{path}: only {', '.join(sorted(folders))}/ may "
                           f"include <{used}>")


def unused(roots):
    used = {folder: set() for folder in MAY_USE}
    for root in roots:
        for path, folder, _ in sources(root):
            text = path.read_text(encoding="utf-8")
            used.setdefault(folder, set()).update(OURS.findall(text))
    for folder, listed in MAY_USE.items():
        for other in listed:
            if other not in used[folder]:
                yield f"the table: {folder}/ does not use {other}/"
            if any(other in reachable(third) for third in listed
                   if third != other):
                yield f"the table: {folder}/ has {other}/ by another folder"


def table():
    yield "| folder | may use |"
    yield "|---|---|"
    for folder, listed in MAY_USE.items():
        yield f"| {folder} | {', '.join(listed)} |".replace("|  |", "| |")


def outdated_table():
    lines = "\n".join(table())
    text = (pathlib.Path(__file__).resolve().parent.parent /
            "CONTRIBUTING.md").read_text(encoding="utf-8")
    if lines not in text:
        yield ("CONTRIBUTING.md: expected the table of "
               "tools/check_layers.py --table")


if __name__ == "__main__":
    if sys.argv[1:] == ["--table"]:
        print("\n".join(table()))
        sys.exit()
    found = [v for root in sys.argv[1:] for v in violations(root)]
    found += [*unused(sys.argv[1:]), *outdated_table()]
    print("\n".join(found) or "layering ok")
    sys.exit(bool(found))
