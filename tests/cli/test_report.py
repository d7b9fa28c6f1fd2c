#!/usr/bin/env python3
"""`bench --report`: one HTML file that needs no other, and that a strict parser reads as well."""
import html.parser
import os
import sys
import unittest
import xml.etree.ElementTree as xml

from command import TINY, CommandTest, DeviceTest

VOID = {"meta", "line", "circle", "br"}


class Balanced(html.parser.HTMLParser):
    """Every tag is closed, nothing is fetched."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen = [], set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        assert not {"src", "href"} & {name for name, _ in attrs}, attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open and self.open[-1] == tag, (tag, self.open)
            self.open.pop()


class Report(CommandTest):
    def setUp(self):
        super().setUp()
        self.out = self.path / "out.html"

    def bench(self, *args, **more):
        self.ingot("bench", *args, "--runs", "2", "--report", self.out, **more)
        text = self.out.read_text(encoding="utf-8")
        parsed = Balanced(text)
        self.assertEqual(parsed.open, [])
        self.assertFalse({"script", "link", "img", "iframe"} & parsed.seen)
        return xml.fromstring(text)

    def facts(self, page):
        table = page.find(".//table[@id='facts']")
        return {row[0].text: row[1].text for row in table}

    def rows(self, page):
        titles, *rows = [[cell.text for cell in row] for row in page.find(".//table[@id='rows']")]
        return [dict(zip(titles, row)) for row in rows]

    def steps(self, page):
        return [len(table.findall("tr")) - 1 for table in page.findall(".//table[@class='steps']")]

    def circles(self, page):
        return [[title.text for title in dot] for dot in page.iter("{http://www.w3.org/2000/svg}circle")]


class Reference(Report):
    def test_rows_and_steps(self):
        page = self.bench(self.model)
        self.assertEqual([(row["model"], row["verified"]) for row in self.rows(page)], [(self.model, "yes")])
        self.assertEqual(self.steps(page), [5])
        self.assertEqual(self.circles(page), [])
        facts = self.facts(page)
        self.assertEqual(facts["device"], "ref")
        self.assertEqual(facts["command"], f"ingot bench {self.model} --runs 2 --report {self.out}")
        self.assertRegex(facts["date"], r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$")
        self.assertTrue({"machine", "driver", "ingot"} <= set(facts) and all(facts.values()))

    def test_everything_is_escaped(self):
        odd = self.write("a&b<i>\"'\x01.yaml", TINY)
        page = self.bench(odd)
        shown = odd.replace("\x01", "?")
        self.assertEqual(self.rows(page)[0]["model"], shown)
        self.assertIn(shown, self.facts(page)["command"])
        self.assertEqual(page.findall(".//i"), [])

    def test_a_network_that_fails_has_a_row_and_no_steps(self):
        bad = self.write("bad.yaml", "ingot: 1\n")
        page = self.bench(bad, self.model, code=65)
        self.assertEqual([row["verified"] for row in self.rows(page)], ["FAILED", "yes"])
        self.assertEqual(self.steps(page), [5])

    def test_a_file_that_cannot_be_written(self):
        self.out = self.path / "none" / "out.html"
        self.ingot("bench", self.model, "--report", self.out, code=73)
        self.out = self.path
        self.ingot("bench", self.model, "--report", self.out, code=73)
        self.assertIn("--paper", self.ingot("bench", "--paper", "mm", "--report", self.path / "x.html", code=64)[1])
        self.assertFalse(os.path.exists(self.path / "x.html"))


class Device(DeviceTest, Report):
    def test_every_step_that_computes_is_a_dot(self):
        second = self.write("second.yaml", TINY.replace("op: relu", "op: silu"))
        page = self.bench(self.model, second)
        profiles = [self.json("profile", model, "--runs", "1") for model in (self.model, second)]
        self.assertEqual(self.steps(page), [len(rows) for rows in profiles])
        self.assertEqual(len(self.circles(page)), sum(row["flops"] > 0 for rows in profiles for row in rows))
        self.assertTrue(all(len(dot) == 1 for dot in self.circles(page)))
        self.assertIn("GFLOP/s", self.facts(page)["roofs"])
        self.assertEqual(self.facts(page)["device"], self.device["name"])

    def test_the_other_ways_to_bench(self):
        page = self.bench(self.model, "--compare", "passes-off")
        self.assertIn("speed-up", self.rows(page)[0])
        self.assertIn("geometric mean of 1 network: speed-up", "".join(p.text for p in page.iter("p")))
        page = self.bench(self.model, "--stream")
        self.assertIn("stream FPS", self.rows(page)[0])
        self.assertEqual(len(self.steps(page)), 1)


if __name__ == "__main__":
    sys.exit(unittest.main())
