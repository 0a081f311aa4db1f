"""The post's network as an ONNX model, for peers that only infer.

As PyTorch's exporter would write it from a network with channels first, so that
no transposition is left between the convolutions and the dense layer: the rows
of the dense kernel are put in the order channels, rows, columns instead. Needs
numpy and onnx.

    python onnx_network.py FOLDER      writes FOLDER/post-1.onnx, post-100.onnx
"""
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import post_network


def channels_first(kernel):
    side = int((post_network.FEATURES / post_network.FILTERS[-1][1]) ** 0.5)
    blocks = kernel.reshape(side, side, -1, post_network.UNITS)
    return np.ascontiguousarray(blocks.transpose(2, 0, 1, 3)).reshape(
        kernel.shape)


class Graph:
    """A chain of nodes; each reads the result of the one before."""

    def __init__(self):
        self.nodes = []
        self.arrays = []
        self.result = "images"

    def add(self, kind, arrays=(), **attributes):
        names = [f"{kind}_{len(self.nodes)}_{i}" for i in range(len(arrays))]
        self.arrays += [numpy_helper.from_array(np.ascontiguousarray(a), name)
                        for a, name in zip(arrays, names)]
        output = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, [self.result, *names],
                                           [output], **attributes))
        self.result = output


def post_model(weights, images):
    """The bytes of a model from "images" [images, 3, SIDE, SIDE] to the
    probabilities [images, LABELS]."""
    graph = Graph()
    for i in range(len(post_network.FILTERS)):
        kernel, bias = weights[2 * i:2 * i + 2]
        graph.add("Conv", (kernel.transpose(3, 2, 0, 1), bias),
                  kernel_shape=[3, 3], pads=[1 - i % 2] * 4)
        graph.add("Relu")
        if i % 2 == 1:
            graph.add("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
    graph.add("Flatten")
    graph.add("Gemm", (channels_first(weights[8]), weights[9]))
    graph.add("Relu")
    graph.add("Gemm", (weights[10], weights[11]))
    graph.add("Sigmoid")
    side = post_network.SIDE
    source = helper.make_tensor_value_info("images", TensorProto.FLOAT,
                                           [images, 3, side, side])
    result = helper.make_tensor_value_info(graph.result, TensorProto.FLOAT,
                                           [images, post_network.LABELS])
    whole = helper.make_graph(graph.nodes, "post", [source], [result],
                              graph.arrays)
    model = helper.make_model(whole, ir_version=8, opset_imports=[
        helper.make_opsetid("", 17)])
    onnx.checker.check_model(model)
    return model.SerializeToString()


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    for count in (1, post_network.BATCH):
        path = folder / f"post-{count}.onnx"
        path.write_bytes(post_model(post_network.read_weights(folder), count))
