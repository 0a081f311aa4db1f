"""A worker for compare_test.py that measures nothing.

    python fake_worker.py NAME JOURNAL

Writes "NAME op" into the file JOURNAL for each request, prints on standard
output as careless libraries do, and answers "step" and "infer" with
repetitions of 1, 2, 3 ... seconds.
"""
import os
import sys

import protocol


class FakePeer:
    def _note(self, op):
        with open(sys.argv[2], "a", encoding="utf-8") as journal:
            journal.write(f"{sys.argv[1]} {op}\n")
        print("a library says hello", flush=True)

    def op_hello(self):
        return {"versions": {"fake": "1.0"}}

    def op_load(self, folder):
        self._note("load")

    def op_step(self, count):
        self._note("step")
        return {"seconds": [float(i + 1) for i in range(count)]}

    def op_infer(self, images, count):
        self._note(f"infer {images}")
        return {"seconds": [float(i + 1) for i in range(count)]}

    def op_answers(self, images):
        return {"probabilities": [0.5] * 5 * images}

    def op_epoch(self):
        self._note("epoch")
        return {"seconds": [7.0]}

    def op_peak(self):
        return {"gflops": 100.0, "extensions": "AVX2"}

    def op_fail(self):
        raise ValueError("cannot today")

    def op_vanish(self):
        os._exit(3)


if __name__ == "__main__":
    protocol.serve(FakePeer())
