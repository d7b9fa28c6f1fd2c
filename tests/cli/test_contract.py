"""The contract of the command: names, keys and files that scripts depend on."""
import csv
import io
import json
import os
import re
import unittest

from command import CommandTest, elems, npy, read_npy

COMMANDS = ("devices", "models", "summary", "plan", "diff", "run", "verify", "profile", "bench", "probe", "doctor", "help",
            "version")
KINDS = {"conv_weight", "conv_bias", "linear_weight", "linear_bias", "norm_weight", "norm_bias", "running_mean",
         "running_var", "other"}


class Help(CommandTest):
    def test_every_command_has_help_with_examples(self):
        overview = self.ingot("help")[0]
        for command in COMMANDS:
            self.assertIn(f"\n  {command} ", overview)
            text = self.ingot(command, "--help")[0]
            self.assertIn("\nexamples:\n", text)
            self.assertIn(f"  ingot {command}", text)
            self.assertEqual(text, self.ingot("help", command)[0])

    def test_examples_name_models_that_exist(self):
        texts = [self.ingot("help")[0]] + [self.ingot(command, "--help")[0] for command in COMMANDS]
        models = set(re.findall(r"^  ingot (?:summary|plan|run|verify|profile|bench) ([a-z]\w*)", "\n".join(texts), re.M))
        self.assertGreater(len(models), 3)
        for model in models:
            self.ingot("summary", model)

    def test_exit_codes(self):
        text = self.ingot("help", "exit-codes")[0]
        for code in (0, 1, 64, 65, 66, 69, 70, 71, 73, 74, 77, 130):
            self.assertRegex(text, rf"(?m)^ *{code}  ")

    def test_version(self):
        self.assertRegex(self.ingot("version")[0], r"^ingot \d+\.\d+\.\d+\n$")
        self.assertEqual(self.ingot("--version")[0], self.ingot("version")[0])

    def test_usage_errors_name_the_nearest(self):
        self.assertIn("--format", self.ingot("summary", "resnet18", "--formt", "json", code=64)[1])
        self.assertIn("`ingot summary`", self.ingot("sumary", code=64)[1])
        self.assertIn("resnet18", self.ingot("summary", "resnet_18", code=66)[1])
        self.ingot(code=64)
        self.ingot("summary", code=64)
        self.ingot("summary", "a", "b", code=64)
        self.ingot("summary", "resnet18", "--format", code=64)
        self.ingot("summary", "resnet18", "--format=xml", code=64)
        self.ingot("summary", "resnet18", "--shape", "1,3,0,5", code=64)
        self.ingot("summary", "resnet18", "--quiet=yes", code=64)
        self.ingot("summary", "resnet18", "--set", "classes", code=64)
        self.ingot("summary", "resnet18", "--set", "clases=6", code=64)
        self.ingot("bench", "--runs", "0", code=64)
        self.ingot("help", "nothing", code=64)


class Models(CommandTest):
    KEYS = ["name", "paper", "task", "params", "macs", "shape", "weights", "doc"]
    SOURCE = "source: A. Author et al., Journal 22(24), 9845"

    def zoo(self, **files):
        """A zoo of copies of tiny.yaml: name of the file -> what replaces its line `name: tiny`."""
        for name, lines in files.items():
            path = self.path / "zoo" / f"{name.replace('__', '/')}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(self.model, encoding="ascii") as file:
                path.write_text(file.read().replace("name: tiny", lines))
        self.env["INGOT_MODELS"] = str(self.path / "zoo")

    def test_zoo(self):
        rows = self.json("models", "rkd_sarsn/", "neu/", "mobilesteelnet/")
        self.assertEqual([list(row) for row in rows], [self.KEYS] * len(rows))
        names = [(row["paper"], row["name"]) for row in rows]
        self.assertEqual(names, sorted(names))
        self.assertEqual({row["paper"] for row in rows}, {"mobilesteelnet", "neu", "rkd_sarsn"})
        one = next(row for row in rows if row["name"] == "sarsn34")
        got = self.json("summary", "sarsn34")
        self.assertEqual((one["params"], one["macs"], one["shape"]), (got["params"], got["macs"], got["input"]["shape"]))
        self.assertEqual((one["paper"], one["task"], one["weights"]), ("rkd_sarsn", "classification", "seeded"))
        self.assertEqual([row["name"] for row in rows if row["weights"] == "shipped"], ["neu_resnet18"])

    def test_selection(self):
        names = {row["name"] for row in self.json("models", "sarsn", "neu_")}
        self.assertLessEqual({"sarsn34", "sarsn50", "sarsn101", "neu_resnet18"}, names)
        self.assertNotIn("resnet18", names)
        self.assertEqual({row["paper"] for row in self.json("models", "ilcs/")}, {"ilcs"})
        out, err = self.ingot("models", "sarsn", "sarsn_43", code=66)
        self.assertEqual(out, "")
        self.assertIn("sarsn_43", err)
        self.assertIn("did you mean sarsn", err)

    def test_formats(self):
        rows = list(csv.DictReader(io.StringIO(self.ingot("models", "sarsn34", "--format=csv")[0])))
        self.assertEqual([list(row) for row in rows], [self.KEYS[:-1]])
        self.assertEqual((rows[0]["name"], rows[0]["shape"]), ("sarsn34", "1x3x64x64"))
        text = self.ingot("models", "sarsn34", "neu_resnet18")[0]
        self.assertRegex(text, r"(?s)^## neu\n\n.*\n\n\| name .*\n\| neu_resnet18 .*\n\n## rkd_sarsn\n\n.*\n\| sarsn34 ")

    def test_titles(self):
        self.zoo(a__x=f"name: x\n{self.SOURCE}, Table 3; a reading (see R1, R2)\ndoc: one",
                 a__y=f"name: y\n{self.SOURCE} (comparison network, reading A)", a__z="name: z",
                 b__w=f"name: w\n{self.SOURCE} (comparison network); torchvision", top="name: top")
        text = self.ingot("models", "a/", "b/", "top")[0]
        title = self.SOURCE.replace("source: ", "")
        self.assertIn(f"## a\n\n{title}\n\n|", text)
        self.assertIn(f"## b\n\n{title} (comparison network)\n\n|", text)
        self.assertRegex(text, r"^## other\n\n\| name.*\n.*\n\| top ")
        got = {row["name"]: row for row in self.json("models", "a/", "top")}
        self.assertEqual((got["x"]["doc"], got["y"]["doc"], got["top"]["paper"]), ("one", None, None))

    def test_names(self):
        """The listing has one row for a name: the file that the name stands for."""
        self.zoo(b__twin="name: twin", a__twin="name: twin", a__sarsn34="name: mine", blocks__part="name: part")
        out, err = self.ingot("models", "twin", "sarsn34", "--format", "json")
        self.assertEqual([(row["paper"], row["name"]) for row in json.loads(out)], [("a", "sarsn34"), ("a", "twin")])
        self.assertRegex(err, "warning: .*zoo/b/twin.yaml cannot be named: .*zoo/a/twin.yaml")
        self.assertEqual(self.ingot("models", "twin", "--quiet")[1], "")
        self.ingot("models", "part", code=66)

    def test_description_that_does_not_load(self):
        self.zoo(p__good="name: good", p__bad="nome: bad", q__worse="name: [worse]")
        out, err = self.ingot("models", "p/", "q/", "--format", "json", code=65)
        self.assertEqual([row["name"] for row in json.loads(out)], ["good"])
        self.assertRegex(err, r"p/bad.yaml:2:1: error: (?s:.*)bad is not listed(?s:.*)q/worse.yaml:2:")
        self.assertNotIn("## q", self.ingot("models", "p/", "q/", code=65)[0])

    def test_usage(self):
        self.assertIn("--format", self.ingot("models", "--formt", "csv", code=64)[1])
        self.ingot("models", "--format", "xml", code=64)
        self.ingot("models", "--set", "classes=6", code=64)
        self.ingot("models", "--device", "ref", code=64)


class Summary(CommandTest):
    KEYS = ["model", "input", "outputs", "params", "buffers", "macs", "flops", "weight_bytes", "feature_bytes",
            "feature_bytes_lower_bound", "feature_bytes_unshared", "feature_bytes_unshared_folded", "planned_for", "count",
            "parameters", "layers"]
    FIGURES = {"mobilesteelnet": (8438535, 29134016512), "resnet18": (11179590, 1813564416),
               "mobilenet_v2": (2231558, 299501952), "sarsn34": (23810118, 4640107520),
               "mobilenet_v1": (3203206, 567722496)}

    def test_figures(self):
        for model, (params, macs) in self.FIGURES.items():
            got = self.json("summary", model, "--set", "classes=6")
            self.assertEqual(list(got), self.KEYS)
            self.assertEqual((got["model"], got["params"], got["macs"]), (model, params, macs))

    def test_counting_rules(self):
        batch = ("summary", "resnet50", "--set", "classes=1000", "--shape", "8,3,224,224", "--count", "thop")
        got = self.json(*batch)
        self.assertEqual(got["count"], {"rule": "thop", "per": "batch", "total": 8 * 4133742592, "giga_unit": "10^9",
                                        "giga": 8 * 4.133742592})
        self.assertEqual(sum(layer["count"] for layer in got["layers"]), got["count"]["total"])
        got = self.json(*batch, "--per", "image", "--giga", "2^30")["count"]
        self.assertEqual((got["total"], got["giga_unit"]), (4133742592, "2^30"))
        self.assertAlmostEqual(got["giga"], 4133742592 / 2**30)
        self.assertIn("thop", self.ingot("summary", "resnet50", "--count", "thopp", code=64)[1])

    def test_parts_add_up(self):
        got = self.json("summary", "resnet18")
        self.assertEqual(set(got["input"]), {"name", "shape"})
        self.assertEqual([set(o) for o in got["outputs"]], [{"name", "shape"}])
        self.assertTrue(all(set(p) == {"name", "shape", "kind"} and p["kind"] in KINDS for p in got["parameters"]))
        running = [p for p in got["parameters"] if p["kind"].startswith("running")]
        self.assertEqual(sum(elems(p["shape"]) for p in running), got["buffers"])
        total = sum(elems(p["shape"]) for p in got["parameters"])
        self.assertEqual(total, got["params"] + got["buffers"])
        self.assertEqual(sum(layer["params"] for layer in got["layers"]), got["params"])
        self.assertEqual(sum(layer["macs"] for layer in got["layers"]), got["macs"])
        self.assertGreaterEqual(got["feature_bytes"], got["feature_bytes_lower_bound"])
        self.assertGreater(got["feature_bytes_lower_bound"], 0)
        self.assertEqual(got["weight_bytes"], 4 * total)

    def test_overrides(self):
        self.assertEqual(self.json("summary", self.model, "--set=classes=9")["outputs"],
                         [{"name": "logits", "shape": [1, 9]}])
        self.assertEqual(self.json("summary", "sarsn34", "--shape", "3,3,45,37")["input"]["shape"], [3, 3, 45, 37])

    def test_tables(self):
        rows = list(csv.DictReader(io.StringIO(self.ingot("summary", self.model, "--format=csv")[0])))
        self.assertEqual([row["path"] for row in rows], ["conv", "bn", "act", "pool", "fc"])
        self.assertEqual(rows[0]["output"], "1x4x8x8")
        text = self.ingot("summary", self.model)[0]
        for word in ("| conv ", "params ", "MACs ", "FLOPs ", "weight bytes ", "feature bytes "):
            self.assertIn(word, text)

    def test_models_folder(self):
        folder = self.path / "zoo" / "paper"
        folder.mkdir(parents=True)
        os.rename(self.model, folder / "tiny.yaml")
        self.assertEqual(self.json("summary", "tiny", env={"INGOT_MODELS": str(self.path / "zoo")})["model"], "tiny")


class Run(CommandTest):
    def run_tensor(self, *more, **keys):
        return self.ingot("run", self.model, "--weights", "seeded", "--tensor", self.tensor, *more, **keys)

    def test_outputs_and_taps(self):
        a, b, tap = (str(self.path / name) for name in ("a.npy", "b.npy", "act.npy"))
        self.run_tensor("--output", f"logits={a}", "--output", b, "--tap", f"act={tap}")
        shape, logits = read_npy(a)
        self.assertEqual(shape, [1, 6])
        self.assertEqual((shape, logits), read_npy(b))
        shape, values = read_npy(tap)
        self.assertEqual(shape, [1, 4, 8, 8])
        self.assertGreaterEqual(min(values), 0)

    def test_tensor_sets_the_shape(self):
        self.tensor = self.write("big.npy", npy([3, 3, 9, 5], [0.5] * 405))
        out = str(self.path / "out.npy")
        self.run_tensor("--output", out)
        self.assertEqual(read_npy(out)[0], [3, 6])
        self.run_tensor("--shape", "3,3,9,5")
        self.assertIn("3x3x9x5", self.run_tensor("--shape", "1,3,8,8", code=64)[1])

    def test_devices_agree(self):
        devices = self.ingot("devices", "--format", "json", code=0)[0] if self.have_device() else "[]"
        for device in json.loads(devices):
            a, b = str(self.path / "a.npy"), str(self.path / "b.npy")
            self.run_tensor("--output", a, "--device", "ref")
            self.run_tensor("--output", b, "--device", device["id"])
            want, got = read_npy(a)[1], read_npy(b)[1]
            self.assertLess(max(abs(x - y) for x, y in zip(want, got)), 1e-4 * max(map(abs, want)))

    def have_device(self):
        try:
            self.ingot("devices")
        except AssertionError:
            return False
        return True

    def test_no_weights(self):
        self.assertIn("--weights", self.ingot("run", self.model, "--tensor", self.tensor, code=64)[1])

    def test_formats(self):
        top = json.loads(self.run_tensor("--format", "json", "--top", "2")[0])
        self.assertEqual([len(entry["top"]) for entry in top], [2])
        self.assertEqual(set(top[0]["top"][0]), {"class", "label", "probability", "score"})
        rows = list(csv.DictReader(io.StringIO(self.run_tensor("--format", "csv", "--top", "100")[0])))
        self.assertEqual(len(rows), 6)
        self.assertAlmostEqual(sum(float(row["probability"]) for row in rows), 1, 4)

    def test_timing(self):
        out, err = self.run_tensor("--timing")
        for phase in ("load", "passes", "plan", "device open", "build", "pack", "upload", "first run", "total"):
            self.assertRegex(err, rf"(?m)^timing: {phase} +[0-9.]+ ms$")
        self.assertNotIn("timing", out)

    def test_names_that_do_not_exist(self):
        out = str(self.path / "out.npy")
        self.assertIn("logits", self.run_tensor("--output", f"logit={out}", code=64)[1])
        self.assertIn("conv", self.run_tensor("--tap", f"convv={out}", code=64)[1])
        self.run_tensor("--tap", out, code=64)
        self.assertFalse(os.path.exists(out))


class Verdicts(CommandTest):
    BENCH_KEYS = {"model", "shape", "batch", "device", "driver", "verified", "max_rel_error", "median_ms", "p95_ms",
                  "spread", "runs", "fps", "macs", "params", "gflops"}

    def test_verify(self):
        got = self.json("verify", self.model, "--all")
        self.assertTrue(got["verified"])
        self.assertEqual(got["compared"], len(got["values"]))
        self.assertGreater(got["compared"], 0)

    def test_verify_fails(self):
        shape = ("--shape", "1,3,16,16")
        out, err = self.ingot("verify", "sarsn34", *shape, "--tolerance", "1e-15", code=1)
        self.assertIn("FAILED", out)
        self.assertIn("first bad value", err)

    def test_verify_each_pass(self):
        rows = self.json("verify", "mobileone_s0", "--shape", "1,3,32,32", "--weights", "seeded", "--each-pass")
        choices = [row["passes"] for row in rows]
        self.assertEqual(choices[:2], ["all", "none"])
        self.assertIn("-merge_branches", choices)
        self.assertNotIn("-fuse_attention", choices)
        self.assertTrue(all(row["verified"] and row["compared"] > 0 for row in rows))
        out, _ = self.ingot("verify", self.model, "--each-pass", "--tolerance", "1e-15", "--format", "csv", code=1)
        self.assertIn("all,false", out)
        self.ingot("verify", self.model, "--each-pass", "--all", code=64)

    def test_bench(self):
        rows = self.json("bench", self.model, "--runs", "3")
        self.assertEqual(len(rows), 1)
        self.assertLessEqual(self.BENCH_KEYS, set(rows[0]))
        self.assertIs(rows[0]["verified"], True)
        self.assertEqual((rows[0]["runs"], rows[0]["batch"], rows[0]["shape"]), (3, 1, [1, 3, 8, 8]))
        self.assertGreater(rows[0]["median_ms"], 0)

    def test_bench_row_without_a_time(self):
        bad = self.write("bad.yaml", "ingot: 1\n")
        out, _ = self.ingot("bench", self.model, bad, "--runs", "2", "--format", "json", code=65)
        good, failed = json.loads(out)
        self.assertTrue(good["verified"])
        self.assertFalse(failed["verified"])
        self.assertIsNone(failed["median_ms"])
        self.assertIn("FAILED", self.ingot("bench", bad, code=65)[0])

    def test_bench_remembers(self):
        env = {"INGOT_DEVICE": ""}
        if not self.any_device(env):
            self.skipTest("no OpenCL device")
        shown = [self.json("bench", self.model, "--runs", "2", *more, env=env)[0]["remembered"]
                 for more in ((), (), ("--no-remember",), ("--shape", "2,3,8,8"))]
        self.assertEqual(shown, [False, True, False, False])
        self.assertIn("| remembered", self.ingot("bench", self.model, "--runs", "2", env=env)[0])

    def any_device(self, env):
        try:
            return self.json("devices", env=env)
        except AssertionError:
            return []

    def test_profile(self):
        trace = str(self.path / "t.json")
        rows = self.json("profile", self.model, "--runs", "2", "--trace", trace)
        self.assertLessEqual({"path", "op", "kernel", "median_ms", "share", "gflops", "gbytes_per_s"}, set(rows[0]))
        with open(trace, encoding="ascii") as file:
            events = json.load(file)["traceEvents"]
        self.assertEqual(sum(event["ph"] == "X" for event in events), len(rows))

    def test_doctor(self):
        got = self.json("doctor", "--device", "ref")
        self.assertTrue(got["ok"])
        self.assertTrue(all(set(check) == {"check", "result", "detail"} for check in got["checks"]))


if __name__ == "__main__":
    unittest.main()
