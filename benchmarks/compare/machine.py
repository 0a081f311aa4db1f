"""What /proc says about the machine and its processes. Linux only."""
import os
import pathlib
import resource

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
    """(all, busy, stolen) since the start of the machine, over all processors.
    Stolen is what other guests of the same host have taken."""
    words = (PROC / "stat").read_text().splitlines()[0].split()[1:9]
    user, nice, system, idle, wait, *interrupts, stolen = (
        int(word) / TICKS for word in words)
    busy = user + nice + system + sum(interrupts)
    return busy + idle + wait + stolen, busy, stolen


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


def own_seconds(who):
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


class Watch:
    """What happened on the machine while one trial ran.

        with Watch(pid) as watch: ...
        watch.report   {"load_before": .., "load_after": ..,
                        "stolen": processor seconds the host took away,
                        "others": processor seconds of everyone else, workers
                        whose turn it was not among them}

    Without a pid the trial's own processes are those that begin and end in it.
    """

    def __init__(self, pid=None):
        self._pid = pid

    def _now(self):
        _, busy, stolen = processor_seconds()
        mine = own_seconds(resource.RUSAGE_SELF)
        mine += (busy_seconds(self._pid) if self._pid
                 else own_seconds(resource.RUSAGE_CHILDREN))
        return stolen, busy - mine

    def __enter__(self):
        self._load = load()
        self._before = self._now()
        return self

    def __exit__(self, *_):
        stolen, others = (after - before for after, before
                          in zip(self._now(), self._before))
        self.report = {"load_before": self._load, "load_after": load(),
                       "stolen": stolen, "others": max(0.0, others)}
