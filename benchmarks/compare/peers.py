"""Who is compared, and how each is started: the best settings that were found.

A new peer is a worker that speaks protocol.py's language and an entry here.
"""
import dataclasses
import glob
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent

# Freed memory is kept, as polytask keeps its arena. Without one of these two
# PyTorch gives every large array back after each step and gets it again page by
# page.
JEMALLOC = {"MALLOC_CONF": "dirty_decay_ms:-1,muzzy_decay_ms:-1,thp:always"}
GLIBC = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "-1",
         "MALLOC_TOP_PAD_": str(256 * 2**20),
         "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
NO_JEMALLOC = ("libjemalloc.so.2 is not here (Debian package libjemalloc2): "
               "PyTorch runs with glibc's malloc, told to keep its memory")


@dataclasses.dataclass(frozen=True)
class Peer:
    name: str
    title: str
    command: tuple
    environment: dict = dataclasses.field(default_factory=dict)
    trains: bool = True
    infers: bool = True
    precision: str = "fp32"
    by_default: bool = True
    is_network: bool = True  # false: convolutions alone; a bound, not a rival

    @property
    def is_complete(self):
        """Does it train the whole network?"""
        return self.trains and self.is_network


def find_jemalloc():
    found = sorted(glob.glob("/usr/lib/*/libjemalloc.so.2") +
                   glob.glob("/usr/lib*/libjemalloc.so.2"))
    return found[0] if found else None


def all_peers(binary, threads, jemalloc):
    """Every peer there is, polytask first."""
    common = {"OMP_NUM_THREADS": str(threads), "CUDA_VISIBLE_DEVICES": "",
              "TF_CPP_MIN_LOG_LEVEL": "2"}
    tensorflow = {**common, "KERAS_BACKEND": "tensorflow",
                  "TF_NUM_INTRAOP_THREADS": str(threads),
                  "TF_NUM_INTEROP_THREADS": "1"}
    jax = {**common, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    torch = {**common,
             **({"LD_PRELOAD": jemalloc, **JEMALLOC} if jemalloc else GLIBC)}

    def python(script, *words):
        return (sys.executable, HERE / script, str(threads), *words)

    return [
        Peer("polytask", "polytask",
             (binary, "polytask", str(threads)), common),
        Peer("bare-onednn", "bare oneDNN convolutions",
             (binary, "bare-onednn", str(threads)), common, infers=False,
             is_network=False),
        Peer("keras-tensorflow", "Keras on TensorFlow",
             python("keras_worker.py"), tensorflow),
        Peer("keras-tensorflow-bf16", "Keras on TensorFlow, mixed_bfloat16",
             python("keras_worker.py", "mixed_bfloat16"), tensorflow,
             precision="bf16"),
        Peer("keras-jax", "Keras on JAX", python("keras_worker.py"), jax,
             by_default=False),
        Peer("pytorch", "PyTorch", python("torch_worker.py"), torch),
        Peer("pytorch-bf16", "PyTorch, bf16 autocast",
             python("torch_worker.py", "bfloat16"), torch, precision="bf16"),
        Peer("onnxruntime", "ONNX Runtime", python("onnxruntime_worker.py"),
             common, trains=False),
        Peer("openvino", "OpenVINO", python("openvino_worker.py"), common,
             trains=False),
        Peer("openvino-bf16", "OpenVINO, bf16",
             python("openvino_worker.py", "bf16"), common, trains=False,
             precision="bf16"),
    ]


def chosen_peers(peers, names):
    """In the order of `peers`; all that run by default when names is None."""
    known = [peer.name for peer in peers]
    unknown = sorted(set(names or ()) - set(known))
    if unknown:
        raise ValueError(f"--peers: expected some of {', '.join(known)}, got "
                         f"{', '.join(unknown)}")
    return [peer for peer in peers
            if (peer.by_default if names is None else peer.name in names)]
