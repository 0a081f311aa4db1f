"""Reads a model file as a third party would and says what is in it.

Run as: check_safetensors.py FILE

Prints one JSON document: the tensors' shapes and sums as the Python library
`safetensors` reads them, the metadata, and whether the checksum is right,
computed as docs/formats/model.md describes it. Exits with 77 when the library
is not installed.
"""
import json
import sys

DIGITS = slice(53, 61)


def crc32c(data):
    table = []
    for crc in range(256):
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
        table.append(crc)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def checksum_state(path):
    with open(path, "rb") as file:
        data = bytearray(file.read())
    stated = data[DIGITS].decode("ascii", "replace")
    data[DIGITS] = b"00000000"
    return "right" if f"{crc32c(data):08x}" == stated else "wrong"


def main(path):
    try:
        from safetensors import safe_open
    except ImportError:
        return 77
    with safe_open(path, framework="numpy") as file:
        tensors = {}
        for name in file.keys():
            tensor = file.get_tensor(name)
            tensors[name] = {"shape": list(tensor.shape),
                             "sum": float(tensor.sum(dtype="float64"))}
        print(json.dumps({"tensors": tensors, "metadata": file.metadata(),
                          "checksum": checksum_state(path)}, sort_keys=True))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
