"""Keras as a peer, on TensorFlow or JAX: KERAS_BACKEND decides.

    python keras_worker.py THREADS [mixed_bfloat16]

train_on_batch and fit with numpy arrays, as the post does; XLA off on
TensorFlow, where it is several times slower on these convolutions.
"""
import importlib.metadata
import os
import sys

BACKEND = os.environ["KERAS_BACKEND"]
THREADS = int(sys.argv[1])
if BACKEND == "tensorflow":
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(1)

import keras
import numpy as np

import post_network
import protocol
from peer import Peer


def post_model(weights):
    layers = [keras.Input((post_network.SIDE, post_network.SIDE, 3))]
    for filters in (32, 64):
        for padding in ("same", "valid"):
            layers.append(keras.layers.Conv2D(filters, 3, padding=padding,
                                              activation="relu"))
        layers += [keras.layers.MaxPooling2D(), keras.layers.Dropout(0.25)]
    layers += [keras.layers.Flatten(),
               keras.layers.Dense(post_network.UNITS, activation="relu"),
               keras.layers.Dropout(0.5),
               keras.layers.Dense(post_network.LABELS, activation="sigmoid",
                                  dtype="float32")]
    model = keras.Sequential(layers)
    model.set_weights(weights)
    return model


def post_loss(targets, probabilities):
    """Log loss summed over labels, averaged over images."""
    per_label = keras.ops.binary_crossentropy(targets, probabilities)
    return keras.ops.mean(keras.ops.sum(per_label, axis=-1))


class KerasPeer(Peer):
    def versions(self):
        package = {"tensorflow": "tensorflow-cpu", "jax": "jax"}[BACKEND]
        return {"keras": keras.__version__,
                BACKEND: importlib.metadata.version(package)}

    def make_inference(self, images):
        model = post_model(self.weights())
        if BACKEND == "tensorflow":
            call = tf.function(lambda x: model(x, training=False),
                               jit_compile=False)
        else:
            import jax

            values = ([v.value for v in model.trainable_variables],
                      [v.value for v in model.non_trainable_variables])
            call = jax.jit(lambda x: model.stateless_call(
                *values, x, training=False)[0])
        return lambda x: np.asarray(call(x))

    def make_training(self):
        self.model = post_model(self.weights())
        self.model.compile(optimizer=keras.optimizers.Adam(), loss=post_loss,
                           jit_compile=BACKEND == "jax")
        self.has_fitted = False

    def first_step(self, images, targets):
        if BACKEND == "tensorflow":
            with tf.GradientTape() as tape:
                loss = post_loss(targets, self.model(images, training=False))
            gradients = tape.gradient(loss, self.model.trainable_variables)
            return loss, [g.numpy() for g in gradients]
        import jax

        def loss_of(trainable, rest):
            probabilities = self.model.stateless_call(
                trainable, rest, images, training=False)[0]
            return post_loss(targets, probabilities)

        return jax.value_and_grad(loss_of)(
            [v.value for v in self.model.trainable_variables],
            [v.value for v in self.model.non_trainable_variables])

    def train_step(self, batch):
        rows = post_network.rows_of_batch(batch)
        self.model.train_on_batch(self.images[rows], self.targets[rows])

    def prepare_epoch(self):
        """fit compiles when it is called first."""
        if not self.has_fitted:
            self.fit(post_network.BATCH, post_network.BATCH)
            self.has_fitted = True

    def train_epoch(self):
        self.fit(self.train_images, len(self.images) - self.train_images)

    def fit(self, train, validation):
        self.model.fit(self.images[:train], self.targets[:train], epochs=1,
                       batch_size=post_network.BATCH, verbose=0,
                       validation_data=(self.images[-validation:],
                                        self.targets[-validation:]))


if __name__ == "__main__":
    if len(sys.argv) > 2:
        keras.config.set_dtype_policy(sys.argv[2])
    protocol.serve(KerasPeer(THREADS))
