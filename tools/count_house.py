"""Fails when the house grows past what a reader keeps in the head.

Run by ctest as: count_house.py

Counts the public headers and what they include, the files of a folder, the
private functions of a class, and the files that a new verb or a new kind of
task would touch.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MOST_PUBLIC_HEADERS = 30
MOST_FILES = 40  # of a folder, its public headers among them
MOST_PRIVATE_FUNCTIONS = 20  # of a class
MOST_VERB_FILES = 3
VERB = "version"  # as good as any other
# The list of kinds and the kind's own file; a test and the documents beside.
MOST_KIND_FILES = 2
KIND_LIST = "include/polytask/task/task_kind.h"
KIND_DEFAULT = "include/polytask/task/task.h"  # of the first kind alone
# The network's own classes are taken apart with the graph it will become.
LARGE_CLASSES = {"Network", "NetworkPlan"}


def public_headers():
    headers = sorted((ROOT / "include").rglob("*.h"))
    if len(headers) > MOST_PUBLIC_HEADERS:
        yield (f"include: expected at most {MOST_PUBLIC_HEADERS} headers, "
               f"found {len(headers)}")
    names = {str(h.relative_to(ROOT / "include")) for h in headers}
    for header in headers:
        text = header.read_text(encoding="utf-8")
        place = header.relative_to(ROOT)
        if not re.match(r"// [A-Z].*?[.:]\n", text, re.DOTALL):
            yield f"{place}: expected a sentence on what it is for"
        for used in re.findall(r'#include "(polytask/[^"]+)"', text):
            if used not in names:
                yield f"{place}: a public header may not include {used}"


def folders():
    counts = {}
    for top in ("src", "include"):
        for path in (ROOT / top / "polytask").rglob("*.[hc]*"):
            folder = path.relative_to(ROOT / top).parent
            counts[folder] = counts.get(folder, 0) + 1
    for folder, count in sorted(counts.items()):
        if count > MOST_FILES:
            yield (f"{folder}: expected at most {MOST_FILES} files, found "
                   f"{count}; divide it by meaning")


def without_comments(text):
    return re.sub(r"//[^\n]*|\"(\\.|[^\"\\\n])*\"", "", text)


def class_bodies(text):
    """Name and body of each class and struct, nested ones among them."""
    for start in re.finditer(r"\b(?:class|struct)\s+(\w+)[^;{()=]*\{", text):
        depth, at = 1, start.end()
        while depth and at < len(text):
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            at += 1
        yield start[1], text[start.end():at - 1]


def private_functions(body):
    """How many functions of a class's body are private."""
    flat, depth = [], 0
    for c in body:
        depth -= c == "}"
        if depth == 0:
            flat.append(c)
        depth += c == "{"
    count = 0
    for part in re.split(r"\b(?=public:|private:|protected:)", "".join(flat)):
        if part.startswith("private:"):
            count += len(re.findall(r"\w\s*\([^;{}]*\)[^;{}()]*(?:;|\{)", part))
    return count


def classes():
    for path in sorted((ROOT / "src").rglob("*.[hc]*")):
        text = without_comments(path.read_text(encoding="utf-8"))
        for name, body in class_bodies(text):
            count = private_functions(body)
            if count > MOST_PRIVATE_FUNCTIONS and name not in LARGE_CLASSES:
                yield (f"{path.relative_to(ROOT)}: {name} has {count} private "
                       f"functions, expected at most {MOST_PRIVATE_FUNCTIONS}")


def verb_files():
    touched = [path for path in (ROOT / "apps").rglob("*.[hc]*")
               if f"{VERB}_command" in path.read_text(encoding="utf-8")]
    if not 1 < len(touched) <= MOST_VERB_FILES:
        yield (f"apps: expected a verb in at most {MOST_VERB_FILES} files, "
               f"found {VERB} in {len(touched)}")


def kind_files():
    listed = (ROOT / KIND_LIST).read_text(encoding="utf-8")
    enum = re.search(r"enum class TaskKind \{(.*?)\}", listed, re.DOTALL)[1]
    kinds = re.findall(r"^ *(\w+),", enum, re.MULTILINE)
    if len(kinds) < 2:
        yield f"{KIND_LIST}: expected a list of kinds"
    sources = [path for top in ("src", "apps", "include")
               for path in (ROOT / top).rglob("*.[hc]*")]
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
             for path in sources}
    for kind in kinds:
        named = re.compile(rf'\b(TaskKind|kinds)::{kind}\b|'
                           rf'\bkind [!=]= "{kind}"')
        touched = {place for place, text in texts.items()
                   if named.search(text)} - {KIND_DEFAULT}
        if not 1 < len(touched) <= MOST_KIND_FILES:
            yield (f"expected the kind {kind} in at most {MOST_KIND_FILES} "
                   f"files, found it in {len(touched)}: "
                   + ", ".join(sorted(touched)))


if __name__ == "__main__":
    found = [*public_headers(), *folders(), *classes(), *verb_files(),
             *kind_files()]
    print("\n".join(found) or "the house is as small as it is to be")
    sys.exit(bool(found))
