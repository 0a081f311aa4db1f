"""Runs the trials: the peers take turns, A B C A B C, round after round.

A trial is one peer's turn at one measure. The first repetition of a turn only
brings the peer's data back into the caches and is not counted.
"""
import dataclasses
import time

import machine
import protocol

SETTLE_SECONDS = 0.05  # until the last one's threads have stopped spinning
STOLEN = 0.01          # processor seconds a second that the host may take
OTHERS = 0.05          # the same for everyone else on the machine
TICKS = 0.03           # seconds: /proc counts in hundredths


@dataclasses.dataclass(frozen=True)
class Measure:
    name: str
    op: str
    fields: dict
    counted: int  # repetitions of a turn that count
    training: bool

    def can(self, peer):
        return peer.trains if self.training else peer.infers


def measures(rounds):
    """What every round measures; at least 200 single images in all."""
    singles = max(20, -(-200 // rounds))
    return [Measure("step", "step", {}, 3, True),
            Measure("batch", "infer", {"images": 100}, 3, False),
            Measure("single", "infer", {"images": 1}, singles, False)]


def is_disturbed(report, seconds):
    """Did others use more of the processors than can be let pass?"""
    return (report["stolen"] > STOLEN * seconds + TICKS or
            report["others"] > OTHERS * seconds + TICKS)


def watched(measure, peer, number, pid, work):
    """work() -> seconds of each repetition, with what the machine did."""
    begin = time.monotonic()
    with machine.Watch(pid) as watch:
        seconds = work()
    whole = time.monotonic() - begin
    return {"measure": measure, "peer": peer, "round": number,
            "seconds": seconds, "whole": whole, **watch.report,
            "disturbed": is_disturbed(watch.report, whole)}


def run_trial(worker, number, measure):
    """One turn of one peer at one measure."""
    time.sleep(SETTLE_SECONDS)
    trial = watched(measure.name, worker.name, number, worker.pid,
                    lambda: worker.ask(measure.op, **measure.fields,
                                       count=measure.counted + 1)["seconds"])
    trial["first"] = trial["seconds"].pop(0)
    return trial


def run_epoch(worker, number):
    time.sleep(SETTLE_SECONDS)
    return watched("epoch", worker.name, number, worker.pid,
                   lambda: worker.ask("epoch")["seconds"])


def run_start(peer, number, folder, log):
    """From the start of a process to its first answer."""
    def first_answer():
        worker = protocol.Worker(peer.name, peer.command, peer.environment, log)
        try:
            worker.ask("load", folder=str(folder))
            worker.ask("answers", images=1)
            return [time.monotonic() - worker.started]
        finally:
            worker.close()
    return watched("start", peer.name, number, None, first_answer)


def run_rounds(peers, workers, rounds, tell=lambda text: None):
    trials = []
    peaks = []
    for number in range(rounds):
        for measure in measures(rounds):
            for peer in peers:
                if measure.can(peer):
                    trials.append(run_trial(workers[peer.name], number,
                                            measure))
        peaks.append(workers[peers[0].name].ask("peak"))
        tell(f"round {number + 1} of {rounds}")
    return trials, peaks


def run_epochs(peers, workers, epochs, tell=lambda text: None):
    trials = []
    for number in range(epochs):
        for peer in peers:
            if peer.is_complete:
                trials.append(run_epoch(workers[peer.name], number))
                tell(f"epoch {number + 1} of {epochs}, {peer.name}: "
                     f"{trials[-1]['seconds'][0]:.1f} s")
    return trials


def warm_up(peers, workers, rounds, tell=lambda text: None):
    """Compiles, touches memory; seconds a peer, reported beside the rest."""
    seconds = {}
    for peer in peers:
        begin = time.monotonic()
        for measure in measures(rounds):
            if measure.can(peer):
                workers[peer.name].ask(measure.op, **measure.fields, count=3)
        seconds[peer.name] = time.monotonic() - begin
        tell(f"{peer.name} is warm")
    return seconds


def run_starts(peers, starts, folder, log):
    return [run_start(peer, number, folder, log) for number in range(starts)
            for peer in peers if peer.infers]


def measure_memory(peers, folder, log):
    """Peak of a fresh process that trains for one epoch, in bytes."""
    peaks = {}
    for peer in peers:
        if not (peer.is_complete):
            continue
        worker = protocol.Worker(peer.name, peer.command, peer.environment, log)
        try:
            worker.ask("load", folder=str(folder))
            worker.ask("epoch")
            peaks[peer.name] = machine.peak_bytes(worker.pid)
        finally:
            worker.close()
    return peaks
