"""OpenVINO as a peer; it only infers.

    python openvino_worker.py THREADS [bf16]

Where the processor has half precision OpenVINO takes it unasked: f32 is said.
"""
import importlib.metadata
import pathlib
import sys

import numpy as np
import openvino

import protocol
from peer import Peer

PRECISION = sys.argv[2] if len(sys.argv) > 2 else "f32"


class OpenVinoPeer(Peer):
    def versions(self):
        return {"openvino": importlib.metadata.version("openvino")}

    def make_inference(self, images):
        core = openvino.Core()
        model = core.compile_model(
            pathlib.Path(self.folder) / f"post-{images}.onnx", "CPU",
            {"INFERENCE_NUM_THREADS": self.threads,
             "INFERENCE_PRECISION_HINT": PRECISION,
             "PERFORMANCE_HINT": "LATENCY"})
        request = model.create_infer_request()
        return lambda x: request.infer([x], share_inputs=True,
                                       share_outputs=True)[0]

    def inference_input(self, images):
        return np.ascontiguousarray(images.transpose(0, 3, 1, 2))


if __name__ == "__main__":
    protocol.serve(OpenVinoPeer(int(sys.argv[1])))
