#!/usr/bin/env python3
"""`bench --peers`: networks beside other runtimes. The peer here is a fake that has ingot compute for it."""
import csv
import io
import json
import math
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

from command import INGOT, TINY, CommandTest, npy, read_npy

SOURCE = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = SOURCE / "bench/peers/peer.py"
KEYS = ["model", "shape", "device", "driver", "verified", "peer", "peer_version", "peer_device", "peer_threads",
        "peer_rel_error", "frames", "rounds", "ingot_ms", "peer_ms", "ratio", "spread", "max_rel_error", "of_roof", "reduced",
        "ingot_rounds_ms", "peer_rounds_ms"]
FRAME_MS = 7.5

# Stands where a Python is expected; the peer's name says what goes wrong.
FAKE = """\
#!{python}
import json, os, pathlib, subprocess, sys, time
sys.path.insert(0, {tests!r})
from command import npy, read_npy
here = pathlib.Path(__file__).parent

def say(thing):
    print(thing if isinstance(thing, str) else json.dumps(thing), flush=True)

def hang():
    child = subprocess.Popen(["sleep", "1000"])
    (here / "pids").write_text(f"{{os.getpid()}} {{child.pid}}")
    time.sleep(1000)

def compute(folder, model):
    subprocess.run([{ingot!r}, "run", str(here / f"{{model}}.yaml"), "--weights", "seeded", "--device", "ref", "--quiet", "--tensor",
                    folder / "input.npy", "--output", folder / "output0.npy"], check=True, stdout=subprocess.DEVNULL)
    shape, values = read_npy(folder / "output0.npy")
    largest = max(map(abs, values))
    values[2] += largest * dict(wrong=2e-3, close=0.5e-3).get(what, 0)
    if what == "nan":
        values[2] = float("nan")
    if what == "shape":
        shape = shape[::-1]
    for i in range(2):
        (folder / f"output{{i}}.npy").write_bytes(npy(shape, values))

if sys.argv[2] == "list":
    sys.exit(say((here / "list").read_text()))
model, what, folder = sys.argv[3], sys.argv[5], pathlib.Path(sys.argv[9])
with open(here / "calls", "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
if what == "crash":
    os.kill(os.getpid(), 11)
if what == "leave":
    sys.exit(3)
if what == "hang":
    hang()
if what == "error":
    sys.exit(say(dict(error="no such network", hint="ask another")))
if what == "garbage":
    say("Welcome to the peer! " * 9)
if what == "number":
    say("7")
if what == "endless":
    say("x" * 100000)
if what == "bare":
    say(dict(ready=True, outputs=["y"]))
compute(folder, model)
outputs = dict(two=["y", "z"], none=[], unnamed=[7]).get(what, ["y"])
say(dict(ready=True, peer=what, version="1.2", device="TOY", outputs=outputs))
if what == "stay":
    (here / "pids").write_text(str(os.getpid()))
for line in sys.stdin:
    verb, count = line.split()
    assert verb == "run"
    if what == "late":
        hang()
    if what == "midway":
        sys.exit(5)
    ms = [1.0] + [{frame_ms} + i - int(count) // 2 for i in range(1, int(count))]
    told = dict(few=ms[1:], many=ms + ms, zero=[0] + ms[1:], words=["x"] + ms[1:])
    say({{"s" if what == "other" else "ms": told.get(what, ms)}})
"""


def runs(pid):
    try:
        return "Z" not in pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


class PeerTest(CommandTest):
    def setUp(self):
        super().setUp()
        (self.path / "tmp").mkdir()
        self.env["TMPDIR"] = str(self.path / "tmp")
        self.env.pop("INGOT_PEERS", None)
        self.fake = self.write("fake", FAKE.format(python=sys.executable, tests=str(SOURCE / "tests/cli"),
                                                   ingot=str(pathlib.Path(INGOT).resolve()), frame_ms=FRAME_MS))
        os.chmod(self.fake, 0o755)
        self.peers("good")
        self.second = self.write("second.yaml", TINY.replace("op: relu", "op: silu").replace("name: tiny", "name: second"))

    def tearDown(self):
        self.assertEqual(list((self.path / "tmp").iterdir()), [], "a folder of tensors was left behind")

    def peers(self, *names):
        self.write("list", json.dumps({"peers": names}))

    def calls(self):
        return [json.loads(line) for line in (self.path / "calls").read_text().splitlines()]

    def bench(self, *args, **more):
        return self.json("bench", *(args or (self.model,)), "--peers", self.fake, "--runs", "5", **more)

    def fails(self, what, code, *said, args=()):
        """The error names the peer, and the row has no times."""
        self.peers(what)
        out, err = self.ingot("bench", self.model, "--peers", self.fake, "--runs", "2", "--format", "json", *args, code=code)
        for text in (what, *said):
            self.assertIn(text, err)
        row, = json.loads(out)["networks"]
        self.assertEqual((row["verified"], row["peer"]), (False, what))
        self.assertEqual([row[key] for key in KEYS[KEYS.index("peer_rel_error"):-4]], [None] * 8)
        self.assertEqual((row["ingot_rounds_ms"], row["peer_rounds_ms"]), (None, None))
        self.assertEqual(json.loads(out)["peers"], [{"peer": what, "networks": 0, "geometric_mean": None, "least": None}])


class Usage(PeerTest):
    def test_ways_to_bench_exclude_each_other(self):
        for other in (("--stream",), ("--paper", "list"), ("--compare", "passes-off")):
            self.assertIn("exclude", self.ingot("bench", self.model, "--peers", self.fake, *other, code=64)[1])

    def test_options_that_do_not_fit(self):
        self.assertIn("--peers", self.ingot("bench", self.model, "--peer", "good", code=64)[1])
        self.assertIn("seeded", self.ingot("bench", self.model, "--peers", self.fake, "--weights", "w.safetensors", code=64)[1])
        self.ingot("bench", self.model, "--peers", self.fake, "--peer-limit", "0", code=64)

    def test_what_is_not_there(self):
        err = self.ingot("bench", "--peers", self.path / "nowhere", code=66)[1]
        self.assertIn("pip install", err)
        (self.path / "empty").mkdir()
        self.assertIn("empty/bin/python", self.ingot("bench", "--peers", self.path / "empty", code=66)[1])
        self.ingot("bench", "--peers", self.model, code=77)  # no program
        os.chmod(self.write("broken", "#!/no/such/interpreter\n"), 0o755)
        self.ingot("bench", "--peers", self.path / "broken", code=66)
        self.env["INGOT_PEERS"] = str(self.path / "peer.py")
        self.assertIn("INGOT_PEERS", self.ingot("bench", "--peers", self.fake, code=66)[1])

    def test_selection(self):
        self.peers("red", "green", "blue")
        self.assertEqual([row["peer"] for row in self.bench()["networks"]], ["red", "green", "blue"])
        self.assertEqual([row["peer"] for row in self.bench(self.model, "--peer", "green")["networks"]], ["green"])
        self.assertIn("red, green, blue", self.ingot("bench", self.model, "--peers", self.fake, "--peer", "gray", code=64)[1])
        self.peers()
        self.assertIn("pip install", self.ingot("bench", self.model, "--peers", self.fake, code=69)[1])
        self.write("list", "a listing")
        self.assertIn("not understood", self.ingot("bench", self.model, "--peers", self.fake, code=69)[1])

    def test_every_default_is_in_the_zoo(self):
        self.peers("error")
        rows = json.loads(self.ingot("bench", "--peers", self.fake, "--format", "json", code=69)[0])["networks"]
        self.assertEqual(len(rows), 14)
        zoo = "".join(path.read_text() for path in (SOURCE / "tests/gen/zoo").glob("*.py"))
        for row in rows:
            self.assertIn(f'"{row["model"]}"', zoo)


class Rows(PeerTest):
    def test_row(self):
        got = self.bench()
        row, = got["networks"]
        self.assertEqual(list(row), KEYS)
        self.assertEqual([row[key] for key in ("shape", "verified", "peer", "peer_version", "peer_device", "frames", "rounds")],
                         [[1, 3, 8, 8], True, "good", "1.2", "TOY", 5, 5])
        self.assertLess(row["peer_rel_error"], 1e-6)
        self.assertEqual(row["peer_ms"], FRAME_MS)  # the first frame of a turn does not count
        self.assertEqual(row["peer_rounds_ms"], [FRAME_MS] * 5)
        self.assertEqual(row["ingot_ms"], sorted(row["ingot_rounds_ms"])[2])
        ratios = sorted(FRAME_MS / ms for ms in row["ingot_rounds_ms"])
        self.assertAlmostEqual(row["ratio"], ratios[2])
        self.assertAlmostEqual(row["spread"], (ratios[-1] - ratios[0]) / ratios[2])
        mean, = got["peers"]
        self.assertEqual((mean["peer"], mean["networks"], mean["least"]), ("good", 1, row["ratio"]))
        self.assertAlmostEqual(mean["geometric_mean"], row["ratio"])

    def test_what_the_peer_is_asked(self):
        self.env["INGOT_PEERS"] = self.write("script.py", "")
        self.bench()
        call, = self.calls()
        self.assertEqual(call[:8], [self.env["INGOT_PEERS"], "serve", "tiny", "--peer", "good", "--threads", "1", "--folder"])
        self.assertEqual(call[9:], ["--cache", self.env["INGOT_CACHE_DIR"] + "/peers"])
        for variable in ("INGOT_CACHE_DIR", "XDG_CACHE_HOME", "HOME"):
            self.env[variable] = ""
        self.bench()
        self.assertEqual(len(self.calls()[1]), 9)

    def test_a_virtual_environment(self):
        (self.path / "venv/bin").mkdir(parents=True)
        (self.path / "venv/bin/python").symlink_to(self.fake)
        self.env["PATH"] = ""
        self.fake = str(self.path / "venv")
        self.path.joinpath("venv/bin/list").symlink_to(self.path / "list")
        self.path.joinpath("venv/bin/tiny.yaml").symlink_to(self.model)
        self.assertTrue(self.bench()["networks"][0]["verified"])

    def test_threads_of_the_device(self):
        self.env["INGOT_DEVICE"] = ""
        try:
            device = self.json("devices")[0]
        except (AssertionError, IndexError):
            self.skipTest("no OpenCL device")
        if device["type"] != "cpu":
            self.skipTest("no CPU device")
        row, = self.bench(self.model, "--device", device["id"], "--batch", "3")["networks"]
        self.assertEqual((row["peer_threads"], row["shape"]), (device["compute_units"], [3, 3, 8, 8]))
        self.assertGreater(row["max_rel_error"], 0)
        self.assertEqual(self.calls()[0][6], str(device["compute_units"]))

    def test_means(self):
        self.peers("red", "green")
        got = self.bench(self.model, self.second)
        for entry in got["peers"]:
            ratios = [row["ratio"] for row in got["networks"] if row["peer"] == entry["peer"]]
            self.assertEqual((entry["networks"], entry["least"]), (2, min(ratios)))
            self.assertAlmostEqual(entry["geometric_mean"], math.sqrt(ratios[0] * ratios[1]))
        self.assertEqual([entry["peer"] for entry in got["peers"]], ["red", "green"])

    def test_formats(self):
        bench = ("bench", self.model, self.second, "--peers", self.fake, "--runs", "2")
        rows = list(csv.DictReader(io.StringIO(self.ingot(*bench, "--format", "csv")[0])))
        self.assertEqual([list(row) for row in rows], [KEYS, KEYS])
        self.assertEqual(rows[0]["peer_rounds_ms"], f"{FRAME_MS} {FRAME_MS}")
        text = self.ingot(*bench)[0]
        self.assertRegex(text, r"\| model .*\| ratio \|(?s:.*)\n\ngood: geometric mean of 2 ratios [0-9.]+, the least [0-9.]+\n$")
        page = self.path / "out.html"
        self.ingot("bench", self.model, "--peers", self.fake, "--runs", "2", "--report", page)
        self.assertIn("geometric mean of 1 ratio ", page.read_text())


class Failures(PeerTest):
    def test_another_network(self):
        self.fails("wrong", 1, "0.001", "0.002")
        self.fails("nan", 1)
        self.fails("shape", 1, "1x6", "6x1")
        self.fails("two", 1, "expected: 1 outputs", "2")
        self.fails("none", 1, "0")
        self.peers("close")
        self.assertAlmostEqual(self.bench()["networks"][0]["peer_rel_error"], 0.5e-3, places=6)

    def test_outputs_by_name(self):
        model = self.write("pair.yaml", TINY.replace("name: tiny", "name: pair").replace("{logits: fc}", "{y: fc, x: pool}"))
        for name in ("good", "two"):
            self.peers(name)
            err = self.ingot("bench", model, "--peers", self.fake, "--runs", "2", code=1)[1]
            self.assertIn("another network", err)
        self.assertIn("'z'", err)

    def test_ends(self):
        self.fails("crash", 69, "signal 11")
        self.fails("leave", 69, "exit code 3")
        self.fails("midway", 69, "exit code 5")

    def test_answers(self):
        self.fails("error", 69, "no such network", "ask another")
        self.fails("garbage", 69, "Welcome to the peer!", '{"ready": ...}')
        self.fails("number", 69)
        self.fails("endless", 69, "too long")
        self.fails("bare", 69, "version")
        self.fails("unnamed", 69, "name")
        for what in ("few", "many", "zero", "words", "other"):
            self.fails(what, 69, "not understood")

    def gone(self):
        for pid in map(int, (self.path / "pids").read_text().split()):
            for _ in range(50):
                if not runs(pid):
                    break
                time.sleep(0.1)
            self.assertFalse(runs(pid), "a process was left behind")

    def test_patience(self):
        for what in ("hang", "late"):
            begin = time.monotonic()
            self.fails(what, 69, "does not answer", "within 3 s", "--peer-limit", args=("--peer-limit", "3"))
            self.assertLess(time.monotonic() - begin, 30)
            self.gone()

    def bench_until(self, what, signal_number):
        """Sends the signal once the peer wrote its process down; returns the exit code and standard output."""
        self.peers(what)
        (self.path / "pids").write_text("")
        bench = [INGOT, "bench", self.model, self.second, "--peers", self.fake, "--runs", "100000", "--seconds", "300"]
        with subprocess.Popen(bench, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            try:
                for _ in range(300):
                    if (self.path / "pids").read_text():
                        break
                    time.sleep(0.1)
                process.send_signal(signal_number)
                return process.communicate(timeout=30)[0], process.returncode
            finally:
                process.kill()

    def test_interrupt(self):
        for what in ("hang", "stay"):
            self.assertEqual(self.bench_until(what, signal.SIGINT), (b"", 130))
            self.gone()
        self.assertEqual(len(self.calls()), 2)

    def test_a_peer_ends_with_its_input(self):
        self.bench_until("stay", signal.SIGKILL)
        self.gone()

    def test_others_go_on(self):
        self.peers("crash", "good")
        out = self.ingot("bench", self.model, self.second, "--peers", self.fake, "--runs", "2", "--format", "json", code=69)[0]
        self.assertEqual([row["verified"] for row in json.loads(out)["networks"]], [False, True] * 2)
        self.assertEqual([entry["networks"] for entry in json.loads(out)["peers"]], [0, 2])
        bad = self.write("bad.yaml", "ingot: 1\n")
        out = self.ingot("bench", bad, "--peers", self.fake, "--format", "json", code=65)[0]
        self.assertEqual([(row["peer"], row["verified"]) for row in json.loads(out)["networks"]], [("crash", False), ("good", False)])


class Script(CommandTest):
    """bench/peers/peer.py as far as it goes without any peer."""

    def ask(self, *args):
        done = subprocess.run([sys.executable, str(SCRIPT), *map(str, args)], stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=60, check=False)
        return done.returncode, json.loads(done.stdout)

    def test_list(self):
        code, answer = self.ask("list")
        self.assertEqual((code, list(answer)), (0, ["peers"]))
        self.assertLessEqual(set(answer["peers"]), {"onnxruntime", "tinygrad"})

    def test_errors_are_answers(self):
        code, answer = self.ask("serve", "tiny", "--peer", "onnxruntime", "--threads", "1", "--folder", self.path)
        self.assertEqual((code, list(answer)), (1, ["error", "hint"]))
        self.write("input.npy", npy([1, 3, 8, 8], [0.0] * 192))
        code, answer = self.ask("serve", "tiny", "--peer", "onnxruntime", "--threads", "1", "--folder", self.path)
        self.assertEqual((code, list(answer)), (1, ["error", "hint"]))


if __name__ == "__main__":
    sys.exit(unittest.main())
