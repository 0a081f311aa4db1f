"""Makes tests/golden/images/: small drawn images and what Pillow reads in them.

Run as: python3 tests/golden/make_image_golden.py (needs numpy and Pillow; the files in
the repository were made with Pillow 13.0 and libjpeg-turbo 3.2).

  NAME.png, NAME.jpg   one file of every kind the decoders know
  orientation_N.png, orientation_N.jpg   the same picture, N noted in its EXIF
  NAME.EXTENSION.ppm   the same as Pillow reads it, turned upright:
                       ImageOps.exif_transpose(Image.open(f)).convert("RGB")
  NAME.EXTENSION.pgm   the same with convert("L")
  resizes.txt          rows "seed height width result_height result_width hash":
                       noise of the seed, resized; hash is FNV-1a of the pixels
  resized_*.ppm        a few of those results in full

Pillow turns 16-bit greys above 255 white. The expected file of grey16.png holds
the high bytes instead: the one deliberate difference.

Resizing goes along rows first, as Pillow always did up to version 12. Version
13 sometimes goes along columns first, which moves some values by one level; the
script asks for the two passes one after the other, so that every version makes
the same files, and checks that the difference is at most one level.
"""
import pathlib
import struct
import zlib

import numpy
from PIL import Image, ImageOps

FOLDER = pathlib.Path(__file__).resolve().parent / "images"
HEIGHT, WIDTH = 17, 23

ADAM7 = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4),
         (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]


def drawn(channels):
    """A gradient with a disc, a bar and a little noise: [H, W, channels]."""
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    noise = numpy.random.RandomState(channels).randint(0, 24, (HEIGHT, WIDTH))
    planes = []
    for c in range(channels):
        plane = (x * (7 + 2 * c) + y * (9 - 2 * c)) % 232 + noise
        plane[(x - 11 - c) ** 2 + (y - 8) ** 2 < 25] = 40 + 60 * c
        plane[3:5, :] = 250 - 70 * c
        planes.append(plane)
    return numpy.stack(planes, axis=2).astype(numpy.uint8)


def packed_rows(samples, bits):
    """Filter byte 0 and the samples of each row: [H, W, channels] -> bytes."""
    rows = []
    for row in samples.reshape(samples.shape[0], -1):
        if bits == 16:
            data = row.astype(">u2").tobytes()
        elif bits == 8:
            data = row.astype(numpy.uint8).tobytes()
        else:
            each = ((row[:, None] >> numpy.arange(bits)[::-1]) & 1)
            data = numpy.packbits(each.astype(numpy.uint8)).tobytes()
        rows.append(b"\0" + data)
    return b"".join(rows)


def chunk(kind, data):
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def exif(orientation, order):
    """The least TIFF block that notes an orientation; order is < or >."""
    start = b"II*\0" if order == "<" else b"MM\0*"
    entry = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    return (start + struct.pack(order + "IH", 8, 1) + entry +
            struct.pack(order + "I", 0))


def write_png(name, samples, bits, color, interlaced=False, palette=None,
              transparency=None, before=b"", behind=b""):
    """Kinds of PNG that Pillow does not write; the format's own numbers."""
    parts = [samples]
    if interlaced:
        parts = [samples[y::dy, x::dx] for y, x, dy, dx in ADAM7]
    data = b"".join(packed_rows(p, bits) for p in parts if p.size)
    header = struct.pack(">IIBBBBB", samples.shape[1], samples.shape[0], bits,
                         color, 0, 0, int(interlaced))
    chunks = [chunk(b"IHDR", header)]
    if palette is not None:
        chunks.append(chunk(b"PLTE", palette.tobytes()))
    if transparency is not None:
        chunks.append(chunk(b"tRNS", transparency))
    chunks.append(before)
    chunks.append(chunk(b"IDAT", zlib.compress(data, 9)))
    chunks.append(behind)
    chunks.append(chunk(b"IEND", b""))
    (FOLDER / name).write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))


def write_pngs():
    grey, rgb = drawn(1), drawn(3)
    wide = rgb.astype(numpy.uint16) * 256 + rgb[::-1]
    alpha = drawn(4)[:, :, 3:]
    for bits in (1, 2, 4, 8):
        write_png(f"grey{bits}.png", grey >> (8 - bits), bits, 0)
    write_png("grey16.png", wide[:, :, :1], 16, 0)
    write_png("grey_key.png", grey >> 4, 4, 0, transparency=b"\0\3")
    write_png("grey_alpha.png", numpy.dstack([grey, alpha]), 8, 4)
    write_png("rgb8.png", rgb, 8, 2)
    write_png("rgb16.png", wide, 16, 2)
    write_png("rgb_alpha.png", numpy.dstack([rgb, alpha]), 8, 6)
    write_png("rgb_alpha16.png", numpy.dstack([wide, wide[:, :, :1]]), 16, 6)
    for bits in (1, 2, 4, 8):
        colours = drawn(3).reshape(-1, 3)[:2 ** bits]
        write_png(f"palette{bits}.png", grey >> (8 - bits), bits, 3,
                  palette=colours)
    write_png("palette_alpha.png", grey >> 4, 4, 3, transparency=bytes(range(9)),
              palette=drawn(3).reshape(-1, 3)[:16])
    write_png("interlaced_rgb8.png", rgb, 8, 2, interlaced=True)
    write_png("interlaced_grey1.png", grey >> 7, 1, 0, interlaced=True)
    write_png("interlaced_small.png", rgb[:3, :2], 8, 2, interlaced=True)
    write_png("one_pixel.png", rgb[:1, :1], 8, 2)
    for n in range(1, 9):
        note = chunk(b"eXIf", exif(n, "<" if n % 2 else ">"))
        place = "before" if n < 5 else "behind"
        write_png(f"orientation_{n}.png", rgb[:9, :7], 8, 2, n == 8,
                  **{place: note})


def write_jpegs():
    rgb = Image.fromarray(drawn(3))
    rotated = Image.Exif()
    rotated[0x0112] = 6  # turn by 90 degrees when shown
    kinds = {
        "sampled_420": dict(subsampling="4:2:0"),
        "sampled_422": dict(subsampling="4:2:2"),
        "sampled_444": dict(subsampling="4:4:4"),
        "coarse": dict(quality=10),
        "progressive": dict(progressive=True),
        "restarts": dict(restart_marker_blocks=2),
        "stored_rgb": dict(keep_rgb=True),
        "turned": dict(exif=rotated),
    }
    for name, options in kinds.items():
        options = {"quality": 85, **options}
        rgb.save(FOLDER / f"{name}.jpg", **options)
    for n in range(1, 9):
        noted = Image.Exif()
        noted[0x0112] = n
        noted[0x010F] = "a camera"
        rgb.save(FOLDER / f"orientation_{n}.jpg", quality=85, exif=noted)
    Image.fromarray(drawn(1)[:, :, 0]).save(FOLDER / "grey.jpg")
    inks = Image.fromarray(drawn(4), "CMYK")
    inks.save(FOLDER / "cmyk.jpg", quality=90)
    rgb.crop((0, 0, 1, 1)).save(FOLDER / "one_pixel.jpg")


def write_expected():
    for path in sorted(FOLDER.glob("*.[pj][np]g")):
        with Image.open(path) as opened:
            image = ImageOps.exif_transpose(opened)
            rgb = image.convert("RGB")
            luma = image.convert("L")
            if path.name == "grey16.png":
                high = (numpy.asarray(image) >> 8).astype(numpy.uint8)
                luma = Image.fromarray(high)
                rgb = luma.convert("RGB")
            rgb.save(FOLDER / f"{path.name}.ppm")
            luma.save(FOLDER / f"{path.name}.pgm")
            assert luma.tobytes() == rgb.convert("L").tobytes(), path.name


def noise(seed, height, width):
    """The high bytes of a linear congruential generator: [H, W, 3]."""
    values, state = [], seed
    for _ in range(height * width * 3):
        state = (state * 1664525 + 1013904223) % 2 ** 32
        values.append(state >> 24)
    return numpy.array(values, numpy.uint8).reshape(height, width, 3)


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2 ** 64
    return value


SIZES = [(1, 1), (1, 9), (9, 1), (2, 2), (5, 7), (7, 5), (31, 17), (64, 64),
         (100, 100), (85, 128), (101, 99), (256, 384), (384, 256), (1, 2000),
         (2000, 1)]
RESULTS = [(1, 1), (2, 3), (7, 5), (33, 64), (100, 100), (224, 224)]
IN_FULL = {(5, 7, 33, 64), (31, 17, 7, 5), (85, 128, 33, 64), (64, 64, 2, 3)}


def resized(image, height, width):
    rows = image.resize((width, image.height), Image.BILINEAR)
    result = rows.resize((width, height), Image.BILINEAR)
    at_once = image.resize((width, height), Image.BILINEAR)
    difference = numpy.asarray(result).astype(int) - numpy.asarray(at_once)
    assert abs(difference).max() <= 1
    return result


def write_resizes():
    lines = []
    for seed, (height, width) in enumerate(SIZES, start=1):
        image = Image.fromarray(noise(seed, height, width))
        for to_height, to_width in RESULTS:
            result = resized(image, to_height, to_width)
            key = (height, width, to_height, to_width)
            lines.append(f"{seed} {height} {width} {to_height} {to_width} "
                         f"{fnv1a(result.tobytes()):016x}")
            if key in IN_FULL:
                name = f"resized_{seed}_{'_'.join(map(str, key))}.ppm"
                result.save(FOLDER / name)
    (FOLDER / "resizes.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_pngs()
    write_jpegs()
    write_expected()
    write_resizes()
