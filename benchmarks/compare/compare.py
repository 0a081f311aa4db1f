#!/usr/bin/env python3
"""polytask and its peers on the same work, in one run, taking turns.

    benchmarks/compare/setup                   once: the peers
    benchmarks/compare/compare.py              about a quarter of an hour

First every peer must compute the same loss, gradients and answers; then they
are timed in rounds. Writes OUT.json (every single measurement) and OUT.md (the
tables), and prints the tables. README.md says what is compared and how.
"""
import argparse
import datetime
import json
import os
import pathlib
import subprocess
import sys

import machine
import peers as peer_list
import protocol
import summary
import table
import trials

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
VENV = ROOT / "build" / "compare" / "venv"
WORKER = ROOT / "build" / "release" / "benchmarks" / "benchmark_compare_worker"


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--epochs", type=int, default=2,
                        help="whole epochs of each peer; 0: none")
    parser.add_argument("--starts", type=int, default=5,
                        help="fresh processes of each peer; 0: none")
    parser.add_argument("--no-memory", action="store_true",
                        help="leave out the peak memory: one more epoch each")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--peers", type=lambda text: text.split(","),
                        help="names with commas between, polytask is always in")
    parser.add_argument("--jemalloc", default=peer_list.find_jemalloc(),
                        help="libjemalloc.so.2, for PyTorch")
    parser.add_argument("--worker", type=pathlib.Path, default=WORKER)
    parser.add_argument("--venv", type=pathlib.Path, default=VENV)
    parser.add_argument("--out", type=pathlib.Path,
                        default=ROOT / "build" / "compare" / "result")
    args = parser.parse_args()
    for name, least in (("rounds", 1), ("epochs", 0), ("starts", 0),
                        ("threads", 1)):
        if getattr(args, name) < least:
            parser.error(f"--{name}: expected at least {least}")
    return args


def tell(text):
    print(f"compare: {text}", file=sys.stderr, flush=True)


def enter_environment(venv):
    """Starts this program again in the virtual environment of the peers."""
    if pathlib.Path(sys.prefix).resolve() == venv.resolve():
        return
    python = venv / "bin" / "python"
    if not python.exists():
        sys.exit(f"compare: {venv}: no virtual environment; "
                 "benchmarks/compare/setup makes it")
    os.execv(python, [str(python), *sys.argv])


def prepare(worker, folder):
    """The files all peers read; made once."""
    if not worker.exists():
        sys.exit(f"compare: {worker}: not built; "
                 "scripts/build release benchmark_compare_worker builds it")
    if not (folder / "model.safetensors").exists():
        tell("drawing the images")
        subprocess.run([worker, "--prepare", folder], check=True)
    if not (folder / "post-100.onnx").exists():
        subprocess.run([sys.executable,
                        pathlib.Path(__file__).with_name("onnx_network.py"),
                        folder], check=True)


def start(peers, folder, log):
    workers = {}
    versions = {}
    for peer in peers:
        workers[peer.name] = protocol.Worker(peer.name, peer.command,
                                             peer.environment, log)
        versions[peer.name] = workers[peer.name].ask("hello")["versions"]
        workers[peer.name].ask("load", folder=str(folder))
        tell(f"{peer.name} is here")
    return workers, versions


def measure(args, peers, folder, log):
    import agreement  # Needs numpy, which the environment has.

    workers = {}
    try:
        workers, versions = start(peers, folder, log)
        agreed = {"training": agreement.check_training(peers, workers, folder),
                  "inference": agreement.check_inference(peers, workers)}
        tell("all peers agree on loss, gradients and answers")
        warm_seconds = trials.warm_up(peers, workers, args.rounds, tell)
        done, peaks = trials.run_rounds(peers, workers, args.rounds, tell)
        done += trials.run_epochs(peers, workers, args.epochs, tell)
    finally:
        for worker in workers.values():
            worker.close()
    done += trials.run_starts(peers, args.starts, folder, log)
    memory = {} if args.no_memory else trials.measure_memory(peers, folder, log)
    return {"versions": versions, "agreement": agreed, "trials": done,
            "warm_up_seconds": warm_seconds, "peaks": peaks,
            "summary": summary.summarize(done, peaks, memory,
                                         [peer.name for peer in peers])}


def describe(args, peers):
    notes = []
    if not args.jemalloc and any(p.name.startswith("pytorch") for p in peers):
        notes.append(peer_list.NO_JEMALLOC)
    return {"date": datetime.datetime.now().isoformat(timespec="seconds"),
            "machine": {**machine.processor(),
                        "memory_gigabytes": machine.memory_gigabytes(),
                        "huge_pages": machine.huge_pages()},
            "threads": args.threads, "rounds": args.rounds, "notes": notes,
            "peers": [{"name": p.name, "title": p.title,
                       "precision": p.precision, "is_network": p.is_network,
                       "environment": p.environment} for p in peers]}


def main():
    args = parse()
    enter_environment(args.venv)
    # Everyone on the same processors, whatever a library thinks it may use.
    allowed = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, allowed[:args.threads])
    names = args.peers and {"polytask", *args.peers}
    peers = peer_list.chosen_peers(
        peer_list.all_peers(args.worker, args.threads, args.jemalloc), names)
    folder = args.venv.parent / "data"
    prepare(args.worker, folder)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    result = {**describe(args, peers),
              **measure(args, peers, folder, args.out.with_suffix(".log"))}
    text = table.markdown(result)
    args.out.with_suffix(".json").write_text(
        json.dumps(result, indent=1) + "\n", encoding="utf-8")
    args.out.with_suffix(".md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    try:
        main()
    except Exception as error:
        if type(error).__name__ not in ("WorkerError", "Disagreement",
                                        "ValueError"):
            raise
        sys.exit(f"compare: {error}")
