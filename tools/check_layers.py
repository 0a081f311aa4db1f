"""Fails when a folder includes one it may not depend on.

Run by ctest as: check_layers.py include src

The table is the architecture: a folder may include itself, the folders listed
for it, and whatever those may include. A header of a third-party library may
be included only by the folders that CONFINED names for it.
"""
import pathlib
import re
import sys

MAY_USE = {
    "base": [],
    "tensor": ["base"],
    "onednn": ["tensor"],
    "kernels": ["tensor"],
    "data": ["tensor"],
    "draw": ["data"],
    "metrics": ["tensor"],
    "optim": ["kernels"],
    "layers": ["onednn", "kernels"],
    "network": ["layers"],
    "task": ["network", "metrics", "data"],
    "checkpoint": ["task"],
    "predict": ["checkpoint"],
    "export": ["checkpoint"],
    "evaluate": ["predict", "data"],
    "train": ["checkpoint", "data", "optim"],
    "study": ["train", "evaluate"],
    "report": ["study", "metrics"],
}
CONFINED = {
    r"(oneapi/)?dnnl.*": {"onednn"},
    r"hdf5.*|H5.*": {"data"},
    r"jpeglib.h|turbojpeg.h|png.h": {"data"},
    r"hwy/.*": {"kernels"},
    r"yaml-cpp/.*": {"base"},
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


def violations(root):
    public = root == "include"
    for path in sorted(pathlib.Path(root).rglob("polytask/*/*.[hc]*")):
        folder = path.parent.name
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
                if re.fullmatch(pattern, used) and folder not in folders:
                    yield (f"{path}: only {', '.join(sorted(folders))}/ may "
                           f"include <{used}>")


if __name__ == "__main__":
    found = [v for root in sys.argv[1:] for v in violations(root)]
    print("\n".join(found) or "layering ok")
    sys.exit(bool(found))
