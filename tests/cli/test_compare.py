#!/usr/bin/env python3
"""`bench --compare`: networks against themselves with passes left out."""
import csv
import io
import math
import sys
import unittest

from command import TINY, CommandTest

KEYS = ["model", "shape", "device", "driver", "verified", "compared_with", "rounds", "fps", "fps_without", "speedup", "spread",
        "steps", "steps_without", "step_ratio", "computing_layers", "steps_per_layer", "max_rel_error", "of_roof", "reduced"]
QUOTIENTS = ("speedup", "step_ratio", "steps_per_layer")


DETECTOR = """\
ingot: 1
name: detector
input: {shape: [1, 3, 8, 8]}
layers:
  - {op: conv2d, name: c, out: 5, kernel: 3, pad: 1, bias: true}
  - {op: relu, name: r}
  - {op: reshape, name: planes, shape: [0, 5, 64]}
  - {op: permute, name: candidates, dims: [0, 2, 1]}
  - {op: nms, name: best, after: 10, iou: 0.5}
  - {op: sigmoid, name: rows}
outputs: {candidates: candidates, rows: rows}
"""


class Usage(CommandTest):
    def test_values(self):
        self.assertIn("passes-off", self.ingot("bench", self.model, "--compare", "all", code=64)[1])
        self.assertIn("did you mean 'fuse_epilogue'?", self.ingot("bench", self.model, "--compare", "-fuse_epilog", code=64)[1])
        self.ingot("bench", self.model, "--compare", "-", code=64)

    def test_ways_to_bench_exclude_each_other(self):
        for other in (("--stream",), ("--paper", "list")):
            self.assertIn("exclude", self.ingot("bench", self.model, "--compare", "passes-off", *other, code=64)[1])

    def test_the_reference_has_no_passes(self):
        out, err = self.ingot("bench", self.model, "--compare", "passes-off", code=64)
        self.assertIn("FAILED", out)
        self.assertIn("has no passes", err)


class Compare(CommandTest):
    def setUp(self):
        super().setUp()
        self.env["INGOT_DEVICE"] = ""
        try:
            if not self.json("devices"):
                self.skipTest("no OpenCL device")
        except AssertionError:
            self.skipTest("no OpenCL device")
        self.second = self.write("second.yaml", TINY.replace("op: relu", "op: silu"))

    def compare(self, *args, to="passes-off", **more):
        return self.json("bench", *args, "--compare", to, "--runs", "5", **more)

    def plan(self, *args):
        device = self.json("devices")[0]["id"]
        return self.json("plan", self.model, "--device", device, *args)

    def check_steps(self, row, given, other):
        with_plan, without = self.plan(*given), self.plan(*given, "--passes", other)
        self.assertEqual((row["steps"], row["steps_without"]), (with_plan["n_steps"], without["n_steps"]))
        self.assertEqual((row["computing_layers"], row["steps_per_layer"]),
                         (with_plan["computing_layers"], with_plan["steps_per_layer"]))
        self.assertAlmostEqual(row["step_ratio"], row["steps"] / row["steps_without"])

    def test_rows(self):
        self.env["INGOT_DEVICE"] = self.json("devices")[0]["id"]
        row, = self.compare(self.model, "--batch", "3")["networks"]
        self.assertEqual(list(row), KEYS)
        self.assertEqual((row["shape"], row["verified"], row["compared_with"], row["rounds"]),
                         ([3, 3, 8, 8], True, "passes-off", 5))
        self.assertTrue(row["fps"] > 0 and row["fps_without"] > 0 and row["speedup"] > 0 and row["spread"] >= 0)
        self.check_steps(row, ("--batch", "3"), "none")
        self.assertLess(row["steps"], row["steps_without"])

    def test_a_single_pass(self):
        self.env["INGOT_DEVICE"] = self.json("devices")[0]["id"]
        row, = self.compare(self.model, to="-fuse_epilogue")["networks"]
        self.check_steps(row, (), "-fuse_epilogue")
        self.assertLess(row["steps"], row["steps_without"])
        row, = self.compare(self.model, "--passes", "-fold_batch_norm", to="-fuse_epilogue")["networks"]
        self.check_steps(row, ("--passes", "-fold_batch_norm"), "-fuse_epilogue")

    def test_other_plans(self):
        for to in ("nchw", "blocked", "chains-off", "tuning-shipped", "tuning-off"):
            with self.subTest(to=to):
                row, = self.compare(self.model, to=to)["networks"]
                self.assertEqual((row["verified"], row["compared_with"], row["rounds"]), (True, to, 5))
                self.assertGreater(row["speedup"], 0)

    def test_what_follows_a_selection_may_differ(self):
        self.env["INGOT_DEVICE"] = self.json("devices")[0]["id"]
        detector = self.write("detector.yaml", DETECTOR)
        out, err = self.ingot("bench", detector, "--weights", "seeded", "--compare", "passes-off", "--runs", "2")
        self.assertNotIn("FAILED", out)
        self.assertRegex(err, r"'rows' depends on which rows an operator picks.* differs by [0-9.e-]+ of its largest value")
        self.assertNotIn("'candidates'", err)

    def test_geometric_means(self):
        got = self.compare(self.model, self.second)
        self.assertEqual(got["geometric_mean"]["networks"], 2)
        for key in QUOTIENTS:
            logs = [math.log(row[key]) for row in got["networks"]]
            self.assertAlmostEqual(got["geometric_mean"][key], math.exp(sum(logs) / 2))

    def test_a_failure_has_no_times_and_is_in_no_mean(self):
        bad = self.write("bad.yaml", "ingot: 1\n")
        got = self.compare(bad, self.model, code=65)
        failed, good = got["networks"]
        self.assertEqual([failed[key] for key in KEYS[KEYS.index("rounds"):]], [None] * 13)
        self.assertEqual((failed["verified"], good["verified"]), (False, True))
        self.assertEqual(got["geometric_mean"], {"networks": 1, **{key: good[key] for key in QUOTIENTS}})
        got = self.compare(bad, code=65)
        self.assertIsNone(got["geometric_mean"])

    def test_formats(self):
        compare = ("bench", self.model, self.second, "--compare", "passes-off", "--runs", "2")
        rows = list(csv.DictReader(io.StringIO(self.ingot(*compare, "--format", "csv")[0])))
        self.assertEqual([list(row) for row in rows], [KEYS, KEYS])
        text = self.ingot(*compare)[0]
        self.assertRegex(text, r"\| model .*\| speed-up \|(?s:.*)\n\ngeometric mean of 2 networks: speed-up [0-9.]+, 0\.\d+ of ")


if __name__ == "__main__":
    sys.exit(unittest.main())
