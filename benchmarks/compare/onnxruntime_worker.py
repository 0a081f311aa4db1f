"""ONNX Runtime as a peer; it only infers.

    python onnxruntime_worker.py THREADS
"""
import pathlib
import sys

import numpy as np
import onnxruntime

import protocol
from peer import Peer


class OnnxRuntimePeer(Peer):
    def versions(self):
        return {"onnxruntime": onnxruntime.__version__}

    def make_inference(self, images):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        # Its threads may spin while they work, and stop with the work.
        options.add_session_config_entry("session.force_spinning_stop", "1")
        session = onnxruntime.InferenceSession(
            pathlib.Path(self.folder) / f"post-{images}.onnx", options,
            providers=["CPUExecutionProvider"])
        return lambda x: session.run(None, {"images": x})[0]

    def inference_input(self, images):
        return np.ascontiguousarray(images.transpose(0, 3, 1, 2))


if __name__ == "__main__":
    protocol.serve(OnnxRuntimePeer(int(sys.argv[1])))
