"""Writes tests/golden/split.json: splits made by scikit-learn.

Run with scikit-learn installed:
    python tests/golden/make_split_golden.py tests/golden/split.json

Small splits are kept whole; of large ones the length, the first and last five
indices, and a checksum: h = 0, then h = (h * 31 + index) mod 2^64.
"""
import json
import sys

from sklearn.model_selection import train_test_split

CASES = [
    (2, 0.5, 0), (3, 0.2, 1), (5, 0.2, 42), (10, 0.33, 7), (17, 0.25, 100),
    (20, 0.9, 4294967295), (64, 0.5, 3), (65, 0.1, 3), (1000, 0.2, 0),
    (1600, 0.2, 100), (2000, 0.2, 100), (2000, 0.15, 1), (4096, 0.3, 12345),
    (4097, 0.001, 12345), (100003, 0.29, 2024),
]
WHOLE = 70


def checksum(indices):
    value = 0
    for index in indices:
        value = (value * 31 + index) % 2**64
    return value


def describe(indices):
    if len(indices) <= WHOLE:
        return {"all": indices}
    return {"length": len(indices), "first": indices[:5],
            "last": indices[-5:], "checksum": str(checksum(indices))}


def case(size, test_size, random_state):
    train, test = train_test_split(list(range(size)), test_size=test_size,
                                   random_state=random_state)
    return {"size": size, "test_size": test_size,
            "random_state": random_state, "train": describe(train),
            "test": describe(test)}


if __name__ == "__main__":
    lines = [json.dumps(case(*c)) for c in CASES]
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        out.write("[\n" + ",\n".join(lines) + "\n]\n")
