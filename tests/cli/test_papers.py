"""Every figure of every paper's table is counted anew: `bench --paper` fails when one does not hold."""
import json
import sys
import unittest

from command import Command


class Papers(unittest.TestCase):
    def rows(self, paper, *more):
        done = run("bench", "--paper", paper, "--format", "json", *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_every_paper_holds(self):
        papers = run("bench", "--paper", "list").stdout.split()
        self.assertEqual(papers, ["ilcs", "mm", "mobilesteelnet", "multitask", "rkd_sarsn"])
        for paper in papers:
            with self.subTest(paper=paper):
                rows = self.rows(paper)
                self.assertTrue(any(row["same_digits"] for row in rows))
                for row in rows:
                    if row["same_digits"] is False:
                        self.assertTrue(row["why"], row)

    def test_all_counts_of_table_6(self):
        rows = [r for r in self.rows("rkd_sarsn") if r["table"] == "Table 6" and r["quantity"] == "params"]
        self.assertEqual(len(rows), 10)
        for row in rows:
            self.assertEqual(str(row["exact"]), row["paper"].replace(",", ""), row)

    def test_all_params_of_ilcs(self):
        rows = [r for r in self.rows("ilcs") if r["quantity"] == "params"]
        self.assertEqual(len(rows), 7)
        self.assertTrue(all(row["same_digits"] for row in rows))

    def test_a_model_picks_rows(self):
        rows = self.rows("rkd_sarsn", "googlenet")
        self.assertTrue(rows and all(row["model"] == "googlenet" for row in rows))

    def test_speed_is_measured_on_request_and_stands_apart(self):
        rows = [r for r in self.rows("rkd_sarsn", "mobilenet_cifar", "--measure", "--runs", "1")
                if r["quantity"] in ("fps", "time")]
        self.assertTrue(rows)
        for row in rows:
            self.assertTrue(row["ours"] > 0 and row["device"] and row["paper_device"])
            self.assertIsNone(row["difference"])
        for row in self.rows("rkd_sarsn", "mobilenet_cifar"):
            if row["quantity"] in ("fps", "time"):
                self.assertIsNone(row["ours"])

    def test_unknown_paper(self):
        done = run("bench", "--paper", "rkd_sarsm")
        self.assertEqual(done.returncode, 64)
        self.assertIn("rkd_sarsn", done.stderr)


if __name__ == "__main__":
    command = Command(sys.argv.pop(1))
    run = command.run
    unittest.main()
