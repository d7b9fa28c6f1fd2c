#!/usr/bin/env python3
"""The command on a driver that refuses builds, lies about time, runs out of memory, fails a launch or computes wrongly.

Environment: INGOT, the command; INGOT_FAULTS, the preloadable driver shim (tests/fault/opencl_faults.c)."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

INGOT, SHIM = os.environ["INGOT"], os.environ["INGOT_FAULTS"]
MODEL = ["neu_resnet18", "--weights", "seeded", "--shape", "1,3,32,32"]


# Options of a network in few launches and in many, and one of them to fail.
LAUNCHES = ((("--chains", "auto"), "1"), (("--chains", "off"), "10"))


def ingot(fault, *arguments, cache=None, launch="10"):
    with tempfile.TemporaryDirectory() as empty:
        environment = dict(os.environ, LD_PRELOAD=SHIM, INGOT_FAULT=fault, INGOT_FAULT_LAUNCH=launch, INGOT_CACHE_DIR=cache or empty,
                           INGOT_DATA_DIR=empty)
        return subprocess.run([INGOT, *arguments], capture_output=True, text=True, env=environment, timeout=300)


class DriverFaults(unittest.TestCase):
    def test_without_a_fault_the_shim_changes_nothing(self):
        done = ingot("none", "verify", *MODEL)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_refused_build_shows_the_log(self):
        for chains, _ in LAUNCHES:
            with self.subTest(chains):
                done = ingot("build", "verify", *MODEL, *chains)
                self.assertEqual(done.returncode, 69)
                self.assertIn("refuses every program", done.stderr)
                self.assertRegex(done.stderr, "CL_(BUILD|COMPILE)_PROGRAM_FAILURE")

    def test_lying_timestamps_give_way_to_the_host_clock(self):
        good = ingot("none", "profile", *MODEL, "--runs", "1")
        done = ingot("timestamps", "profile", *MODEL, "--runs", "1", "--chains", "off")  # a chain reads another clock
        self.assertEqual((good.returncode, done.returncode), (0, 0), done.stderr)
        self.assertNotIn("host", good.stdout + good.stderr)
        self.assertIn("host", done.stdout + done.stderr)

    def test_no_device_memory_is_an_error(self):
        done = ingot("memory", "verify", *MODEL)
        self.assertEqual(done.returncode, 71)
        self.assertIn("CL_MEM_OBJECT_ALLOCATION_FAILURE", done.stderr)

    def test_a_failed_launch_is_an_error(self):
        for chains, launch in LAUNCHES:
            with self.subTest(chains):
                done = ingot("enqueue", "verify", *MODEL, *chains, launch=launch)
                self.assertEqual(done.returncode, 69)
                self.assertIn("CL_OUT_OF_RESOURCES", done.stderr)

    def test_a_failed_launch_is_an_error_of_a_stream_too(self):
        with tempfile.TemporaryDirectory() as folder:
            image = os.path.join(folder, "one.pgm")
            with open(image, "wb") as file:
                file.write(b"P5 4 4 255\n" + bytes(range(16)))
            good = ingot("none", "run", *MODEL, *[image] * 5)
            for chains, launch in LAUNCHES:
                with self.subTest(chains):
                    done = ingot("enqueue", "run", *MODEL, *[image] * 5, *chains, launch=launch)
                    self.assertEqual(done.returncode, 69)
                    self.assertIn("CL_OUT_OF_RESOURCES", done.stderr)
        self.assertEqual(good.returncode, 0, good.stderr)
        self.assertEqual(len(good.stdout.splitlines()), 5)

    def test_a_wrong_result_is_caught_by_verify(self):
        done = ingot("wrong", "verify", *MODEL)
        self.assertEqual(done.returncode, 1)
        self.assertIn("first bad value", done.stderr + done.stdout)

    def test_bench_prints_no_time_for_a_wrong_result(self):
        done = ingot("wrong", "bench", "neu_resnet18", "--runs", "5", "--format", "json")
        self.assertEqual(done.returncode, 1)
        rows = json.loads(done.stdout)
        self.assertFalse(rows[0]["verified"])
        self.assertIsNone(rows[0].get("median_ms"))
        self.assertIsNone(rows[0].get("fps"))

    def test_bench_prints_no_time_that_the_device_cannot_reach(self):
        bench = ("bench", "mobilenet_cifar", "--runs", "5", "--format", "json")
        with tempfile.TemporaryDirectory() as cache:
            good, done = ingot("none", *bench, cache=cache), ingot("idle", *bench, cache=cache)
        self.assertEqual((good.returncode, done.returncode), (0, 1), good.stderr + done.stderr)
        self.assertIn("takes less time than its arithmetic can", done.stderr)
        row, = json.loads(done.stdout)
        self.assertEqual((row["verified"], row["median_ms"], row["fps"]), (False, None, None))
        self.assertGreater(row["of_roof"], 1.1)

    def test_bench_compares_the_outputs_of_both_sides_even_when_verdicts_are_remembered(self):
        bench = ("bench", *MODEL, "--compare", "passes-off", "--runs", "5", "--format", "json")
        with tempfile.TemporaryDirectory() as cache:
            good, done = ingot("none", *bench, cache=cache), ingot("unsteady", *bench, cache=cache)
        self.assertEqual((good.returncode, done.returncode), (0, 1), good.stderr + done.stderr)
        self.assertIn("with the passes left out", done.stderr)
        got = json.loads(done.stdout)
        row, = got["networks"]
        self.assertFalse(row["verified"])
        self.assertEqual([row[key] for key in ("fps", "fps_without", "speedup")], [None] * 3)
        self.assertIsNone(got["geometric_mean"])

    def test_doctor_notices(self):
        self.assertEqual(ingot("none", "doctor").returncode, 0)
        self.assertEqual(ingot("build", "doctor").returncode, 69)


if __name__ == "__main__":
    sys.exit(unittest.main())
