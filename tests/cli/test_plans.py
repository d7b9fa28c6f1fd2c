"""Plans as the command shows them: their text and rows, passes left out, graphs in the middle, and what `diff` says."""
import csv
import io
import os
import re
import unittest

from command import CommandTest

FOLD, FUSE = "fold_batch_norm", "fuse_epilogue"  # what the tiny model has use for
STEP = ["path", "op", "kernel", "rung", "output", "groups", "local", "memory", "macs", "flops", "bytes"]
PROFILE = """\
name: my board
vendor: ARM
platform: ARM Platform
type: gpu
opencl: [1, 2]
opencl_c: [1, 2]
compute_units: 1
max_work_group: 64
max_work_item: [64, 64, 64]
local_mem_bytes: 16384
global_mem_bytes: 536870912
max_alloc_bytes: 134217728
base_align_bytes: 128
native_vector_float: 1
"""


class PlanTest(CommandTest):
    def plan(self, *args, **more):
        return self.ingot("plan", self.model, "--profile", "mali", *args, **more)[0]

    def passes(self):
        return re.findall(r"(?m)^  (\w+) +\S", self.ingot("help", "passes")[0])

    def saved(self, name, *args):
        return self.write(name, self.plan(*args))


class Plan(PlanTest):
    KEYS = ["model", "shape", "device", "family", "n_steps", "launches", "computing_layers", "steps_per_layer", "feature_bytes",
            "feature_bytes_lower_bound", "weight_bytes", "hash", "steps"]

    def totals(self, text):
        return dict(word.split("=") for word in text.splitlines()[-1].split()[1:])

    def test_text(self):
        head, *steps, features, totals = self.plan().splitlines()
        self.assertRegex(head, r"^plan of tiny for Mali-G610 r0p0 \(mali\), input 1x3x8x8, 3 steps$")
        self.assertRegex(steps[0], r"^0 act conv2d_\w+<f32,bias\S*>\{.*\} default groups=\d+x\d+x\d+ local=\S+ in=0:")
        self.assertEqual([line.split()[:2] for line in steps], [["0", "act"], ["1", "pool"], ["2", "fc"]])
        self.assertTrue(features.startswith("features "))
        self.assertRegex(totals, r"^totals steps=3 launches=3 computing_layers=5 steps_per_layer=0\.600 feature_bytes=\d+ "
                                 r"feature_bytes_lower_bound=\d+ weight_bytes=\d+ hash=[0-9a-f]{16}$")

    def test_rows_say_what_the_text_says(self):
        text = self.plan()
        got = self.json("plan", self.model, "--profile", "mali")
        self.assertEqual(list(got), self.KEYS)
        self.assertEqual((got["model"], got["shape"], got["family"]), ("tiny", [1, 3, 8, 8], "mali"))
        totals = self.totals(text)
        self.assertEqual(int(totals["steps"]), len(got["steps"]))
        self.assertEqual(totals["hash"], got["hash"])
        for key in ("feature_bytes", "feature_bytes_lower_bound", "weight_bytes", "computing_layers"):
            self.assertEqual(int(totals[key]), got[key])
        for line, row in zip(text.splitlines()[1:], got["steps"]):
            self.assertEqual(list(row), STEP)
            _, path, kernel, rung, groups, local, memory = line.split(" ", 6)
            self.assertEqual((path, kernel, rung, memory), tuple(row[k] for k in ("path", "kernel", "rung", "memory")))
            self.assertEqual((groups, local), tuple(f"{k}={'x'.join(map(str, row[k]))}" for k in ("groups", "local")))
        self.assertEqual(sum(row["macs"] for row in got["steps"]), 4 * 27 * 64 + 24)
        rows = list(csv.DictReader(io.StringIO(self.plan("--format", "csv"))))
        self.assertEqual([row["kernel"] for row in rows], [row["kernel"] for row in got["steps"]])

    def test_profiles(self):
        self.assertIn("(nvidia)", self.ingot("plan", self.model, "--profile", "nv")[0])
        board = self.write("board.yaml", PROFILE)
        self.assertIn("for my board (mali)", self.ingot("plan", self.model, "--profile", board)[0])
        err = self.ingot("plan", self.model, "--profile", "pocl", code=64)[1]
        self.assertIn("pocl-avx2, pocl-avx512", err)
        err = self.ingot("plan", self.model, "--profile", "nvidai", code=66)[1]
        self.assertIn("did you mean 'nvidia'?", err)
        self.assertIn("mali-valhall", err)
        self.ingot("plan", self.model, "--profile", self.path / "none.yaml", code=66)
        bad = self.write("bad.yaml", PROFILE.replace("compute_units: 1", "compute_unit: 1"))
        self.assertIn("bad.yaml:7:1", self.ingot("plan", self.model, "--profile", bad, code=65)[1])
        self.ingot("plan", self.model, "--profile", "mali", "--device", "0:0", code=64)

    def test_list_of_profiles(self):
        names = re.findall(r"(?m)^  (\S+) +\S", self.ingot("help", "profiles")[0])
        self.assertGreaterEqual(len(names), 8)
        for name in names:
            self.ingot("plan", self.model, "--profile", name)

    def test_the_reference_has_no_plan(self):
        self.assertIn("--profile", self.ingot("plan", self.model, code=64)[1])

    def test_device(self):
        if not self.json("devices"):
            self.skipTest("there is no OpenCL device")
        name = self.json("devices")[0]["name"]
        self.assertIn(f"for {name} (", self.ingot("plan", self.model, "--device", "0:0")[0])
        self.assertIn(f"for {name} (", self.ingot("plan", self.model, env={"INGOT_DEVICE": "0:0"})[0])

    def test_batch(self):
        self.assertIn("input 5x3x8x8,", self.plan("--batch", "5"))
        self.assertEqual(self.plan("--batch", "5"), self.plan("--shape", "5,3,8,8"))
        self.plan("--batch", "5", "--shape", "5,3,8,8", code=64)
        self.plan("--batch", "0", code=64)
        self.ingot("run", self.model, "--weights", "seeded", "--tensor", self.tensor, "--batch", "5", code=64)

    def test_forced_kernels(self):
        forced = ["--kernel", "conv2d_im2col", "--kernel=linear_gemm"]
        text = self.plan(*forced)
        self.assertRegex(text, r"(?m)^0 act conv2d_im2col<\S+ default groups=8x27x1\+clblast_gemm\(4,64,27,1,1\)\+\S+ "
                               r"local=\d+x1x1\+\d+x1x1 in=")
        self.assertIn(" fc linear_gemm<", text)
        row = self.json("plan", self.model, "--profile", "mali", *forced)["steps"][0]
        self.assertIn(f" groups={row['groups']} local={row['local']} {row['memory']}\n", text)
        for other in ("run", "verify", "profile", "bench"):
            tensor = ["--tensor", self.tensor] if other == "run" else []
            args = [other, self.model, *tensor, "--weights", "seeded", "--kernel"]
            err = self.ingot(*args, "conv2d_im2co", "--device", "0:0", code=64)[1]
            self.assertIn("did you mean 'conv2d_im2col'?", err)
            err = self.ingot(*args, "matmul_gemm", "--device", "0:0", code=69)[1]
            self.assertIn("expected: a step of matmul", err)
            self.assertIn("reference", self.ingot(*args, "conv2d_im2col", "--device", "ref", code=64)[1])

    def test_forced_kernels_compute_the_same(self):
        if not self.json("devices"):
            self.skipTest("there is no OpenCL device")
        args = [self.model, "--weights", "seeded", "--device", "0:0", "--kernel", "conv2d_im2col", "--batch", "2"]
        self.assertIn(": verified, ", self.ingot("verify", *args)[0])
        kernels = [step["kernel"].split("<")[0] for step in self.json("profile", *args)]
        self.assertIn("conv2d_im2col", kernels)

    def test_summary_plans_the_same(self):
        for profile in ("mali", "avx2"):
            plan = self.json("plan", "resnet18", "--profile", profile)
            summary = self.json("summary", "resnet18", "--profile", profile)
            for key in ("feature_bytes", "feature_bytes_lower_bound"):
                self.assertEqual(plan[key], summary[key])
            self.assertEqual(plan["device"], summary["planned_for"])
            self.assertIn(f"planned for {plan['device']}, ", self.ingot("summary", "resnet18", "--profile", profile)[0])
        self.ingot("summary", "resnet18", "--profile", "mali", "--device", "0:0", code=64)
        self.ingot("summary", "resnet18", "--profile", "mail", code=66)


class PassesThatWantCache(CommandTest):
    FUSED = "inverted_residual"

    def plan(self, *args):
        return self.ingot("plan", "mobilenet_v2", *args)[0]

    def test_the_profile_decides(self):
        self.assertIn(self.FUSED, self.plan("--profile", "avx2"))
        self.assertNotIn(self.FUSED, self.plan("--profile", "mali"))
        self.assertNotIn(self.FUSED, self.plan("--profile", "avx2", "--passes", "-fuse_inverted_residual"))
        board = self.write("board.yaml", PROFILE)
        self.assertNotIn(self.FUSED, self.plan("--profile", board))
        cached = self.write("cached.yaml", PROFILE + "local_is_cache: true\n")
        self.assertIn(self.FUSED, self.plan("--profile", cached))

    def test_graphs_in_the_middle(self):
        dump = ("--dump-after", "fuse_inverted_residual")
        self.assertNotIn(self.FUSED, self.plan(*dump))
        self.assertIn(self.FUSED, self.plan(*dump, "--profile", "avx2"))


class Passes(PlanTest):
    def paths(self, *args):
        return [line.split()[1] for line in self.plan(*args).splitlines()[1:-2]]

    def test_left_out(self):
        self.assertEqual(self.paths(), ["act", "pool", "fc"])
        self.assertEqual(self.paths("--passes", f"-{FUSE}"), ["bn", "act", "pool", "fc"])
        self.assertEqual(self.paths(f"--passes=-{FUSE}", "--passes", f"-{FOLD}", "--passes", "-split_batch_norm"),
                         ["conv", "bn", "act", "pool", "fc"])
        self.assertEqual(self.paths("--passes", "none"), ["conv", "bn", "act", "pool", "fc"])
        self.assertEqual(self.plan("--passes", "none"),
                         self.plan(*(f"--passes=-{name}" for name in reversed(self.passes()) for _ in range(2))))

    def test_every_command_that_rewrites(self):
        rows = self.json("verify", self.model, "--all", "--passes", "none")["values"]
        self.assertEqual([row["path"] for row in rows], ["conv", "bn", "act", "pool", "fc"])
        self.assertEqual([row["path"] for row in self.json("verify", self.model, "--all")["values"]],
                         ["act", "pool", "fc"])
        rows = self.json("profile", self.model, "--runs", "1", "--passes", f"-{FUSE}")
        self.assertEqual([row["path"] for row in rows], ["bn", "act", "pool", "fc"])
        wide, narrow = (self.json("summary", "base16_msff", *args)["feature_bytes"] for args in (("--passes", "none"), ()))
        self.assertGreater(wide, narrow)
        for command in (("run", "--weights", "seeded", "--tensor", self.tensor), ("bench", "--runs", "1")):
            self.ingot(command[0], self.model, *command[1:], "--passes", "none")
            self.ingot(command[0], self.model, *command[1:], "--passes", "-no_such_pass", code=64)

    def test_mistakes(self):
        for command in ("plan", "summary", "verify", "profile", "bench"):
            err = self.ingot(command, self.model, "--passes", f"-{FOLD}s", code=64)[1]
            self.assertIn(f"did you mean '{FOLD}'?", err)
        self.assertIn("--passes -remove_dead?", self.ingot("plan", self.model, "--passes", "remove_dead", code=64)[1])
        self.assertIn("ingot help passes", self.ingot("plan", self.model, "--passes", "all", code=64)[1])
        self.ingot("plan", self.model, "--passes", "-", code=64)

    def test_list(self):
        names = self.passes()
        self.assertGreater(len(names), 3)
        self.assertLess(names.index(FOLD), names.index(FUSE))

    def test_dump_after(self):
        for model in ("fastvit_sa12", "resnet18", self.model):
            for name in self.passes():
                text = self.ingot("plan", model, "--dump-after", name)[0]
                dumped = self.write("dumped.yaml", text)
                self.assertEqual(self.ingot("plan", dumped, "--dump-after", name)[0], text)
        self.assertIn("op: relu", self.ingot("plan", self.model, "--dump-after", FOLD)[0])
        self.assertNotIn("op: relu", self.ingot("plan", self.model, "--dump-after", FUSE)[0])
        # All passes over what some have left is all passes.
        dumped = self.write("dumped.yaml", self.ingot("plan", self.model, "--dump-after", FOLD)[0])
        self.assertEqual(self.ingot("plan", dumped, "--profile", "mali")[0].splitlines()[:-1],
                         self.plan().splitlines()[:-1])

    def test_dump_after_the_last_is_what_is_planned(self):
        last = self.passes()[-1]
        for model in ("faster_rcnn", "multitask", "mobileone_s0", "edgenext_small", "cyclegan_g6"):
            dumped = self.write("dumped.yaml", self.ingot("plan", model, "--dump-after", last)[0])
            a = self.json("plan", model, "--profile", "nvidia")
            b = self.json("plan", dumped, "--profile", "nvidia", "--passes", "none")
            self.assertEqual((a["hash"], a["steps"]), (b["hash"], b["steps"]), model)

    def test_dump_after_mistakes(self):
        self.assertIn(f"'{FUSE}'", self.ingot("plan", self.model, "--dump-after", f"{FUSE}s", code=64)[1])
        self.ingot("plan", self.model, "--dump-after", "remove_dead", "--passes", "-remove_dead", code=64)
        self.ingot("plan", self.model, "--dump-after", "remove_dead", "--format", "json", code=64)


class Diff(PlanTest):
    KEYS = ["equal", "a", "b", "removed", "added", "changed", "moved", "placed", "same", "totals", "changes"]
    ROW = ["change", "path", "step_a", "step_b", "field", "a", "b"]

    def changes(self, a, b, code=1):
        got = self.json("diff", a, b, code=code)
        self.assertEqual(list(got), self.KEYS)
        self.assertTrue(all(list(row) == self.ROW for row in got["changes"]))
        self.assertEqual(got["equal"], code == 0)
        return got

    def test_equal(self):
        a = self.saved("a.plan")
        self.assertEqual(self.ingot("diff", a, a)[0], "the plans are equal: 3 steps\n")
        got = self.changes(a, a, code=0)
        self.assertEqual((got["same"], got["changes"], got["totals"]), (3, [], []))
        with open(a, "rb") as file:
            self.ingot("diff", a, "-", stdin=file)

    def test_a_pass_less(self):
        a, b = self.saved("a.plan"), self.saved("b.plan", "--passes", f"-{FUSE}")
        out = self.ingot("diff", a, b, code=1)[0]
        self.assertRegex(out, r"(?m)^\+ bn conv2d_")
        self.assertRegex(out, r"(?m)^~ act\n    kernel conv2d_")
        self.assertRegex(out, r"(?m)^0 steps removed, 1 added, 1 changed, 0 moved, ")
        self.assertRegex(out, r"(?m)^steps 3 -> 4 \(\+33\.3 %\)$")
        self.assertRegex(self.ingot("diff", b, a, code=1)[0], r"(?m)^- bn conv2d_")
        got = self.changes(a, b)
        self.assertEqual((got["removed"], got["added"], got["changed"]), (0, 1, 1))
        self.assertEqual([row["path"] for row in got["changes"] if row["change"] == "added"], ["bn"] * 5)
        self.assertIn({"name": "steps", "a": "3", "b": "4"}, got["totals"])
        rows = list(csv.DictReader(io.StringIO(self.ingot("diff", a, b, "--format", "csv", code=1)[0])))
        self.assertEqual(list(rows[0]), self.ROW)

    def test_memory(self):
        """An offset in one step."""
        text = self.plan()
        line = text.splitlines()[2]
        a, b = self.write("a.plan", text), self.write("b.plan", text.replace(line, line.replace("in=0:", "in=0:9")))
        out = self.ingot("diff", a, b, code=1)[0]
        self.assertNotIn("~", out)
        self.assertIn("1 only elsewhere in memory, 2 the same", out)
        self.assertRegex(self.ingot("diff", a, b, "--memory", code=1)[0], r"~ pool\n    memory in=0:\d+")
        got = self.changes(a, b)
        self.assertEqual([(row["change"], row["path"], row["field"]) for row in got["changes"]],
                         [("placed", "pool", "memory")])

    def build(self, name, *steps):
        lines = [f"{i} {path} k<f32> default groups=1x1x1 local=1x1x1 in=0:0+4" for i, path in enumerate(steps)]
        return self.write(name, "\n".join([f"plan of x for y (z), input 1x1, {len(steps)} steps", *lines,
                                           f"totals steps={len(steps)}", ""]))

    def test_order_and_repeats(self):
        """A path that several steps have pairs them in their order; what moved is the least that has to."""
        for a, b, expected in (("a b c d e", "a c d b e", [("moved", "b", 1, 3)]),
                               ("a b c", "c a b", [("moved", "c", 2, 0)]),
                               ("a p p p b", "a p p b", [("removed", "p", 3, None)]),
                               ("a p b", "a p p b", [("added", "p", None, 2)]),
                               ("x a y b z", "a b", [("removed", "x", 0, None), ("removed", "y", 2, None),
                                                     ("removed", "z", 4, None)]),
                               ("a", "b", [("removed", "a", 0, None), ("added", "b", None, 0)]),
                               ("", "a", [("added", "a", None, 0)])):
            got = self.changes(self.build("a.plan", *a.split()), self.build("b.plan", *b.split()))
            rows = {(row["change"], row["path"], row["step_a"], row["step_b"]) for row in got["changes"]}
            self.assertEqual(rows, set(expected), f"{a} / {b}")
        out = self.ingot("diff", self.build("a.plan", "a", "b"), self.build("b.plan", "b", "a"), code=1)[0]
        self.assertRegex(out, r"~ \w is step \d instead of \d")

    def test_another_device(self):
        a = self.saved("a.plan")
        b = self.write("b.plan", self.ingot("plan", self.model, "--profile", "adreno")[0])
        out = self.ingot("diff", a, b, code=1)[0]
        self.assertRegex(out, r"^--- plan of tiny for Mali.*\n\+\+\+ plan of tiny for QUALCOMM")

    def test_bad_files(self):
        text = self.plan()
        good = self.write("good.plan", text)
        lines = text.splitlines(keepends=True)
        for content, place in (("", "bad.plan"), ("nonsense\n", "bad.plan:1"), (lines[0], "bad.plan:1"),
                               ("".join(lines[:3]), "bad.plan:3"), ("".join(lines[:-1]), "bad.plan:5"),
                               ("".join(lines[:2] + lines[3:]), "bad.plan:3"),
                               ("".join([lines[0], "0 act\n"]), "bad.plan:2"),
                               (text.replace(" default ", " ", 1), "bad.plan:2"),
                               (text.replace("groups=", "group=", 1), "bad.plan:2"),
                               (text.replace("local=1", "local", 1), "bad.plan:2"),
                               (text.replace("steps=3", "steps", 1), "bad.plan:6"),
                               (text[:-1], "bad.plan:6"), (text + "more\n", "bad.plan:7"), (text + text, "bad.plan:7"),
                               (text.replace("tiny", "ti\0ny"), "bad.plan"), (b"\xff\xfe" * 900, "bad.plan"),
                               ("plan of x, 1\n" + "9" * 100_000, "bad.plan:2")):
            bad = self.write("bad.plan", content)
            for pair in ((bad, good), (good, bad)):
                self.assertIn(place, self.ingot("diff", *pair, code=65)[1])
        for cut in range(0, len(text) - 1, 41):
            self.ingot("diff", good, self.write("bad.plan", text[:cut]), code=65)
        self.assertIn("ingot plan", self.ingot("diff", good, "resnet18", code=66)[1])
        self.ingot("diff", good, self.path, code=65)
        self.ingot("diff", "-", "-", code=64)
        self.ingot("diff", good, code=64)

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_permission(self):
        good = self.saved("good.plan")
        os.chmod(good, 0)
        self.ingot("diff", good, good, code=77)


if __name__ == "__main__":
    unittest.main()
