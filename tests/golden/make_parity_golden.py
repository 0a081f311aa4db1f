"""Makes the golden files that compare polytask's arithmetic with Keras'.

    python tests/golden/make_parity_golden.py        needs keras, tensorflow, safetensors

Writes into tests/golden/:

  keras_loss.json            the post's loss and its gradient on plain arrays
  keras_adam.json            100 steps of keras.optimizers.Adam
  keras_parity.safetensors   ten training steps of a small network with the
                             post's architecture: images, targets, the weights
                             before and after, the loss of each step

Everything is drawn from fixed seeds with numpy, so a second run writes the same
inputs; results may differ in the last bits with another version of Keras.
tests/golden/keras_parity.py does the last one with the post's network in full size.
"""
import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import safetensors.numpy
import tensorflow as tf

STEPS = 10
GOLDEN = pathlib.Path(__file__).resolve().parent


def post_loss(targets, probabilities):
    """Log loss with Keras' clipping, summed over labels, averaged over images."""
    per_label = keras.ops.binary_crossentropy(targets, probabilities)
    return keras.ops.mean(keras.ops.sum(per_label, axis=-1))


def convolutional(layers, filters, padding):
    layers.append(keras.layers.Conv2D(filters, 3, padding=padding,
                                      activation="relu"))


def small_network():
    """The post's architecture on 20 x 20 images, without dropout."""
    layers = [keras.Input((20, 20, 3))]
    for filters in (4, 8):
        convolutional(layers, filters, "same")
        convolutional(layers, filters, "valid")
        layers.append(keras.layers.MaxPooling2D())
    layers += [keras.layers.Flatten(),
               keras.layers.Dense(16, activation="relu"),
               keras.layers.Dense(5, activation="sigmoid")]
    return keras.Sequential(layers)


def draw_weights(model, rng):
    """Glorot-uniform kernels, small biases that are not all alike."""
    weights = []
    for variable in model.weights:
        shape = tuple(variable.shape)
        if len(shape) == 1:
            drawn = rng.uniform(-0.05, 0.05, shape)
        else:
            fans = np.prod(shape[:-2]) * (shape[-2] + shape[-1])
            limit = np.sqrt(6.0 / fans)
            drawn = rng.uniform(-limit, limit, shape)
        weights.append(drawn.astype(np.float32))
    return weights


def draw_images(rng, count, height, width):
    """Coarse blocks of colour under noise: neither flat nor mere noise."""
    coarse = rng.uniform(0, 255, (count, height // 5, width // 5, 3))
    blocks = coarse.repeat(5, axis=1).repeat(5, axis=2)
    noise = rng.normal(0.0, 20.0, blocks.shape)
    return np.clip(blocks + noise, 0, 255).astype(np.uint8)


def record_steps(model, path, seed, batch):
    """Trains STEPS steps, each on images of its own, and writes what happened.

    Arrays: "images" [STEPS * batch, H, W, C] uint8, "targets" [.., labels],
    "losses" [STEPS] float64, and "initial/i", "final/i" for weight i in Keras'
    order (kernel, bias, layer by layer).
    """
    rng = np.random.default_rng(seed)
    height, width = model.input_shape[1:3]
    images = draw_images(rng, STEPS * batch, height, width)
    labels = model.output_shape[-1]
    targets = (rng.uniform(size=(STEPS * batch, labels)) < 0.3)
    targets = targets.astype(np.float32)
    model.set_weights(draw_weights(model, rng))
    initial = model.get_weights()

    optimizer = keras.optimizers.Adam()  # 1e-3, 0.9, 0.999, epsilon 1e-7
    losses = []
    for step in range(STEPS):
        rows = slice(step * batch, (step + 1) * batch)
        with tf.GradientTape() as tape:
            scaled = images[rows].astype(np.float32) * np.float32(1 / 255)
            loss = post_loss(targets[rows], model(scaled, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        losses.append(float(loss))

    arrays = {"images": images, "targets": targets,
              "losses": np.array(losses, dtype=np.float64)}
    for i, (before, after) in enumerate(zip(initial, model.get_weights())):
        arrays[f"initial/{i}"] = before
        arrays[f"final/{i}"] = after
    safetensors.numpy.save_file(arrays, path)
    return losses


def write_json(name, content):
    content["made_by"] = f"keras {keras.__version__}, {keras.backend.backend()}"
    (GOLDEN / name).write_text(json.dumps(content, indent=1) + "\n",
                               encoding="utf-8")


def write_loss():
    rng = np.random.default_rng(11)
    probabilities = rng.uniform(0.0, 1.0, (6, 5)).astype(np.float32)
    probabilities[0] = [0.0, 1.0, 1e-9, 1.0 - 1e-7, 0.5]
    probabilities[1] = [0.0, 1.0, 2e-7, 0.9999, 0.5]
    targets = (rng.uniform(size=(6, 5)) < 0.5).astype(np.float32)
    targets[0] = [0, 1, 1, 0, 1]
    targets[1] = [1, 0, 1, 1, 0]
    p = tf.constant(probabilities, dtype=tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(p)
        loss = post_loss(tf.constant(targets, dtype=tf.float64), p)
    write_json("keras_loss.json", {
        "labels": 5,
        "probabilities": probabilities.ravel().tolist(),
        "targets": targets.ravel().tolist(),
        "loss": float(loss),
        "gradient": tape.gradient(loss, p).numpy().ravel().tolist()})


def write_adam():
    """Gradients of many sizes, among them zeros and some below 1e-20."""
    rng = np.random.default_rng(12)
    sizes = np.array([1.0, 10.0, 1e-2, 1e-4, 1e-8, 1e-12, 1e-25, 0.0, 1.0, 1.0])
    start = rng.uniform(-1, 1, sizes.size).astype(np.float32)
    gradients = (rng.normal(0.3, 1.0, (100, sizes.size)) * sizes)
    gradients[::2, 8] = 0.0  # now and then
    gradients[1:, 9] = 0.0   # only once
    gradients = gradients.astype(np.float32)
    weights = keras.Variable(start)
    optimizer = keras.optimizers.Adam()
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [weights])
    write_json("keras_adam.json", {
        "start": start.tolist(),
        "gradients": gradients.ravel().tolist(),
        "final": weights.numpy().tolist()})


if __name__ == "__main__":
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.config.set_epsilon(1e-7)
    GOLDEN.mkdir(parents=True, exist_ok=True)
    write_loss()
    write_adam()
    losses = record_steps(small_network(), GOLDEN / "keras_parity.safetensors",
                          seed=13, batch=8)
    print("losses of the ten steps:", *(f"{loss:.6f}" for loss in losses))
