"""PyTorch as a peer, in the fastest configuration that was found.

    python torch_worker.py THREADS [bfloat16]

Images and weights channels last, fused Adam, denormals flushed, gradients
freed rather than zeroed; peers.py sets the allocator, which is worth more than
all of these. With bfloat16 training runs under autocast, and inference with
weights that were converted once.
"""
import contextlib
import sys

import torch
from torch import nn
from torch.nn import functional

import post_network
import protocol
from peer import Peer

THREADS = int(sys.argv[1])
HALF = sys.argv[2:] == ["bfloat16"]


class PostNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.convolutions = nn.ModuleList(
            nn.Conv2d(channels, filters, 3, padding=1 if i % 2 == 0 else 0)
            for i, (channels, filters) in enumerate(post_network.FILTERS))
        self.dense = nn.Linear(post_network.FEATURES, post_network.UNITS)
        self.head = nn.Linear(post_network.UNITS, post_network.LABELS)
        self.drop_quarter = nn.Dropout(0.25)
        self.drop_half = nn.Dropout(0.5)

    def forward(self, x):
        for i, convolution in enumerate(self.convolutions):
            x = functional.relu(convolution(x), inplace=True)
            if i % 2 == 1:
                x = self.drop_quarter(functional.max_pool2d(x, 2))
        # Rows, columns, channels, as Keras flattens them: a view, because the
        # channels are last in memory already.
        x = x.permute(0, 2, 3, 1).flatten(1)
        x = self.drop_half(functional.relu(self.dense(x)))
        return self.head(x)

    def layers(self):
        return [*self.convolutions, self.dense, self.head]


def as_torch(weights):
    """Keras' kernels with their axes in PyTorch's order."""
    return [torch.from_numpy(w.copy()).permute(3, 2, 0, 1) if w.ndim == 4
            else torch.from_numpy(w.copy()).T if w.ndim == 2
            else torch.from_numpy(w.copy()) for w in weights]


def as_keras(tensor):
    if tensor.ndim == 4:
        return tensor.permute(2, 3, 1, 0).numpy()
    return (tensor.T if tensor.ndim == 2 else tensor).numpy()


def post_model(weights):
    model = PostNetwork()
    with torch.no_grad():
        arrays = iter(as_torch(weights))
        for layer in model.layers():
            layer.weight.copy_(next(arrays))
            layer.bias.copy_(next(arrays))
    return model.to(memory_format=torch.channels_last)


def channels_last(images):
    """[n, H, W, C] seen as [n, C, H, W]; nothing is copied."""
    return torch.from_numpy(images).permute(0, 3, 1, 2)


def precision():
    if HALF:
        return torch.autocast("cpu", dtype=torch.bfloat16)
    return contextlib.nullcontext()


class TorchPeer(Peer):
    def versions(self):
        return {"torch": torch.__version__}

    def make_inference(self, images):
        model = post_model(self.weights()).eval()
        if HALF:  # Under autocast every call would convert the weights anew.
            model = model.to(torch.bfloat16)

        def infer(x):
            with torch.inference_mode():
                if HALF:
                    x = x.to(torch.bfloat16)
                return torch.sigmoid(model(x).float()).numpy()
        return infer

    def inference_input(self, images):
        return channels_last(images)

    def make_training(self):
        self.model = post_model(self.weights())
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3,
                                          eps=1e-7, fused=True)

    def loss(self, images, targets):
        with precision():
            logits = self.model(channels_last(images))
        mean = functional.binary_cross_entropy_with_logits(
            logits.float(), torch.from_numpy(targets))
        return post_network.LABELS * mean

    def first_step(self, images, targets):
        self.model.eval()
        loss = self.loss(images, targets)
        loss.backward()
        gradients = [as_keras(p.grad) for layer in self.model.layers()
                     for p in (layer.weight, layer.bias)]
        self.optimizer.zero_grad(set_to_none=True)
        self.model.train()
        return loss.item(), gradients

    def update(self, images, targets):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(images, targets)
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def train_step(self, batch):
        rows = post_network.rows_of_batch(batch)
        self.update(self.images[rows], self.targets[rows]).item()

    def train_epoch(self):
        losses = []
        order = torch.randperm(self.train_images).numpy()
        for first in range(0, self.train_images, post_network.BATCH):
            rows = order[first:first + post_network.BATCH]
            losses.append(self.update(self.images[rows], self.targets[rows]))
        self.model.eval()
        with torch.inference_mode():
            for first in range(self.train_images, len(self.images),
                               post_network.BATCH):
                rows = slice(first, first + post_network.BATCH)
                losses.append(self.loss(self.images[rows], self.targets[rows]))
        self.model.train()
        return torch.stack(losses).tolist()


if __name__ == "__main__":
    torch.set_num_threads(THREADS)
    torch.set_flush_denormal(True)
    protocol.serve(TorchPeer(THREADS))
