"""The post's network and the files of a comparison; post_data.h describes them.

For workers: needs numpy.
"""
import pathlib

import numpy as np

BATCH = 100
SIDE = 100
LABELS = 5
FILTERS = ((3, 32), (32, 32), (32, 64), (64, 64))  # in and out; kernels 3 x 3
FEATURES = 23 * 23 * 64
UNITS = 512

# As Keras' get_weights() has them: a kernel and a bias a layer.
SHAPES = [shape for channels, filters in FILTERS
          for shape in ((3, 3, channels, filters), (filters,))]
SHAPES += [(FEATURES, UNITS), (UNITS,), (UNITS, LABELS), (LABELS,)]


def rows_of_batch(batch):
    return slice(batch * BATCH, (batch + 1) * BATCH)


def read_weights(folder):
    flat = np.fromfile(pathlib.Path(folder) / "weights.f32", dtype="<f4")
    return split_arrays(flat)


def split_arrays(flat):
    """The arrays of SHAPES out of one vector."""
    sizes = [int(np.prod(shape)) for shape in SHAPES]
    if flat.size != sum(sizes):
        raise ValueError(f"expected {sum(sizes)} numbers, got {flat.size}")
    parts = np.split(flat, np.cumsum(sizes)[:-1])
    return [part.reshape(shape) for part, shape in zip(parts, SHAPES)]


def write_arrays(path, arrays):
    with open(path, "wb") as file:
        for array in arrays:
            file.write(np.ascontiguousarray(array, dtype="<f4").tobytes())


def read_images(folder, count=-1):
    """Scaled to [0, 1], [count, SIDE, SIDE, 3]; -1: all."""
    values = -1 if count == -1 else count * SIDE * SIDE * 3
    pixels = np.fromfile(pathlib.Path(folder) / "images.u8", dtype=np.uint8,
                         count=values)
    images = pixels.reshape(-1, SIDE, SIDE, 3).astype(np.float32)
    images *= np.float32(1 / 255)
    return images


def read_targets(folder):
    flat = np.fromfile(pathlib.Path(folder) / "targets.f32", dtype="<f4")
    return flat.reshape(-1, LABELS)
