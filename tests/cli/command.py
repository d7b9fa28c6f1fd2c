"""What the tests of the command share: running it, and making the files they feed it. Standard library only."""
import json
import os
import pathlib
import re
import struct
import subprocess
import tempfile
import unittest
import zlib

INGOT = os.environ.get("INGOT", "build/cli/ingot")

# A leak whose allocation ingot asked for, at most one library call away. OpenCL drivers leak on their own account, and
# once unloaded they cannot be told by name.
OWN_LEAK = re.compile(r"leak of .*\n.*\n(?:.*\n)? *#[12] 0x\w+ in \w+ (?:\S*/ingot\+|/\S+\.c:)")

TINY = """\
ingot: 1
name: tiny
params:
  classes: {default: 6, min: 1, max: 1000, doc: number of classes}
input:
  name: input
  shape: [1, 3, 8, 8]
  image: {color: rgb, resize: bilinear, scale: 0.00392156862745098}
layers:
  - {op: conv2d, name: conv, out: 4, kernel: 3, pad: 1}
  - {op: batch_norm, name: bn}
  - {op: relu, name: act}
  - {op: reduce_mean, name: pool, axes: [2, 3]}
  - {op: linear, name: fc, out: classes}
outputs: {logits: fc}
"""

TINY_PARAMS = {"conv.weight": [4, 3, 3, 3], "bn.weight": [4], "bn.bias": [4], "bn.running_mean": [4],
               "bn.running_var": [4], "fc.weight": [6, 4], "fc.bias": [6]}


def elems(shape):
    count = 1
    for extent in shape:
        count *= extent
    return count


def npy(shape, values, dtype="<f4", fortran=False):
    head = "{'descr': '%s', 'fortran_order': %s, 'shape': (%s,), }" % (dtype, fortran, ", ".join(map(str, shape)))
    head += " " * (-(len(head) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + struct.pack(f"<{len(values)}f", *values)


def read_npy(path):
    data = pathlib.Path(path).read_bytes()
    assert data[:8] == b"\x93NUMPY\x01\x00", "not npy version 1.0"
    length = struct.unpack("<H", data[8:10])[0]
    head = eval(data[10:10 + length].decode(), {"__builtins__": {}})  # a literal by the format's definition
    assert head["descr"] == "<f4" and head["fortran_order"] is False
    body = data[10 + length:]
    return list(head["shape"]), list(struct.unpack(f"<{len(body) // 4}f", body))


def safetensors(entries, body):
    """entries: name -> (dtype, shape, begin, end)."""
    head = json.dumps({name: {"dtype": d, "shape": s, "data_offsets": [b, e]} for name, (d, s, b, e) in entries.items()})
    return struct.pack("<Q", len(head)) + head.encode() + body


def tiny_entries():
    entries, at = {}, 0
    for name, shape in TINY_PARAMS.items():
        entries[name] = ("F32", shape, at, at + 4 * elems(shape))
        at = entries[name][3]
    return entries, at


def png(width, height, bits=8, color=2, rows=None):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    channels = {0: 1, 2: 3, 6: 4}[color]
    if rows is None:
        line = bytes(range(256)) * (width * channels * bits // 8 // 256 + 1)
        rows = b"".join(b"\0" + line[y % 7:y % 7 + width * channels * bits // 8] for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, color, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class CommandTest(unittest.TestCase):
    """Each test has an empty folder, its own cache, and a tiny model with its weights and input."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="ingot-test-")
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)
        self.env = dict(os.environ, INGOT_CACHE_DIR=str(self.path / "cache"),
                        INGOT_DATA_DIR=str(self.path / "data"), INGOT_DEVICE="ref",
                        LSAN_OPTIONS="exitcode=0")
        self.model = self.write("tiny.yaml", TINY)
        self.tensor = self.write("in.npy", npy([1, 3, 8, 8], [i % 11 / 11 for i in range(192)]))

    def write(self, name, content):
        path = self.path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    def ingot(self, *args, code=0, timeout=120, **more):
        """Runs the command and holds it to the exit code, and to the manner of its errors."""
        env = dict(self.env, **more.pop("env", {}))
        result = subprocess.run([INGOT, *map(str, args)], capture_output=True, timeout=timeout, env=env, check=False,
                                **more)
        out, err = result.stdout.decode(errors="replace"), result.stderr.decode(errors="replace")
        shown = f"ingot {' '.join(map(str, args))}\nexit code {result.returncode}\n{out[-2000:]}\n{err[-4000:]}"
        self.assertEqual(result.returncode, code, shown)
        self.assertNotIn("AddressSanitizer:DEADLYSIGNAL", err, shown)
        self.assertNotIn("ERROR: AddressSanitizer", err, shown)
        self.assertIsNone(OWN_LEAK.search(err), shown)
        self.assertNotIn("runtime error", err, shown)
        if code not in (0, 1):
            self.assertIn("ingot: ", err, shown)
            self.assertIn("error: ", err, shown)
        self.assertEqual(list(self.path.rglob("*.tmp")), [], "a temporary file was left behind")
        return out, err

    def json(self, *args, **more):
        return json.loads(self.ingot(*args, "--format", "json", **more)[0])


class DeviceTest(CommandTest):
    """On the first OpenCL device."""

    def setUp(self):
        super().setUp()
        self.env["INGOT_DEVICE"] = ""
        try:
            self.device = self.json("devices")[0]
        except (AssertionError, IndexError):
            self.skipTest("no OpenCL device")
        self.env["INGOT_DEVICE"] = self.device["id"]
