"""Everything that can be wrong with what the command is given ends in a clear error and the right exit code."""
import os
import resource
import signal
import subprocess
import time
import unittest

from command import INGOT, TINY, CommandTest, npy, png, safetensors, tiny_entries


class Yaml(CommandTest):
    def refuse(self, text, word=None, code=65):
        path = self.write("bad.yaml", text)
        begin = time.monotonic()
        _, err = self.ingot("summary", path, code=code)
        self.assertLess(time.monotonic() - begin, 20)
        if word:
            self.assertIn(word, err)
        return err

    def test_files(self):
        self.ingot("summary", self.path / "missing.yaml", code=66)
        self.ingot("summary", f"{self.path}/", code=65)
        self.refuse("")
        self.refuse("# nothing but a comment\n")
        self.refuse(bytes(range(256)) * 64)
        self.refuse(b"\xff\xfe\x00\x00" + TINY.encode("utf-16-le"))
        for cut in range(20, len(TINY) - 30, 37):
            self.refuse(TINY[:cut])

    def test_100_megabytes(self):
        self.refuse("ingot: 1\nname: tiny\n# " + "x" * 100_000_000)
        self.refuse("- a\n" * 25_000_000)

    def test_hostile(self):
        bomb = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))
        self.refuse("ingot: 1\n" + bomb)
        self.refuse("ingot: 1\nlayers: &a [*a]\n")
        self.refuse("ingot: 1\nlayers: " + "[" * 100_000)
        self.refuse("ingot: 1\nlayers: " + "{a: " * 20_000)
        self.refuse("ingot: 1\nlayers: !!python/object/apply:os.system [ls]\n")

    def test_wrong_content(self):
        place = ":"
        for old, new, word in (
                ("ingot: 1", "ingot: 2", None),
                ("name: tiny", "name: [tiny]", place),
                ("name: tiny", "name: tiny\nname: again", "again" and place),
                ("layers:", "layerz:", "layers"),
                ("kernel: 3", "kernl: 3", "kernel"),
                ("kernel: 3", "kernel: three", "bad.yaml:"),
                ("kernel: 3", "kernel: 99999999999999999999999", "bad.yaml:"),
                ("kernel: 3", "kernel: -3", "bad.yaml:"),
                ("kernel: 3, pad: 1", "kernel: 30", "bad.yaml:"),
                ("op: conv2d", "op: conv2e", "conv2d"),
                ("logits: fc", "logits: fd", "bad.yaml:"),
                ("[1, 3, 8, 8]", "[1, 3, 0, 8]", "bad.yaml:"),
                ("[1, 3, 8, 8]", "[1, 3, 3000000000, 3000000000]", "bad.yaml:"),
                ("[1, 3, 8, 8]", "[4611686018427387904, 4, 8, 8]", "bad.yaml:"),
                ("out: 4", "out: 4 / 0", "bad.yaml:"),
                ("out: 4", "out: 9223372036854775807 + 1", "bad.yaml:"),
                ("axes: [2, 3]", "axes: [2, 9]", "bad.yaml:"),
                ("name: act", "name: conv", "bad.yaml:")):
            self.assertIn(old, TINY)
            self.refuse(TINY.replace(old, new, 1), word)

    def test_include_cycle(self):
        self.refuse(TINY.replace("layers:", "include: [bad.yaml]\nlayers:", 1))
        self.refuse(TINY.replace("layers:", "include: [missing.yaml]\nlayers:", 1), "missing.yaml", 65)


class Weights(CommandTest):
    def refuse(self, content, word=None, code=65):
        path = self.write("w.safetensors", content)
        out = self.path / "out.npy"
        _, err = self.ingot("run", self.model, "--tensor", self.tensor, "--weights", path, "--output", out, code=code)
        self.assertFalse(out.exists(), "an output was written in spite of the error")
        if word:
            self.assertIn(word, err)

    def test_lies(self):
        entries, size = tiny_entries()
        body = bytes(size)
        good = safetensors(entries, body)
        self.ingot("run", self.model, "--tensor", self.tensor, "--weights", self.write("good.safetensors", good))
        self.refuse(b"")
        self.refuse(good[:4])
        self.refuse(good[:-1])
        self.refuse(b"\xff" * 8 + good[8:])
        self.refuse((2**62).to_bytes(8, "little") + good[8:])
        self.refuse((len(good)).to_bytes(8, "little") + good[8:])
        self.refuse(good[:8] + b"[" + good[9:])
        self.refuse(b"\x93NUMPY" * 10)

    def change(self, name, entry, word=None):
        entries, size = tiny_entries()
        entries[name] = entry
        self.refuse(safetensors(entries, bytes(size)), word)

    def test_entries(self):
        entries, size = tiny_entries()
        conv = entries["conv.weight"]
        self.change("conv.weight", ("F16", conv[1], conv[2], conv[3]), "conv.weight")
        self.change("conv.weight", ("F32", [4, 3, 3, 4], conv[2], conv[3]), "conv.weight")
        self.change("conv.weight", ("F32", [3, 4, 3, 3], conv[2], conv[3]), "conv.weight")
        self.change("bn.bias", ("F32", [4], conv[2], conv[2] + 16))
        self.change("bn.bias", ("F32", [4], size, size + 16))
        self.change("bn.bias", ("F32", [4], conv[3] + 16, conv[3]))
        self.change("bn.bias", ("F32", [4], -16, 0))
        self.change("bn.bias", ("F32", [2**62, 4], conv[3], conv[3] + 16))
        self.change("bn.bias", ("F32", "four", conv[3], conv[3] + 16))
        del entries["fc.bias"]
        self.refuse(safetensors(entries, bytes(size - 24)), "fc.bias")

    def test_files(self):
        self.ingot("run", self.model, "--tensor", self.tensor, "--weights", self.path / "none", code=66)
        self.ingot("run", self.model, "--tensor", self.tensor, "--weights", self.path, code=65)


class Tensors(CommandTest):
    def test_npy(self):
        values = [0.0] * 192
        good = npy([1, 3, 8, 8], values)
        for content in (b"", b"x" * 200, good[:60], good[:-4], good + b"\0", npy([1, 3, 8, 8], values, "<f8"),
                        npy([1, 3, 8, 8], values, fortran=True), npy([2**40, 2**40], []), npy([1, 3, 0, 8], []),
                        npy([1, 4, 8, 8], [0.0] * 256)[:-8]):
            path = self.write("bad.npy", content)
            self.ingot("run", self.model, "--weights", "seeded", "--tensor", path, code=65)
        self.ingot("run", self.model, "--weights", "seeded", "--tensor", self.path / "none.npy", code=66)
        self.ingot("run", self.model, "--weights", "seeded", "--tensor", self.write("rank.npy", npy([192], values)),
                   code=64)


class Images(CommandTest):
    def classify(self, *paths, code=0):
        return self.ingot("run", self.model, "--weights", "seeded", *paths, code=code)

    def test_good_ones(self):
        for name, content in (("one.png", png(1, 1)), ("deep.png", png(9, 7, bits=16)), ("gray.png", png(20, 30, color=0)),
                              ("alpha.png", png(12, 10, color=6)), ("p.pgm", b"P5 2 2 255\n\x01\x02\x03\x04")):
            out, _ = self.classify(self.write(name, content))
            self.assertEqual(out.count("\n"), 1)

    def test_bad_ones(self):
        good = png(16, 16)
        for name, content in (("empty.png", b""), ("text.jpg", b"no image at all\n" * 40), ("cut.png", good[:60]),
                              ("huge.png", png(100_000, 100_000, rows=b"\0" * 64)), ("wide.pgm", b"P5 2000000000 2 255\n"),
                              ("cut.jpg", bytes.fromhex("ffd8ffe000104a46494600010100000100010000"))):
            self.classify(self.write(name, content), code=65)
        self.classify(self.path / "none.png", code=66)
        self.assertIn("folder", self.classify(self.path, code=64)[1])

    def test_the_others_still_run(self):
        good, bad = self.write("good.png", png(8, 8)), self.write("bad.png", b"x")
        out, err = self.classify(bad, good, self.path / "none.png", good, code=65)
        self.assertEqual(out.count("good.png:"), 2)
        self.assertIn("bad.png", err)
        self.assertIn("none.png", err)
        target = self.path / "out.npy"
        self.ingot("run", self.model, "--weights", "seeded", "--shape", "2,3,8,8", good, bad, "--output", target,
                   code=65)
        self.assertFalse(target.exists())

    def test_cmyk(self):
        try:
            from PIL import Image
        except ImportError:
            self.skipTest("needs Pillow to make the file")
        path = str(self.path / "cmyk.jpg")
        Image.new("CMYK", (16, 16), (10, 20, 30, 40)).save(path)
        self.classify(path, code=69)


class Surroundings(CommandTest):
    def run_tensor(self, *more, **keys):
        return self.ingot("run", self.model, "--weights", "seeded", "--tensor", self.tensor, *more, **keys)

    def test_no_icd(self):
        empty = self.path / "no-vendors"
        empty.mkdir()
        env = {"OCL_ICD_VENDORS": f"{empty}/", "INGOT_DEVICE": ""}
        self.ingot("devices", code=69, env=env)
        self.assertIn("icd", self.ingot("doctor", code=69, env=env)[0])
        self.run_tensor(code=69, env=env)
        self.run_tensor("--device", "ref", env=env)
        self.ingot("summary", self.model, env=env)

    def test_unknown_device(self):
        for device in ("no such device", "99", "0:99", "99:0", ":", "-1"):
            self.run_tensor(f"--device={device}", code=69)
        self.run_tensor("--device=", code=64)

    def test_unwritable_cache(self):
        blocked = self.write("file", "not a folder")
        env = {"INGOT_CACHE_DIR": f"{blocked}/cache"}
        self.run_tensor(env=env)
        self.ingot("bench", self.model, "--runs", "2", env=env)
        self.assertIn("warning", self.ingot("doctor", "--device", "ref", env=env)[0])

    def test_outputs_that_cannot_be_created(self):
        self.run_tensor("--output", "/dev/full/x.npy", code=73)
        self.run_tensor("--output", "/dev/full", code=73)
        self.run_tensor("--output", self.path, code=73)
        self.run_tensor("--output", f"{self.path}/none/x.npy", code=73)
        self.ingot("profile", self.model, "--trace", "/dev/full", code=73)
        self.assertTrue(os.path.exists("/dev/full"))

    def test_full_disk(self):
        with open("/dev/full", "wb") as full:
            for args in (("help",), ("summary", "resnet18", "--format", "json"), ("version",)):
                result = subprocess.run([INGOT, *args], stdout=full, stderr=subprocess.PIPE, check=False)
                self.assertEqual(result.returncode, 74, result.stderr)
                self.assertIn(b"ingot: error: ", result.stderr)
        out = self.path / "out.npy"

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
        self.run_tensor("--output", out, code=74, preexec_fn=limit, restore_signals=False)
        self.assertFalse(out.exists())

    def test_closed_pipe(self):
        read_end, write_end = os.pipe()
        os.close(read_end)
        result = subprocess.run([INGOT, "help"], stdout=write_end, stderr=subprocess.PIPE, check=False)
        os.close(write_end)
        self.assertEqual(result.returncode, 74)

    def test_silence_in_a_pipe(self):
        self.assertEqual(self.run_tensor("--output", self.path / "o.npy")[1], "")

    def interrupt(self, *args):
        out = self.path / "out.npy"
        process = subprocess.Popen([INGOT, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.env)
        time.sleep(1.5)
        self.assertIsNone(process.poll(), "it ended before it could be interrupted")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 130, err)
        self.assertIn(b"interrupted", err.lower())
        self.assertFalse(out.exists())
        self.assertEqual(list(self.path.rglob("*.tmp")), [])

    def test_interrupt(self):
        big = self.write("big.npy", npy([1, 3, 256, 256], [0.25] * (3 * 256 * 256)))
        self.interrupt("run", "mobilesteelnet", "--weights", "seeded", "--tensor", big, "--output",
                       str(self.path / "out.npy"))
        self.interrupt("bench", "sarsn34", "--runs", "1000", "--seconds", "600")


if __name__ == "__main__":
    unittest.main()
