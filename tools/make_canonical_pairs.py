"""Writes src/polytask/base/canonical_pairs.inc: the letters that Unicode also
writes as a letter and a mark.

    python3 tools/make_canonical_pairs.py > src/polytask/base/canonical_pairs.inc

Latin, Greek, Cyrillic and kana; Hangul follows a formula and is not in it.
"""
import unicodedata

RANGES = [(0x00C0, 0x0250), (0x0370, 0x0530), (0x1E00, 0x2000),
          (0x3040, 0x3100)]


def pairs():
    for begin, end in RANGES:
        for code in range(begin, end):
            parts = unicodedata.decomposition(chr(code)).split()
            if len(parts) == 2 and not parts[0].startswith("<"):
                yield code, int(parts[0], 16), int(parts[1], 16)


entries = [f"{{0x{c:X}, 0x{b:X}, 0x{m:X}}}," for c, b, m in pairs()]
print("// Made by tools/make_canonical_pairs.py.")
line = ""
for entry in entries:
    if len(line) + 1 + len(entry) > 80:
        print(line)
        line = ""
    line = f"{line} {entry}".strip()
print(line)
