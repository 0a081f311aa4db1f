"""Nothing is timed before this: from the same weights and on the same batch, do
all peers compute the same loss, the same gradients and the same answers?

Needs numpy.
"""
import numpy as np

import post_network

REFERENCE = "polytask"
LOSS = {"fp32": 1e-5, "bf16": 2e-2}         # relative
GRADIENT = {"fp32": 1e-4, "bf16": 2e-1}     # relative L2, all arrays together
# Relative L2 of one array: the first kernel's gradient sums a million terms,
# and XLA's sum is off by 2e-4. In bf16 libraries sum the gradient of a bias in
# 8 bits: no limit makes sense.
ARRAY = {"fp32": 1e-3, "bf16": float("inf")}
PROBABILITY = {"fp32": 1e-4, "bf16": 5e-2}  # absolute


class Disagreement(Exception):
    """Two peers do not do the same work, so their times mean nothing."""


def relative_distance(found, expected):
    norm = float(np.linalg.norm(expected.astype(np.float64)))
    distance = float(np.linalg.norm(found.astype(np.float64) - expected))
    return distance / norm if norm > 0 else distance


def gradient_distances(found, expected):
    """Of each array of the network."""
    pairs = zip(post_network.split_arrays(found),
                post_network.split_arrays(expected))
    return [relative_distance(f, e) for f, e in pairs]


def require_gradients(peer, whole, arrays):
    require("gradients of the first step", peer, whole,
            GRADIENT[peer.precision])
    for i, distance in enumerate(arrays):
        require(f"gradients of the first step (array {i})", peer, distance,
                ARRAY[peer.precision])


def first_step(worker, folder):
    path = folder / f"gradients-{worker.name}.f32"
    loss = worker.ask("check", gradients=str(path))["loss"]
    gradients = np.fromfile(path, dtype="<f4")
    path.unlink()
    return loss, gradients


def require(what, peer, distance, limit):
    if not distance <= limit:  # NaN is not.
        raise Disagreement(
            f"{what} of {peer.name} and {REFERENCE} differ: expected at most "
            f"{limit:g} ({peer.precision}), got {distance:.3g}. Nothing was "
            "timed: times of different work cannot be compared")


def check_training(peers, workers, folder):
    """Throws Disagreement; otherwise how far each peer is from the first."""
    trained = [peer for peer in peers if peer.is_complete]
    loss, gradients = first_step(workers[REFERENCE], folder)
    report = {REFERENCE: {"loss": loss}}
    for peer in trained:
        if peer.name == REFERENCE:
            continue
        its_loss, its_gradients = first_step(workers[peer.name], folder)
        apart = abs(its_loss - loss) / abs(loss)
        whole = relative_distance(its_gradients, gradients)
        arrays = gradient_distances(its_gradients, gradients)
        require("losses of the first step", peer, apart, LOSS[peer.precision])
        require_gradients(peer, whole, arrays)
        report[peer.name] = {"loss": its_loss, "loss_distance": apart,
                             "gradient_distance": whole,
                             "gradient_distances": arrays}
    return report


def check_inference(peers, workers):
    """The same for the probabilities of 100 images, and of the first alone."""
    report = {}
    for images in (post_network.BATCH, 1):
        expected = np.array(workers[REFERENCE].ask(
            "answers", images=images)["probabilities"])
        for peer in peers:
            if not peer.infers or peer.name == REFERENCE:
                continue
            found = np.array(workers[peer.name].ask(
                "answers", images=images)["probabilities"])
            distance = float(np.abs(found - expected).max())
            require(f"probabilities of {images} images", peer, distance,
                    PROBABILITY[peer.precision])
            report.setdefault(peer.name, {})[str(images)] = distance
    return report
