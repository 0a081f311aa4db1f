"""Model files as others might make them: any description and any tensors, with
a checksum that is right."""

import json
import struct

LEAD = b'{"__metadata__":{"polytask.checksum":"crc32c:'


def _table():
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
        yield crc


TABLE = list(_table())


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = (crc >> 8) ^ TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def element_count(shape):
    count = 1
    for axis in shape:
        count *= axis
    return count


def sealed(description, shapes, prior="{}", notes=None, value=0.5):
    """The bytes of a model file; shapes: {tensor: [axis, ...]}."""
    metadata = {
        "polytask.checksum": "crc32c:00000000",
        "polytask.format": "1",
        "polytask.model": description,
        "polytask.prior": prior,
    }
    metadata.update(notes or {})
    header = {"__metadata__": metadata}
    end = 0
    for name, shape in shapes.items():
        begin = end
        end += 4 * element_count(shape)
        header[name] = {
            "dtype": "F32",
            "shape": shape,
            "data_offsets": [begin, end],
        }
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    data = struct.pack("<Q", len(text)) + text
    data += struct.pack("<f", value) * (end // 4)
    at = 8 + len(LEAD)
    return data[:at] + b"%08x" % crc32c(data) + data[at + 8 :]


def description(image, trunk, tasks):
    return (
        f"image: {image}\n"
        "preprocessing: {uint8_scale: 0.0039, float32_scale: 1}\n"
        f"network:\n  trunk: [{trunk}]\n"
        f"tasks:\n  {tasks}\n"
    )
