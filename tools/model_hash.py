"""What the numbers of a model file come to, apart from its notes.

Two trainings that end in the same bits give the same hash, whatever their
commands, times and folders were.
"""
import hashlib
import json
import struct


def tensor_hash(path):
    """SHA-256 over the names, shapes and bytes of all tensors, by name."""
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8:8 + length])
    header.pop("__metadata__", None)
    values = memoryview(data)[8 + length:]
    digest = hashlib.sha256()
    for name, tensor in sorted(header.items()):
        first, last = tensor["data_offsets"]
        digest.update(f"{name} {tensor['shape']}\n".encode())
        digest.update(values[first:last])
    return digest.hexdigest()
