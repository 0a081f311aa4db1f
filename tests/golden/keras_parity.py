"""Ten steps of the post's network in full size with Keras, for comparison.

    python tests/golden/keras_parity.py FOLDER [BATCH]        needs what
                                                       make_parity_golden.py needs
    POLYTASK_PARITY_DIR=FOLDER build/release/tests/network_test \
        --gtest_filter='KerasParity.*'

Writes FOLDER/keras_parity.safetensors (about 170 MB with the default batch of
100): images of 100 x 100, the same weights before the first step, the losses
and the weights after the tenth. The test then runs the same steps with polytask
and prints how far losses and weights are apart.

Expect more than the 1e-5 and 1e-4 that the small record keeps to: this network
overshoots in its second step (the loss jumps from 3.4 to 9), and rounding grows
from there. Keras in floats is itself 3.6e-5 away from Keras in doubles in the
losses, and for single weights by a quarter of the largest one.
No dropout: the two draw different random numbers.
"""
import pathlib
import sys

import make_parity_golden as golden
from make_parity_golden import keras


def post_network():
    layers = [keras.Input((100, 100, 3))]
    for filters in (32, 64):
        golden.convolutional(layers, filters, "same")
        golden.convolutional(layers, filters, "valid")
        layers.append(keras.layers.MaxPooling2D())
    layers += [keras.layers.Flatten(),
               keras.layers.Dense(512, activation="relu"),
               keras.layers.Dense(5, activation="sigmoid")]
    return keras.Sequential(layers)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    batch = int(sys.argv[2]) if len(sys.argv) == 3 else 100
    losses = golden.record_steps(post_network(),
                                 folder / "keras_parity.safetensors", seed=14,
                                 batch=batch)
    print("losses of the ten steps:", *(f"{loss:.6f}" for loss in losses))
