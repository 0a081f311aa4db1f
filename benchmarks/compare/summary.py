"""From trials to figures: medians, percentiles, and ratios of all pairs."""
import statistics

import intervals

# Nominal work of the post's network: forward and backward of a training step of
# 100 images by direct convolution, and forward of 100 images.
STEP_GFLOP = 142.4
FORWARD_GFLOP = 48.0
MEASURES = ("step", "epoch", "batch", "single", "start")


def counted(trials, measure, peer):
    """The trials nothing disturbed. Where those are fewer than half, all: the
    machine was not quiet, and the table says so."""
    mine = [trial for trial in trials
            if trial["measure"] == measure and trial["peer"] == peer]
    quiet = [trial for trial in mine if not trial["disturbed"]]
    return quiet if 2 * len(quiet) >= len(mine) else mine


def by_round(trials, measure, peer):
    """{round: median of its repetitions}"""
    return {trial["round"]: statistics.median(trial["seconds"])
            for trial in counted(trials, measure, peer)}


def figures_of(trials, measure, peer):
    used = counted(trials, measure, peer)
    seconds = [s for trial in used for s in trial["seconds"]]
    if not seconds:
        return None
    return {"median": statistics.median(seconds), "least": min(seconds),
            "p99": intervals.percentile(seconds, 0.99), "count": len(seconds),
            "disturbed": sum(trial["disturbed"] for trial in used)}


def ratios_of(trials, measure, names):
    """{"A / B": ratio with its interval} of every two that were measured."""
    rounds = {name: by_round(trials, measure, name) for name in names}
    ratios = {}
    for above in names:
        for below in names:
            if above == below:
                continue
            ratio = intervals.paired_ratio(rounds[above], rounds[below])
            if ratio:
                ratios[f"{above} / {below}"] = ratio
    return ratios


def fastest(figures, names):
    """The name with the smallest median; None when none was measured."""
    measured = [name for name in names if figures.get(name)]
    return min(measured, key=lambda name: figures[name]["median"], default=None)


def epoch_limit_seconds(gflops, train_images=1600, validation_images=400):
    """How long direct convolution at the measured peak would need."""
    work = STEP_GFLOP * train_images / 100
    work += FORWARD_GFLOP * validation_images / 100
    return work / gflops if gflops > 0 else None


def summarize(trials, peaks, memory, names):
    figures = {measure: {name: figures_of(trials, measure, name)
                         for name in names} for measure in MEASURES}
    gflops = statistics.median([peak["gflops"] for peak in peaks] or [0.0])
    return {"figures": figures,
            "ratios": {measure: ratios_of(trials, measure, names)
                       for measure in MEASURES},
            "peak_gflops": gflops,
            "extensions": peaks[0]["extensions"] if peaks else "unknown",
            "epoch_limit_seconds": epoch_limit_seconds(gflops),
            "peak_memory_bytes": memory,
            "trials": len(trials),
            "disturbed": sum(trial["disturbed"] for trial in trials),
            "disturbed_but_counted": sum(
                values["disturbed"] for of_peer in figures.values()
                for values in of_peer.values() if values)}
