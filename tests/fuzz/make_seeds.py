"""What the fuzz targets begin with: a folder of small sound files for each.

    python3 tests/fuzz/make_seeds.py OUT

writes OUT/model, OUT/recipe, OUT/csv, OUT/jpeg and OUT/png.
"""

import pathlib
import shutil
import sys

from sealed_model import description, sealed

HOME = pathlib.Path(__file__).resolve().parent.parent.parent
MOST_BYTES = 4096  # of a seed: small ones are changed more often


def models():
    scene = "scene: {kind: multilabel, labels: [a, b], thresholds: [0.5, 0.4]}"
    yield "dense", sealed(
        description("[2, 2, 3]", "flatten", scene),
        {"scene/kernel": [12, 2], "scene/bias": [2]},
        '{"scene":[0.25,null]}',
    )
    yield "convolution", sealed(
        description(
            "[8, 6, 3]",
            "conv2d: {filters: 8, kernel_size: 3, padding: same, "
            "activation: relu}, max_pooling2d: {pool_size: 2}, "
            "dropout: {rate: 0.25}, flatten, dense: {units: 4}",
            scene,
        ),
        {
            "conv2d_1/kernel": [3, 3, 3, 8],
            "conv2d_1/bias": [8],
            "dense_1/kernel": [96, 4],
            "dense_1/bias": [4],
            "scene/kernel": [4, 2],
            "scene/bias": [2],
        },
        '{"scene":[0.25,0.75]}',
        {"polytask.note.recipe": "a recipe"},
    )
    several = (
        "count: {kind: count, weight: 0.5}\n"
        "  class: {kind: categorical, labels: [x, y, z], "
        "loss: {kind: focal, gamma: 2}, head: [dense: {units: 3}]}\n"
        "  size: {kind: regression, loss: huber}"
    )
    yield "several", sealed(
        description("[4, 4, 1]", "flatten", several),
        {
            "count/kernel": [16, 1],
            "count/bias": [1],
            "class/dense_1/kernel": [16, 3],
            "class/dense_1/bias": [3],
            "class/kernel": [3, 3],
            "class/bias": [3],
            "size/kernel": [16, 1],
            "size/bias": [1],
        },
        '{"count":[1.5],"class":[0.5,0.25,0.25],"size":[0,1,0.5]}',
    )


RECIPES = {
    "small": "data: {path: scenes.h5}\n"
    "tasks: {scene: {labels: [sea, sky]}}\n"
    "network: {trunk: [conv2d: {filters: 8}, flatten, dense: {units: 4}]}\n",
    "losses": "tasks:\n"
    "  a: {kind: categorical, labels: [x, 'no', \"1\"], loss: {kind: focal}}\n"
    "  b: {kind: regression, loss: {kind: huber, delta: 2}, weight: .5}\n"
    "train: {weighting: {kind: pcgrad}, adam: {learning_rate: 1e-3}}\n",
    "styles": "# a comment\n--- \ntrain:\n  epochs: 0x10\n  seed: 1_000\n"
    "run: {dir: |\n  a\n  b\n}\n",
}

TABLES = {
    "labels": "image,sea,sky\na.png,1,0\nb.png,,1\n",
    "classes": 'image,weather\r\n"a,b.png",sun\r\n"c""d.png","ra\r\nin"\r\n',
    "mark": "\ufeffimage;x\na.png;-1\n",
    "bare": "image,x",
}


def golden(endings):
    for path in sorted((HOME / "tests/golden/images").iterdir()):
        if path.suffix in endings and path.stat().st_size <= MOST_BYTES:
            yield path.name, path.read_bytes()


def seeds():
    for name, data in models():
        yield f"model/{name}.safetensors", data
    for name, text in RECIPES.items():
        yield f"recipe/{name}.yaml", text.encode()
    for path in sorted((HOME / "recipes").glob("*.yaml")):
        yield f"recipe/{path.name}", path.read_bytes()
    for name, text in TABLES.items():
        yield f"csv/{name}.csv", text.encode()
    for name, data in golden({".jpg"}):
        yield f"jpeg/{name}", data
    for name, data in golden({".png"}):
        yield f"png/{name}", data


def main():
    out = pathlib.Path(sys.argv[1])
    shutil.rmtree(out, ignore_errors=True)
    for name, data in seeds():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


main()
