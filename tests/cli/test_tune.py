#!/usr/bin/env python3
"""Tuning from outside: records, the journal that outlives kills, and candidates that hang, crash or miscompute.

Environment: INGOT, the command; INGOT_FAULTS, the preloadable driver shim (tests/fault/opencl_faults.c), or nothing."""
import os
import pathlib
import random
import re
import signal
import subprocess
import time
import unittest

from command import INGOT, CommandTest

SHIM = os.environ.get("INGOT_FAULTS")
KILLS = int(os.environ.get("INGOT_TUNE_KILLS", "20"))
NETWORK = """\
ingot: 1
name: small
input: {name: input, shape: [1, 8, 12, 12]}
layers:
  - {op: conv2d, name: a, out: 16, kernel: 3, pad: 1}
  - {op: conv2d, name: b, out: 24, kernel: 1}
  - {op: max_pool2d, name: c, kernel: 3, stride: 2, pad: 1}
outputs: {y: c}
"""
LOST = re.compile(r"(\d+) never ended")


class Tune(CommandTest):
    def setUp(self):
        super().setUp()
        self.env.pop("INGOT_DEVICE")
        self.network = self.write("small.yaml", NETWORK)
        self.data = self.path / "data" / "tuning"

    def tune(self, *arguments, **more):
        return self.ingot("tune", self.network, *arguments, **more)

    def file(self, ending):
        files = list(self.data.glob("*." + ending))
        self.assertEqual(len(files), 1)
        return files[0]

    def records(self):
        """Kernel and problem of each record, by whether it counts them rightly."""
        text = self.file("tune").read_text()
        lines = [line for line in text.splitlines() if line.startswith("kernel=")]
        self.assertIn(f"\nend records={len(lines)} sum=", text)
        return lines


class Records(Tune):
    def test_tuned_problems_are_planned_exactly_and_not_tuned_again(self):
        out, _ = self.tune("--budget", "8s")
        rows = [line for line in out.splitlines() if "kept" in line or "won" in line]
        self.assertEqual(len(rows), 3, out)
        self.assertEqual(len(self.records()), 3)
        plan, _ = self.ingot("plan", self.network, "--device", "0")
        self.assertEqual(plan.count(" exact "), 3, plan)
        for mode in "shipped", "off":
            self.assertNotIn(" exact ", self.ingot("plan", self.network, "--device", "0", "--tuning", mode)[0])
        self.ingot("verify", self.network, "--weights", "seeded")
        again, _ = self.tune("--budget", "8s")
        self.assertIn("0 tuned now, 3 before", again)
        self.assertIn("\n0 candidates measured", again)
        checked, _ = self.ingot("tune", "check", self.network)
        self.assertIn("3 tuned now", checked)
        self.assertEqual(len(self.records()), 3)
        anew, _ = self.tune("--again", "--budget", "1s")
        self.assertNotIn("3 before", anew)

    def test_records_travel_whole_or_not_at_all(self):
        self.tune("--budget", "4s")
        count = len(self.records())
        listed = self.json("tune", "list")
        self.assertEqual(len(listed), count)
        self.assertTrue(all(record["base_ms"] >= record["time_ms"] > 0 for record in listed), listed)
        shared = self.path / "shared.tune"
        self.ingot("tune", "export", shared)
        good = shared.read_bytes()
        own = self.file("tune").read_bytes()
        first = good.index(b"kernel=")
        resummed = self.resum(re.sub(rb"params=([A-Z]+):\d+", rb"params=\1:77777", good, count=1))
        bad = {
            "truncated": good[:len(good) * 2 // 3],
            "merged twice": good + good,
            "edited": good.replace(b"time_ns=", b"time_ns=1", 1),
            "of another device": self.resum(re.sub(rb'name="[^"]*"|name=\S+', b'name="another"', good, count=1)),
            "with a winner that lost": self.resum(re.sub(rb"base_ns=\d+", b"base_ns=1", good, count=1)),
            "with a value the kernel has not": resummed,
            "not text": good[:first] + b"\0" + good[first:],
        }
        for what, content in bad.items():
            with self.subTest(what):
                self.write("bad.tune", content)
                _, err = self.ingot("tune", "import", self.path / "bad.tune", code=65)
                self.assertRegex(err, r"bad\.tune:\d+:1: error")
                self.assertEqual(self.file("tune").read_bytes(), own)
        self.file("tune").unlink()
        self.ingot("tune", "import", shared)
        self.assertEqual(self.file("tune").read_bytes(), own)
        merged = self.path / "merged.tune"
        self.ingot("tune", "merge", merged, shared, shared)
        self.assertEqual(merged.read_bytes(), good)

    @staticmethod
    def resum(content):
        """The file with the sum that belongs to what it says."""
        body = content[:content.index(b"end records=")]
        value = 0xcbf29ce484222325
        for byte in body:
            value = (value ^ byte) * 0x100000001b3 & 0xffffffffffffffff
        return re.sub(rb"sum=\w+", b"sum=%016x" % value, content)

    def test_own_records_that_do_not_read_are_an_error_with_a_way_out(self):
        self.tune("--budget", "3s")
        path = self.file("tune")
        path.write_bytes(path.read_bytes()[:-30])
        _, err = self.ingot("plan", self.network, "--device", "0", code=65)
        self.assertIn("--tuning shipped", err)
        self.ingot("plan", self.network, "--device", "0", "--tuning", "shipped")

    def test_bad_arguments(self):
        for arguments in (["--budget", "soon"], ["--budget", "-1s"], ["--budget", "0"], ["--device", "ref"]):
            with self.subTest(arguments):
                self.tune(*arguments, code=64)
        for arguments in (["export"], ["import", "a", "b"], ["merge", "out"], ["check"], []):
            with self.subTest(arguments):
                self.ingot("tune", *arguments, code=64)
        self.ingot("tune", "export", self.path / "x.tune", code=66)
        self.ingot("tune", "import", self.path / "none.tune", code=66)
        self.ingot("tune", "no_such_model", code=66)


class Kills(Tune):
    def start(self, *arguments):
        return subprocess.Popen([INGOT, "tune", self.network, *arguments], env=self.env, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, start_new_session=True)

    def sweep(self):
        """What a kill leaves of a file that was being written: nobody reads it."""
        for left in self.path.rglob(".ingot-*.tmp"):
            left.unlink(missing_ok=True)

    def test_kills_lose_no_record_and_corrupt_nothing(self):
        chance = random.Random(5)
        before = []
        self.tune("--budget", "1s")  # programs and PoCL's cache are warm from here on
        for _ in range(KILLS):
            process = self.start("--level", "full")
            time.sleep(chance.uniform(0.05, 1.2))
            os.kill(process.pid, signal.SIGKILL)  # of the parent: the child goes with it
            process.wait()
            records = self.records() if list(self.data.glob("*.tune")) else []
            problems = {re.search(r"problem=(\S+)", line)[1] for line in records}
            self.assertTrue(problems >= set(before), "a record is gone")
            before = problems
            self.sweep()
            self.ingot("plan", self.network, "--device", "0")
        deadline = time.monotonic() + 10  # the last child may need a moment to be gone
        while True:
            done = subprocess.run([INGOT, "tune", self.network, "--budget", "3s"], env=self.env, capture_output=True,
                                  text=True, check=False)
            if done.returncode == 0 or time.monotonic() > deadline:
                break
            time.sleep(0.1)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.sweep()

    def test_two_at_a_time_are_one_too_many(self):
        first = self.start("--level", "full")
        try:
            deadline = time.monotonic() + 20
            while not list(self.data.glob("*.journal")) and time.monotonic() < deadline:
                time.sleep(0.05)
            time.sleep(0.3)
            _, err = self.tune("--budget", "1s", code=74)
            self.assertIn("another process", err)
        finally:
            first.kill()
            first.wait()

    def test_an_interrupt_keeps_what_is_done(self):
        process = self.start("--level", "full")
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=60), 130)


@unittest.skipUnless(SHIM, "no driver shim in this build")
class BadCandidates(Tune):
    """One that is always tried: what the shipped records say of a kernel that planning does not take."""
    OPTION, RECORD = "-DTW=8 ", r"kernel=conv2d_blocked .* params=(\S*,)?TW:8[, ]"

    def check(self, fault, *arguments):
        env = {"LD_PRELOAD": SHIM, "INGOT_FAULT": fault, "INGOT_FAULT_OPTION": self.OPTION}
        out, err = self.tune("--budget", "200s", *arguments, env=env, timeout=300)  # much less, on an idle machine
        self.assertEqual(len(self.records()), 3, out)
        for record in self.records():
            self.assertNotRegex(record, self.RECORD)
        return out, err

    def test_a_hang_is_set_aside_and_tuning_finishes(self):
        out, err = self.check("hang", "--trial-limit", "4")
        self.assertIn("did not end in time", err)
        self.assertGreater(int(LOST.search(out)[1]), 0, out)
        journal = self.file("journal").read_text()
        begun = set(re.findall(r"^begin (\w+)", journal, re.M))
        self.assertGreater(len(begun - set(re.findall(r"^end (\w+)", journal, re.M))), 0)

    def test_a_crash_is_set_aside_and_tuning_finishes(self):
        _, err = self.check("crash")
        self.assertIn("took the process with it", err)

    def test_what_miscomputes_never_wins(self):
        out, err = self.check("wrong_kernel")
        self.assertRegex(out, r"[1-9]\d* computed something else")
        self.assertIn("computes something else than the reference", err)


if __name__ == "__main__":
    unittest.main()
