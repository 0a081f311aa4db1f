"""Fails when the documents and the program say different things.

Run by ctest, in the project's folder, as: check_docs.py POLYTASK

  - docs/recipe.md names every key of a resolved recipe;
  - docs/cli.md names every verb and, in the verb's section, every flag;
  - every link from a document to a file of the project leads somewhere;
  - include/polytask/polytask.h includes every public header;
  - no example is longer than 60 lines.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
LONGEST_EXAMPLE = 60


def output(*command):
    return subprocess.run([str(word) for word in command], check=True,
                          capture_output=True, text=True).stdout


def recipe_keys(text):
    """The keys of a recipe in block style: "data.split.test_size"; a layer's
    begin with its kind, those of a task with "tasks.NAME"."""
    above = []
    for line in text.splitlines():
        entry = re.match(r"( *)(- )?(\w+):?(.*)", line)
        if not entry:
            continue
        indent = len(entry[1]) + len(entry[2] or "")
        above = [(i, name) for i, name in above if i < indent]
        if entry[2]:
            above = [(indent, entry[3])]
        else:
            above.append((indent, entry[3]))
        path = [name for _, name in above]
        if path[0] == "tasks" and len(path) > 1:
            path[1] = "NAME"
        yield ".".join(path)
        for key in re.findall(r"(\w+): ", entry[4]):
            yield ".".join([*path, key])


def resolved_recipe(polytask):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        data = folder / "scenes.h5"
        subprocess.run([polytask, "draw", "scenes", data, "--count", "20",
                        "--height", "16", "--width", "16"], check=True,
                       stderr=subprocess.DEVNULL)
        recipe = folder / "recipe.yaml"
        text = pathlib.Path("recipes/blog.yaml").read_text(encoding="utf-8")
        recipe.write_text(text.replace("path: scenes.h5", f"path: {data}"),
                          encoding="utf-8")
        found = output(polytask, "inspect", recipe)
    lines = found[found.index("\nrecipe\n") + len("\nrecipe\n"):].splitlines()
    return "\n".join(line[2:] for line in lines if line.startswith("  "))


def undocumented_keys(polytask):
    page = pathlib.Path("docs/recipe.md").read_text(encoding="utf-8")
    keys = sorted(set(recipe_keys(resolved_recipe(polytask))))
    if "train.adam.beta_1" not in keys or "conv2d.filters" not in keys:
        yield f"check_docs.py does not understand the recipe; it saw {keys}"
    for key in keys:
        # A section is named by its keys.
        if f"`{key}`" not in page and f"`{key}." not in page:
            yield f"docs/recipe.md: there is nothing about `{key}`"


def undocumented_flags(polytask):
    page = pathlib.Path("docs/cli.md").read_text(encoding="utf-8")
    verbs = re.findall(r"^  (\w+) ", output(polytask, "--help"), re.MULTILINE)
    if len(verbs) < 6:
        yield f"check_docs.py does not understand the help; it saw {verbs}"
    sections = dict(re.findall(r"^## (\w+)$(.*?)(?=^## |\Z)", page,
                               re.MULTILINE | re.DOTALL))
    for verb in verbs:
        if verb not in sections:
            yield f"docs/cli.md: there is no section \"## {verb}\""
            continue
        for flag in set(re.findall(r"--[a-z-]+", output(polytask, verb,
                                                        "--help"))):
            if flag != "--help" and f"`{flag}" not in sections[verb]:
                yield f"docs/cli.md: nothing about {flag} under {verb}"


def documents():
    return [*pathlib.Path(".").glob("*.md"), *pathlib.Path("docs").rglob("*.md")]


def broken_links():
    for page in sorted(documents()):
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                yield f"{page}: {target} does not exist"


def forgotten_headers():
    root = pathlib.Path("include")
    everything = root / "polytask" / "polytask.h"
    text = everything.read_text(encoding="utf-8")
    for header in sorted(root.rglob("*.h")):
        name = header.relative_to(root)
        if header != everything and f'#include "{name}"' not in text:
            yield f"{everything}: does not include {name}"


def long_examples():
    for path in sorted(pathlib.Path("examples").glob("*.cpp")):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_EXAMPLE:
            yield f"{path}: {lines} lines, at most {LONGEST_EXAMPLE}"


def main(polytask):
    found = [*undocumented_keys(polytask), *undocumented_flags(polytask),
             *broken_links(), *forgotten_headers(), *long_examples()]
    print("\n".join(found) or "the documents agree with the program")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve()))
