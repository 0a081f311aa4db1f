"""What /proc says about the machine and its processes. Linux only."""
import os
import pathlib

PROC = pathlib.Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
EXTENSIONS = ("avx2", "fma", "avx512f", "avx512_bf16", "avx512_vnni",
              "amx_bf16")


def processor():
    info = {}
    for line in (PROC / "cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        info.setdefault(key.strip(), value.strip())
    flags = info.get("flags", "").split()
    return {"model": info.get("model name", "unknown"),
            "processors": len(os.sched_getaffinity(0)),
            "extensions": [name for name in EXTENSIONS if name in flags]}


def memory_gigabytes():
    for line in (PROC / "meminfo").read_text().splitlines():
        if line.startswith("MemTotal"):
            return round(int(line.split()[1]) / 2**20, 1)
    return 0.0


def huge_pages():
    path = pathlib.Path("/sys/kernel/mm/transparent_hugepage/enabled")
    text = path.read_text() if path.exists() else "[none]"
    return text[text.index("[") + 1:text.index("]")]


def load():
    return float((PROC / "loadavg").read_text().split()[0])


def processor_seconds():
    """(all, stolen) since the start of the machine, over all processors.
    Stolen is what other guests of the same host have taken."""
    words = (PROC / "stat").read_text().splitlines()[0].split()[1:9]
    ticks = [int(word) for word in words]
    return sum(ticks) / TICKS, ticks[7] / TICKS


def busy_seconds(pid):
    """Processor time the process has used, all threads."""
    text = (PROC / str(pid) / "stat").read_text()
    fields = text[text.rindex(")") + 2:].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_bytes(pid):
    """The most memory the process has had resident: VmHWM."""
    for line in (PROC / str(pid) / "status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    return 0


class Watch:
    """What happened on the machine while one trial ran.

        with Watch(other_pids) as watch: ...
        watch.report   {"load_before": .., "load_after": .., "steal": share of
                        all processor time, "others": processor seconds that
                        workers used whose turn it was not}
    """

    def __init__(self, other_pids=()):
        self._others = list(other_pids)

    def _now(self):
        return (*processor_seconds(), sum(map(busy_seconds, self._others)))

    def __enter__(self):
        self._load = load()
        self._before = self._now()
        return self

    def __exit__(self, *_):
        whole, stolen, others = (after - before for after, before
                                 in zip(self._now(), self._before))
        self.report = {"load_before": self._load, "load_after": load(),
                       "steal": stolen / whole if whole > 0 else 0.0,
                       "others": others}
