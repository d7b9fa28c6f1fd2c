#!/usr/bin/env python3
"""What a device can do at most: `probe`, and the times of `profile` and `bench` held against it."""
import csv
import io
import json
import re
import sys
import unittest

from command import CommandTest, DeviceTest

FIGURES = ["fma_gflops", "copy_gbytes_per_s", "cached_gbytes_per_s", "launch_us", "wait_us", "local_gain", "fp16_gain"]
ROOF_KEYS = ["bound", "roof_ms", "of_roof", "could_save_ms"]
SQUARES = """\
ingot: 1
name: squares
input: {shape: [1, 64, 32, 32]}
layers:
  - {op: conv2d, name: a, out: 64, kernel: 3, pad: 1}
  - {op: conv2d, name: b, out: 64, kernel: 1}
  - {op: reduce_mean, name: mean, axes: [2, 3]}
outputs: {mean: mean}
"""


class Usage(CommandTest):
    def test_the_reference_has_no_roofs(self):
        self.assertIn("plain C reference", self.ingot("probe", code=64)[1])
        self.ingot("probe", "resnet18", code=64)


class Reference(CommandTest):
    def test_its_steps_are_held_against_nothing(self):
        out, err = self.ingot("profile", self.model, "--runs", "1", "--format", "json")
        self.assertEqual(err, "")
        self.assertTrue(all(row[key] is None for row in json.loads(out) for key in ROOF_KEYS))
        self.assertNotIn("most to gain", self.ingot("profile", self.model, "--runs", "1")[0])


class Probe(DeviceTest):
    def test_probe(self):
        out, err = self.ingot("probe")
        self.assertIn("measuring", err)
        for figure in FIGURES:
            self.assertIn(f"\n| {figure} ", out)
        self.assertRegex(out, r"measured now(?s:.*)\nnearest profile: \S+, family \S+, confidence [01]\.\d\d\n$")
        out, err = self.ingot("probe")
        self.assertEqual(err, "")
        self.assertIn(" remembered;", out)
        self.assertIn("measuring", self.ingot("probe", "--again")[1])

    def test_formats(self):
        got = self.json("probe")
        self.assertEqual(list(got), ["device", "driver", "family", "remembered", "fma_width", "roofs", "nearest"])
        self.assertEqual((got["device"], got["driver"], got["family"], got["remembered"]),
                         (self.device["name"], self.device["driver"], self.device["family"], False))
        self.assertEqual(list(got["roofs"]), FIGURES)
        for key, roof in got["roofs"].items():
            self.assertEqual(list(roof), ["median", "best", "spread"])
            self.assertGreaterEqual(roof["median"], 0)
            self.assertTrue(roof["median"] > 0 or key == "fp16_gain")
        self.assertEqual(list(got["nearest"]), ["profile", "family", "confidence"])
        self.assertTrue(0 <= got["nearest"]["confidence"] <= 1)
        rows = list(csv.DictReader(io.StringIO(self.ingot("probe", "--format", "csv")[0])))
        self.assertEqual([row["figure"] for row in rows], FIGURES)
        self.assertEqual(list(rows[0]), ["figure", "median", "best", "unit", "spread"])
        self.assertAlmostEqual(float(rows[0]["median"]), got["roofs"]["fma_gflops"]["median"],
                               delta=1e-3 * got["roofs"]["fma_gflops"]["median"])

    def test_damaged_memory_is_none(self):
        self.ingot("probe")
        remembered, = (self.path / "cache" / "roofs").iterdir()
        remembered.write_text(remembered.read_text()[:-2])
        self.assertIn("measuring", self.ingot("probe")[1])
        self.assertEqual(self.ingot("probe")[1], "")

    def test_a_cache_that_cannot_be_written_costs_a_warning(self):
        blocked = self.write("file", "")
        err = self.ingot("probe", env={"INGOT_CACHE_DIR": f"{blocked}/cache"})[1]
        self.assertRegex(err, "warning: the roofs cannot be remembered in .*file/cache/roofs")


class Profile(DeviceTest):
    def setUp(self):
        super().setUp()
        self.squares = self.write("squares.yaml", SQUARES)
        self.roofs = {key: roof["best"] for key, roof in self.json("probe")["roofs"].items()}

    def bounds(self, row, launched):
        cached = row["bytes"] <= 2 << 20
        return {"compute": 2e-6 * row["macs"] / self.roofs["fma_gflops"],
                "memory": 1e-6 * row["bytes"] / self.roofs["cached_gbytes_per_s" if cached else "copy_gbytes_per_s"],
                "launch": 1e-3 * self.roofs["launch_us"] * launched}

    def test_steps_are_held_against_the_roofs(self):
        chained = self.device["family"] == "pocl-cpu"
        for launched, options in ((not chained, []), (True, ["--chains", "off"])):
            with self.subTest(options=options):
                self.hold_against_the_roofs(launched, options)

    def hold_against_the_roofs(self, launched, options):
        out, err = self.ingot("profile", self.squares, "--runs", "3", "--format", "json", *options)
        self.assertEqual(err, "")
        rows = json.loads(out)
        self.assertGreater(len(rows), 1)
        for row in rows:
            bounds = self.bounds(row, launched)
            self.assertEqual(row["bound"], max(bounds, key=bounds.get))
            self.assertAlmostEqual(row["roof_ms"], bounds[row["bound"]], delta=1e-6 * row["roof_ms"])
            self.assertAlmostEqual(row["of_roof"] * row["median_ms"], row["roof_ms"], delta=1e-6 * row["roof_ms"])
            self.assertAlmostEqual(row["could_save_ms"], max(0, row["median_ms"] - row["roof_ms"]))
            self.assertEqual(row["reduced"], row["kernel"].startswith("conv2d_winograd"))
        if self.device["family"] == "pocl-cpu":
            self.assertTrue(any(row["reduced"] for row in rows))

    def test_the_line_of_most_to_gain(self):
        text = self.ingot("profile", self.squares, "--runs", "1")[0]
        self.assertRegex(text, r"\| bound +\| +roof ms \| of roof \| could save ms \| reduced \|\n")
        self.assertRegex(text, r"\nmost to gain: \S+ [0-9.e-]+ ms \((compute|memory|launch)\)(, \S+ [0-9.e-]+ ms \(\w+\)){0,2}\n$")

    def test_roofs_are_measured_when_missing(self):
        other = {"INGOT_CACHE_DIR": str(self.path / "other")}
        self.assertIn("measuring", self.ingot("profile", self.squares, "--runs", "1", env=other)[1])
        self.assertEqual(self.ingot("profile", self.squares, "--runs", "1", env=other)[1], "")


class Bench(DeviceTest):
    def setUp(self):
        super().setUp()
        self.squares = self.write("squares.yaml", SQUARES)

    def bench(self, *more):
        out, err = self.ingot("bench", self.squares, "--runs", "3", "--format", "json", *more)
        got = json.loads(out)
        return (got["networks"] if "--compare" in more else got)[0], err

    def remembered(self):
        path, = (self.path / "cache" / "roofs").iterdir()
        return path

    def test_rows_tell_how_near_the_roof_they_are(self):
        row, err = self.bench()
        self.assertIn("measuring", err)
        roof = self.json("probe")["roofs"]["fma_gflops"]["best"]
        steps = self.json("profile", self.squares, "--runs", "1")
        self.assertEqual(row["reduced"], sum(step["reduced"] for step in steps))
        macs = sum(step["macs"] for step in steps if not step["reduced"])
        self.assertAlmostEqual(row["least_ms"], 2e-6 * macs / roof, delta=1e-6 * row["least_ms"])
        self.assertAlmostEqual(row["of_roof"], row["least_ms"] / row["median_ms"], delta=1e-6)
        for mode in (("--compare", "passes-off"), ("--stream",)):
            row, err = self.bench(*mode)
            self.assertTrue(row["of_roof"] > 0 and row["reduced"] >= 0)

    def test_roofs_of_a_busy_moment_are_measured_again(self):
        self.ingot("probe")
        path = self.remembered()
        path.write_text(re.sub(r"fma_gflops .*", "fma_gflops 0.001 0.001 0", path.read_text()))
        row, err = self.bench()
        self.assertIn("measuring", err)
        self.assertTrue(row["verified"] and row["of_roof"] < 1.1)
        self.assertGreater(self.json("probe")["roofs"]["fma_gflops"]["best"], 0.1)
        self.assertNotIn("measuring", self.bench()[1])


if __name__ == "__main__":
    sys.exit(unittest.main())
