"""The part of a worker that is the same for every Python library.

A library's worker derives from Peer and says how it does things; each part is
made when it is first asked for, so that a first prediction does not wait for
what only training needs. For workers: needs numpy.
"""
import time

import numpy as np

import post_network


class Peer:
    # What a library's worker defines ------------------------------------------

    def versions(self):
        raise NotImplementedError

    def make_inference(self, images):
        """Returns a function from what self.inference_input() returned to the
        probabilities as a numpy array; `images` is how many it will get."""
        raise NotImplementedError

    def inference_input(self, images):
        """Images [n, H, W, C] in [0, 1] as this library likes them best."""
        return images

    def make_training(self):
        raise NotImplementedError("it only infers")

    def first_step(self, images, targets):
        """(loss, gradients in the shapes and the order of Keras), no dropout,
        no update."""
        raise NotImplementedError

    def train_step(self, batch):
        """One whole step on batch number `batch` of the training images; the
        work is done when it returns."""
        raise NotImplementedError

    def prepare_epoch(self):
        """What only the first of many epochs has to do; not timed."""

    def train_epoch(self):
        """All training images in a new order, then all validation images."""
        raise NotImplementedError

    # What the driver asks -----------------------------------------------------

    def __init__(self, threads):
        self.threads = threads
        self.folder = None
        self._training = False
        self._inference = {}
        self._inputs = {}
        self._next = 0

    def op_hello(self):
        return {"versions": self.versions()}

    def op_load(self, folder):
        self.folder = folder

    def op_check(self, gradients):
        self._need_training()
        loss, arrays = self.first_step(self.images[:post_network.BATCH],
                                       self.targets[:post_network.BATCH])
        post_network.write_arrays(gradients, arrays)
        return {"loss": float(loss)}

    def op_step(self, count):
        self._need_training()
        batches = self.train_images // post_network.BATCH
        return {"seconds": self._time(count, lambda i: self.train_step(
            i % batches))}

    def op_epoch(self):
        self._need_training()
        self.prepare_epoch()
        return {"seconds": self._time(1, lambda _: self.train_epoch())}

    def op_infer(self, images, count):
        infer = self._inference_for(images)
        inputs = self._inputs_for(images)
        return {"seconds": self._time(count, lambda i: infer(
            inputs[i % len(inputs)]))}

    def op_answers(self, images):
        first = post_network.read_images(self.folder, images)
        probabilities = self._inference_for(images)(self.inference_input(first))
        return {"probabilities": np.asarray(probabilities, dtype=float)
                .ravel().tolist()}

    # --------------------------------------------------------------------------

    def weights(self):
        return post_network.read_weights(self.folder)

    def _time(self, count, work):
        seconds = []
        for _ in range(count):
            number = self._next
            self._next += 1
            begin = time.perf_counter()
            work(number)
            seconds.append(time.perf_counter() - begin)
        return seconds

    def _need_training(self):
        if self._training:
            return
        self.images = post_network.read_images(self.folder)
        self.targets = post_network.read_targets(self.folder)
        self.train_images = len(self.images) // 5 * 4
        self.make_training()
        self._training = True

    def _inference_for(self, images):
        if images not in self._inference:
            self._inference[images] = self.make_inference(images)
        return self._inference[images]

    def _inputs_for(self, images):
        """Some different batches, so that no answer is remembered."""
        if images not in self._inputs:
            first = post_network.read_images(self.folder,
                                             400 if images > 1 else 50)
            self._inputs[images] = [
                self.inference_input(first[i:i + images])
                for i in range(0, len(first), images)]
        return self._inputs[images]
