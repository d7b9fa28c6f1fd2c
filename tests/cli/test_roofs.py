#!/usr/bin/env python3
"""What a device can do at most: `probe`."""
import csv
import io
import sys
import unittest

from command import CommandTest

FIGURES = ["fma_gflops", "copy_gbytes_per_s", "cached_gbytes_per_s", "launch_us", "wait_us", "local_gain", "fp16_gain"]


class Usage(CommandTest):
    def test_the_reference_has_no_roofs(self):
        self.assertIn("plain C reference", self.ingot("probe", code=64)[1])
        self.ingot("probe", "resnet18", code=64)


class Probe(CommandTest):
    def setUp(self):
        super().setUp()
        self.env["INGOT_DEVICE"] = ""
        try:
            self.device = self.json("devices")[0]
        except (AssertionError, IndexError):
            self.skipTest("no OpenCL device")
        self.env["INGOT_DEVICE"] = self.device["id"]

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


if __name__ == "__main__":
    sys.exit(unittest.main())
