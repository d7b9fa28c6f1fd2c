"""Every figure of every paper's table is counted anew: `bench --paper` fails when one does not hold."""
import json
import unittest

from command import CommandTest


class Papers(CommandTest):
    def rows(self, paper, *more):
        return self.json("bench", "--paper", paper, *more, timeout=600)

    def test_every_paper_holds(self):
        papers = self.ingot("bench", "--paper", "list")[0].split()
        self.assertEqual(papers, ["ilcs", "mm", "mobilesteelnet", "multitask", "rkd_sarsn"])
        for paper in papers:
            with self.subTest(paper=paper):
                rows = self.rows(paper)
                self.assertTrue(rows)
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
        self.assertIn("rkd_sarsn", self.ingot("bench", "--paper", "rkd_sarsm", code=64)[1])


if __name__ == "__main__":
    unittest.main()
