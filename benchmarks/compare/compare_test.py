"""Tests of the comparison that need neither a peer nor a package: ctest runs
them.

    python3 benchmarks/compare/compare_test.py
"""
import json
import pathlib
import sys
import tempfile
import unittest

import intervals
import machine
import onednn_versions
import peers
import protocol
import summary
import table
import trials

FAKE = pathlib.Path(__file__).with_name("fake_worker.py")


class Folder(unittest.TestCase):
    """A test with a folder of its own, and fake workers that end with it."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.journal = self.folder / "journal"
        self.log = self.folder / "log"

    def peer(self, name, **fields):
        command = (sys.executable, FAKE, name, self.journal)
        return peers.Peer(name, name.upper(), command, **fields)

    def worker(self, name):
        worker = protocol.Worker(name, self.peer(name).command, {}, self.log)
        self.addCleanup(worker.close)
        return worker

    def journal_lines(self):
        return self.journal.read_text(encoding="utf-8").splitlines()


class Intervals(unittest.TestCase):
    def test_percentile_is_a_value_that_was_measured(self):
        values = [float(i) for i in range(1, 201)]
        self.assertEqual(intervals.percentile(values, 0.99), 198.0)
        self.assertEqual(intervals.percentile(values, 0.5), 100.0)
        self.assertEqual(intervals.percentile([3.0], 0.99), 3.0)
        self.assertEqual(intervals.percentile([1.0, 2.0], 0.0), 1.0)

    def test_interval_of_equal_values_is_that_value(self):
        self.assertEqual(intervals.bootstrap_interval([2.0] * 9), (2.0, 2.0))

    def test_interval_holds_the_median_and_leaves_the_outlier_out(self):
        low, high = intervals.bootstrap_interval([1.0, 1.1, 1.2, 1.3, 1.4, 1.5,
                                                  1.6, 1.7, 1.8, 90.0])
        self.assertLess(low, 1.45)
        self.assertGreater(high, 1.45)
        self.assertGreaterEqual(low, 1.0)
        self.assertLess(high, 2.0)

    def test_interval_is_the_same_every_time(self):
        values = [0.3, 0.9, 0.4, 0.5, 0.8]
        self.assertEqual(intervals.bootstrap_interval(values),
                         intervals.bootstrap_interval(values))

    def test_ratio_pairs_the_rounds_so_a_slow_round_meets_both(self):
        ratio = intervals.paired_ratio({0: 1.0, 1: 10.0, 2: 1.0, 3: 5.0},
                                       {0: 2.0, 1: 20.0, 2: 2.0})
        self.assertEqual(ratio, {"ratio": 0.5, "low": 0.5, "high": 0.5,
                                 "rounds": 3})

    def test_ratio_without_a_common_round_is_none(self):
        self.assertIsNone(intervals.paired_ratio({0: 1.0}, {1: 1.0}))


class Protocol(Folder):
    def test_answers_come_through_what_a_library_prints(self):
        worker = self.worker("a")
        self.assertEqual(worker.ask("step", count=3),
                         {"seconds": [1.0, 2.0, 3.0]})
        self.assertEqual(worker.ask("load", folder="here"), {})
        self.assertIn("a library says hello", self.log.read_text())

    def test_an_unknown_request_is_refused_and_the_worker_goes_on(self):
        worker = self.worker("a")
        with self.assertRaisesRegex(protocol.WorkerError,
                                    '^a: fly: cannot do "fly"$'):
            worker.ask("fly")
        self.assertEqual(worker.ask("hello"), {"versions": {"fake": "1.0"}})

    def test_an_exception_reaches_the_driver(self):
        with self.assertRaisesRegex(protocol.WorkerError,
                                    "^a: fail: ValueError: cannot today$"):
            self.worker("a").ask("fail")

    def test_a_missing_field_reaches_the_driver(self):
        with self.assertRaisesRegex(protocol.WorkerError,
                                    "^a: step: TypeError: .*count"):
            self.worker("a").ask("step")

    def test_a_worker_that_is_gone_is_noticed(self):
        worker = self.worker("a")
        for op in ("vanish", "hello"):
            with self.assertRaisesRegex(
                    protocol.WorkerError,
                    f"^a: ended while it was asked to {op}; .*log may say"):
                worker.ask(op)

    def test_what_is_not_json_is_an_error(self):
        self.assertIn("JSONDecodeError", protocol.answer(None, "{")["error"])

    def test_closing_twice_is_allowed(self):
        worker = self.worker("a")
        worker.close()
        worker.close()


class Machine(Folder):
    def test_a_process_has_used_memory_and_time(self):
        worker = self.worker("a")
        worker.ask("hello")
        self.assertGreater(machine.peak_bytes(worker.pid), 1_000_000)
        self.assertGreaterEqual(machine.busy_seconds(worker.pid), 0.0)

    def test_watch_reports_what_happened(self):
        with machine.Watch(self.worker("a").pid) as watch:
            pass
        self.assertEqual(sorted(watch.report), ["load_after", "load_before",
                                                "others", "stolen"])
        self.assertGreaterEqual(watch.report["stolen"], 0.0)

    def test_a_trial_is_disturbed_when_others_use_the_processors(self):
        quiet = {"stolen": 0.0, "others": 0.05}
        self.assertFalse(trials.is_disturbed(quiet, 2.0))
        self.assertTrue(trials.is_disturbed({**quiet, "others": 0.2}, 2.0))
        self.assertTrue(trials.is_disturbed({**quiet, "stolen": 0.2}, 2.0))


class Trials(Folder):
    def setUp(self):
        super().setUp()
        trials.SETTLE_SECONDS = 0.0
        self.peers = [self.peer("a"), self.peer("b", infers=False),
                      self.peer("c", trains=False)]
        self.workers = {peer.name: self.worker(peer.name)
                        for peer in self.peers}

    def test_peers_take_turns_at_what_they_can(self):
        trials.run_rounds(self.peers, self.workers, rounds=2)
        one_round = ["a step", "b step", "a infer 100", "c infer 100",
                     "a infer 1", "c infer 1"]
        self.assertEqual(self.journal_lines(), one_round * 2)

    def test_the_first_repetition_of_a_turn_is_not_counted(self):
        done, peaks = trials.run_rounds(self.peers, self.workers, rounds=1)
        self.assertEqual(done[0]["seconds"], [2.0, 3.0, 4.0])
        self.assertEqual(done[0]["first"], 1.0)
        self.assertEqual(peaks, [{"gflops": 100.0, "extensions": "AVX2"}])

    def test_at_least_200_single_images_in_any_number_of_rounds(self):
        for rounds in (1, 7, 12, 40):
            single = trials.measures(rounds)[-1]
            self.assertGreaterEqual(rounds * single.counted, 200)

    def test_an_epoch_is_asked_of_those_that_train_a_network(self):
        peers_here = [*self.peers, self.peer("d", is_network=False)]
        done = trials.run_epochs(peers_here, self.workers, epochs=1)
        self.assertEqual([(t["peer"], t["seconds"]) for t in done],
                         [("a", [7.0]), ("b", [7.0])])

    def test_a_start_is_timed_in_a_process_of_its_own(self):
        done = trials.run_starts(self.peers, 2, self.folder, self.log)
        self.assertEqual([t["peer"] for t in done], ["a", "c", "a", "c"])
        self.assertGreater(done[0]["seconds"][0], 0.0)

    def test_memory_is_that_of_a_process_of_its_own(self):
        peaks = trials.measure_memory(self.peers, self.folder, self.log)
        self.assertEqual(sorted(peaks), ["a", "b"])
        self.assertEqual(self.journal_lines(), ["a load", "a epoch", "b load",
                                                "b epoch"])


def trial(measure, peer, number, seconds, disturbed=False):
    return {"measure": measure, "peer": peer, "round": number,
            "seconds": seconds, "disturbed": disturbed, "whole": 1.0,
            "stolen": 0.0, "others": 0.01, "load_before": 0.1,
            "load_after": 0.2}


TRIALS = [
    trial("step", "a", 0, [0.2, 0.2, 0.9]), trial("step", "b", 0, [0.4] * 3),
    trial("step", "a", 1, [0.3, 0.3, 0.3]), trial("step", "b", 1, [0.6] * 3),
    trial("step", "a", 2, [9.0] * 3, disturbed=True),
    trial("step", "b", 2, [0.4] * 3),
    trial("single", "a", 0, [0.0030, 0.0040]),
    trial("epoch", "a", 0, [12.35]),
]


class Summary(unittest.TestCase):
    def result(self, done):
        names = ["a", "b"]
        return {"machine": {"model": "A processor", "extensions": ["avx2"],
                            "processors": 2, "memory_gigabytes": 8.0,
                            "huge_pages": "madvise"},
                "threads": 2, "rounds": 3, "trials": done,
                "versions": {"a": {"fake": "1.0"}}, "notes": ["No jemalloc"],
                "peers": [{"name": name, "title": name.upper(),
                           "precision": "fp32", "is_network": True}
                          for name in names],
                "summary": summary.summarize(
                    done, [{"gflops": 200.0, "extensions": "AVX2"}],
                    {"a": 450_000_000}, names)}

    def test_medians_leave_disturbed_trials_out(self):
        figures = self.result(TRIALS)["summary"]["figures"]
        self.assertEqual(figures["step"]["a"],
                         {"median": 0.3, "least": 0.2, "p99": 0.9, "count": 6,
                          "disturbed": 0})
        self.assertIsNone(figures["epoch"]["b"])

    def test_where_most_are_disturbed_all_count_and_it_is_said(self):
        done = [trial("step", "a", i, [1.0], disturbed=i > 0) for i in range(3)]
        result = self.result(done)
        self.assertEqual(result["summary"]["figures"]["step"]["a"]["count"], 3)
        self.assertIn("2 of them counted, for want of better: **the machine "
                      "was not quiet**", table.markdown(result))

    def test_ratios_are_of_rounds_both_have(self):
        ratios = self.result(TRIALS)["summary"]["ratios"]["step"]
        self.assertEqual(ratios["a / b"]["ratio"], 0.5)
        self.assertEqual(ratios["b / a"]["ratio"], 2.0)
        self.assertEqual(ratios["a / b"]["rounds"], 2)

    def test_limit_of_direct_convolution(self):
        self.assertAlmostEqual(summary.epoch_limit_seconds(200.0), 12.352)
        self.assertIsNone(summary.epoch_limit_seconds(0.0))

    def test_table(self):
        text = table.markdown(self.result(TRIALS))
        for line in (
                "A processor (avx2), 2 threads of 2 processors, 8.0 GB, huge "
                "pages madvise. Peak of fp32 multiply-adds in this run: 200 "
                "GFLOP/s (AVX2).",
                "3 rounds, 8 trials; load 0.1 to 0.2; stolen by the host 0.0%, "
                "used by others 0.5% of the processors; 1 trials disturbed and "
                "left out.",
                "fake 1.0.",
                "No jemalloc.",
                "| A | 300 ms | 12.3 s | - | 3.5 ms / 4.0 ms | - | 450 MB |",
                "| B | 400 ms | - | - | - | - | - |",
                "| A / | step of 100 | epoch 1600+400 | inference of 100 | one "
                "image, p50 | start to first answer |",
                "| B | 0.50 [0.50, 0.50] | - | - | - | - |",
                "| the fastest of them in fp32 | 0.50 [0.50, 0.50] | - | - | - "
                "| - |",
                "Epoch of A / the limit of direct convolution at the measured "
                "peak (12.4 s): 1.00."):
            self.assertIn(line, text.splitlines())


class Choice(unittest.TestCase):
    def setUp(self):
        self.peers = peers.all_peers("worker", 2, "libjemalloc.so.2")

    def test_polytask_is_first_and_slow_peers_are_left_out(self):
        names = [p.name for p in peers.chosen_peers(self.peers, None)]
        self.assertEqual(names[0], "polytask")
        self.assertNotIn("keras-jax", names)

    def test_a_wrong_name_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "^--peers: expected some of "
                                    "polytask, .*, got caffe$"):
            peers.chosen_peers(self.peers, ["polytask", "caffe"])

    def test_pytorch_gets_one_of_the_two_allocators(self):
        def environment(jemalloc):
            found = peers.all_peers("worker", 2, jemalloc)
            return next(p for p in found if p.name == "pytorch").environment
        self.assertEqual(environment("j.so")["LD_PRELOAD"], "j.so")
        self.assertNotIn("LD_PRELOAD", environment(None))
        self.assertEqual(environment(None)["MALLOC_MMAP_MAX_"], "0")


class TwoVersions(Folder):
    """What `polytask bench` says, with two versions of oneDNN."""

    def build(self, name, milliseconds):
        folder = self.folder / name / "build" / "release"
        folder.mkdir(parents=True)
        program = folder / "polytask"
        recipe = self.folder / name / "recipes" / "blog.yaml"
        answer = json.dumps({
            "step": {"median_ms": milliseconds},
            "layers": [
                {"layer": "conv2d_1", "pass": "forward", "ms": milliseconds},
                {"layer": "dropout_1", "pass": "forward", "ms": 0.01}]})
        program.write_text(f"#!/bin/sh\n[ $2 = {recipe} ] && echo '{answer}'\n")
        program.chmod(0o755)
        return onednn_versions.measure(str(program), 2)

    def test_the_second_by_the_first_and_nothing_small(self):
        first = self.build("first", 10.0)
        second = self.build("second", 8.0)
        self.assertEqual(
            list(onednn_versions.table([first, first], [second, second]))[2:],
            ["| whole step | 10.00 | 8.00 | 0.80 [0.80, 0.80] |",
             "| conv2d_1 forward | 10.00 | 8.00 | 0.80 [0.80, 0.80] |"])


if __name__ == "__main__":
    unittest.main()
