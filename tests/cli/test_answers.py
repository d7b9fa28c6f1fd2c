"""What `run` prints and writes for detectors, segmenters and generators: small networks whose weights are chosen here."""
import csv
import io
import json
import pathlib
import struct
import unittest
import zlib

from command import CommandTest, elems, npy, png, safetensors

WIDTH, HEIGHT = 16, 24  # of the picture: a network's input is 8 x 8

HEAD = """\
ingot: 1
name: {name}
task: {task}
input: {{name: input, shape: [1, 3, 8, 8], image: {{color: rgb}}}}
labels: [{labels}]
layers:
"""
ROWS = """\
  - {op: conv2d, name: det, in: input, out: 14, kernel: 1, stride: 4, bias: true}
  - {op: yolo_decode, name: rows, anchors: [4, 4, 4, 3], stride: 4}
"""
PLANES = "  - {op: conv2d, name: seg, in: input, out: 3, kernel: 1, bias: true}\n"
REGIONS = """\
  - {op: reduce_mean, name: pool, axes: [2, 3]}
  - {op: linear, name: b, out: 24}
  - {op: reshape, name: boxes, shape: [0, 2, 3, 4]}
  - {op: linear, name: s, in: pool, out: 6}
  - {op: reshape, name: scores, shape: [0, 2, 3]}
"""
# Objectness follows red: two anchors, the second less sure and three quarters as tall; class 0 is the better one.
DET = {"det.weight": [[8.0 if k == 4 else 0.0, 0, 0] for _ in range(2) for k in range(7)],
       "det.bias": [0, 0, 0, 0, -4, 2, -2, 0, 0, 0, 0, -5, 2, -2]}
# Class 1 is red, class 2 green.
SEG = {"seg.weight": [[0, 0, 0], [1, 0, 0], [0, 1, 0]], "seg.bias": [0.3, 0, 0]}
SHAPES = {"det.weight": [14, 3, 1, 1], "det.bias": [14], "seg.weight": [3, 3, 1, 1], "seg.bias": [3],
          "b.weight": [24, 3], "b.bias": [24], "s.weight": [6, 3], "s.bias": [6]}
# Two regions of background and two classes: one good box of each class, and one without an area.
REG = {"b.weight": [[0, 0, 0]] * 24, "s.weight": [[0, 0, 0]] * 6,
       "b.bias": [0, 0, 8, 8, 0, 0, 4, 4, 1, 1, 3, 5, 0, 0, 8, 8, 2, 2, 2, 2, 4, 4, 9, 8],
       "s.bias": [0.9, 0.8, 0.1, 0.9, 0.7, 0.6]}


def quadrants():
    """Upper right red, lower left green, the rest black."""
    row = lambda left, right: b"\0" + bytes(left) * (WIDTH // 2) + bytes(right) * (WIDTH // 2)
    upper, lower = row((0, 0, 0), (255, 0, 0)), row((0, 255, 0), (0, 0, 0))
    return png(WIDTH, HEIGHT, rows=upper * (HEIGHT // 2) + lower * (HEIGHT // 2))


def unfilter(data, width, height, step):
    def paeth(a, b, c):
        return min((a, b, c), key=lambda value: abs(a + b - c - value))
    rows, bytes_in_row = [], width * step
    above = bytes(bytes_in_row)
    for y in range(height):
        kind, row = data[y * (bytes_in_row + 1)], bytearray(data[y * (bytes_in_row + 1) + 1:(y + 1) * (bytes_in_row + 1)])
        for i in range(bytes_in_row):
            left, corner = (row[i - step], above[i - step]) if i >= step else (0, 0)
            guess = (0, left, above[i], (left + above[i]) // 2, paeth(left, above[i], corner))[kind]
            row[i] = (row[i] + guess) & 255
        rows.append(bytes(row))
        above = row
    return rows


def read_png(path):
    """Width, height, bytes of a pixel and the rows; every checksum is looked at."""
    data, at, chunks = pathlib.Path(path).read_bytes(), 8, {}
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        assert zlib.crc32(kind + body) == struct.unpack(">I", data[at + 8 + length:at + 12 + length])[0]
        chunks[kind] = body
        at += 12 + length
    width, height, bits, color = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    step = {0: 1, 2: 3}[color]
    assert bits == 8 and {b"IHDR", b"IDAT", b"IEND"} <= set(chunks)
    return width, height, step, unfilter(zlib.decompress(chunks[b"IDAT"]), width, height, step)


class AnswerTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.picture = self.write("picture.png", quadrants())

    def network(self, name, task, layers, outputs, weights, labels="scratch, patch"):
        text = HEAD.format(name=name, task=task, labels=labels) + layers + f"outputs: {{{outputs}}}\n"
        entries, body = {}, b""
        for key, values in weights.items():
            flat = [x for row in values for x in row] if isinstance(values[0], list) else values
            self.assertEqual(len(flat), elems(SHAPES[key]))
            entries[key] = ("F32", SHAPES[key], len(body), len(body) + 4 * len(flat))
            body += struct.pack(f"<{len(flat)}f", *flat)
        return self.write(f"{name}.yaml", text), "--weights", self.write(f"{name}.safetensors", safetensors(entries, body))

    def detector(self):
        return self.network("detector", "detection", ROWS, "detections: rows", DET)

    def segmenter(self, name="segmentation"):
        return self.network("segmenter", "segmentation", PLANES, f"{name}: seg", SEG, "background, scratch, patch")

    def multitask(self):
        return self.network("both", "multitask", PLANES + ROWS, "segmentation: seg, detections: rows", DET | SEG,
                            "background, scratch, patch")

    def corners(self, box):
        return [round(box[key], 3) for key in ("x1", "y1", "x2", "y2")]


class Detection(AnswerTest):
    def test_a_box_in_the_pictures_own_pixels(self):
        out = self.ingot("run", *self.detector(), self.picture)[0]
        self.assertRegex(out, rf"\A{self.picture}: scratch 0\.\d{{4}}, box 8\.0 0\.0 16\.0 12\.0\n\Z")

    def test_options(self):
        model = self.detector()
        both = self.json("run", *model, self.picture, "--iou", "0.8")[0]["boxes"]
        self.assertEqual([self.corners(box) for box in both], [[8, 0, 16, 12], [8, 1.5, 16, 10.5]])
        self.assertGreater(both[0]["score"], both[1]["score"])
        self.assertEqual(len(self.json("run", *model, self.picture, "--iou", "0.75")[0]["boxes"]), 2)  # equal: kept
        self.assertEqual(len(self.json("run", *model, self.picture, "--iou", "0.74")[0]["boxes"]), 1)
        self.assertEqual(self.json("run", *model, self.picture, "--conf", "0.99")[0]["boxes"], [])
        self.assertIn("no box", self.ingot("run", *model, self.picture, "--conf", "1")[0])
        self.assertEqual(len(self.json("run", *model, self.picture, "--conf", "0.001")[0]["boxes"]), 4)

    def test_formats(self):
        entry, = self.json("run", *self.detector(), self.picture)
        self.assertEqual(list(entry), ["image", "boxes"])
        self.assertEqual(list(entry["boxes"][0]), ["class", "label", "score", "x1", "y1", "x2", "y2"])
        self.assertEqual((entry["boxes"][0]["class"], entry["boxes"][0]["label"]), (0, "scratch"))
        text = self.ingot("run", *self.detector(), self.picture, self.picture, "--format", "csv")[0]
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual([row["kind"] for row in rows], ["box", "box"])
        self.assertEqual((rows[0]["image"], rows[0]["x2"], rows[0]["pixels"]), (self.picture, "16", ""))

    def test_regions(self):
        model = self.network("regions", "detection", REGIONS, "scores: scores, boxes: boxes", REG)
        boxes = self.json("run", *model, self.picture)[0]["boxes"]
        self.assertEqual([(box["label"], box["class"], self.corners(box)) for box in boxes],
                         [("scratch", 1, [0, 0, 8, 12]), ("patch", 2, [8, 12, 16, 24])])

    def test_a_tensor_has_the_inputs_pixels(self):
        red = self.write("red.npy", npy([2, 3, 8, 8], [1.0] * 64 + [0.0] * 128 + [0.0] * 192))
        first, second = self.json("run", *self.detector(), "--tensor", red)
        self.assertEqual(sorted(self.corners(box) for box in first["boxes"]),
                         [[0, 0, 4, 4], [0, 4, 4, 8], [4, 0, 8, 4], [4, 4, 8, 8]])
        self.assertEqual(second["boxes"], [])


class Segmentation(AnswerTest):
    def test_shares_and_mask(self):
        mask = self.path / "mask.png"
        for model in (self.segmenter(), self.segmenter("logits")):
            out = self.ingot("run", *model, self.picture, "--mask", mask)[0]
            self.assertEqual(out.count("\n"), 3)
            for words in ("background 50.00 %, 192 pixels", "scratch 25.00 %, 96 pixels", "patch 25.00 %, 96 pixels"):
                self.assertIn(f"{self.picture}: {words}\n", out)
            width, height, step, rows = read_png(mask)
            self.assertEqual((width, height, step), (WIDTH, HEIGHT, 1))
            self.assertEqual(rows, [bytes([0] * 8 + [1] * 8)] * 12 + [bytes([2] * 8 + [0] * 8)] * 12)
            mask.unlink()

    def test_colors(self):
        mask = self.path / "mask.png"
        self.ingot("run", *self.segmenter(), self.picture, "--mask", mask, "--mask-color")
        width, height, step, rows = read_png(mask)
        self.assertEqual((width, height, step), (WIDTH, HEIGHT, 3))
        self.assertEqual(rows[0], bytes([0, 0, 0] * 8 + [128, 0, 0] * 8))
        self.assertEqual(rows[23], bytes([0, 128, 0] * 8 + [0, 0, 0] * 8))

    def test_formats(self):
        entry, = self.json("run", *self.segmenter(), self.picture)
        self.assertEqual(list(entry), ["image", "areas"])
        self.assertEqual(entry["areas"][1], {"class": 1, "label": "scratch", "pixels": 96, "share": 0.25})
        self.assertEqual(sum(area["pixels"] for area in entry["areas"]), WIDTH * HEIGHT)

    def test_multitask_tells_both(self):
        entry, = self.json("run", *self.multitask(), self.picture)
        self.assertEqual(list(entry), ["image", "boxes", "areas"])
        self.assertEqual([(box["class"], box["label"]) for box in entry["boxes"]], [(0, "scratch")])
        self.assertEqual([area["label"] for area in entry["areas"]], ["background", "scratch", "patch"])
        text = self.ingot("run", *self.multitask(), self.picture, "--format", "csv")[0]
        self.assertEqual([row["kind"] for row in csv.DictReader(io.StringIO(text))], ["box"] + ["area"] * 3)


class Generation(AnswerTest):
    def test_picture(self):
        same = {"seg.weight": [[2, 0, 0], [0, 2, 0], [0, 0, 2]], "seg.bias": [-1, -1, -1]}
        model = self.network("copy", "generation", PLANES, "image: seg", same)
        gray = self.write("gray.png", png(8, 8))
        made = self.path / "made.png"
        self.assertIn("picture of 8 x 8 pixels", self.ingot("run", *model, gray, "--image", made)[0])
        self.assertEqual(read_png(made), read_png(gray))
        self.assertEqual(self.json("run", *model, gray), [{"image": gray, "width": 8, "height": 8}])


class Refusals(AnswerTest):
    def test_values(self):
        for option in ("--conf", "--iou"):
            for value in ("0", "-1", "1.01", "nan", "much"):
                self.assertIn("expected", self.ingot("run", *self.detector(), self.picture, option, value, code=64)[1])
        self.ingot("run", *self.segmenter(), self.picture, "--mask", "mask.jpg", code=64)
        self.ingot("run", *self.segmenter(), self.picture, "--mask", ".png", code=64)
        self.ingot("run", *self.segmenter(), self.picture, "--mask-color", code=64)
        self.ingot("run", *self.segmenter(), self.picture, "--mask", self.path / "none" / "m.png", code=73)

    def test_wrong_task(self):
        mask = self.path / "mask.png"
        classifier = (self.model, "--weights", "seeded")
        for model, options in ((classifier, ("--mask", mask)), (classifier, ("--conf", "0.5")),
                               (classifier, ("--image", mask)), (self.detector(), ("--mask", mask)),
                               (self.segmenter(), ("--iou", "0.5")), (self.segmenter(), ("--image", mask))):
            error = self.ingot("run", *model, self.picture, *options, code=64)[1]
            self.assertIn("hint: ", error)
            self.assertIn(f"{options[0]} does not fit", error)
        self.assertFalse(mask.exists())

    def test_one_picture_a_file(self):
        mask = self.path / "mask.png"
        self.ingot("run", *self.segmenter(), self.picture, self.picture, "--mask", mask, code=64)
        two = self.write("two.npy", npy([2, 3, 8, 8], [0.0] * 384))
        self.ingot("run", *self.segmenter(), "--tensor", two, "--mask", mask, code=64)
        self.assertFalse(mask.exists())

    def test_nothing_is_written_after_a_failure(self):
        mask, broken = self.path / "mask.png", self.write("broken.png", b"\x89PNG")
        self.ingot("run", *self.segmenter(), broken, "--mask", mask, code=65)
        self.assertFalse(mask.exists())

    def test_names_do_not_make_a_task(self):
        """A classifier stays one, and an output of another shape than its name says is no detector's."""
        layers = PLANES + "  - {op: reduce_mean, name: pool, axes: [2, 3]}\n"
        classifier = self.network("named", "classification", layers, "logits: pool, segmentation: seg", SEG)
        self.assertEqual(set(self.json("run", *classifier, self.picture)[0]), {"image", "top"})
        odd = self.network("odd", "detection", layers, "detections: pool", SEG)
        self.assertEqual(set(self.json("run", *odd, self.picture)[0]), {"image", "top"})


if __name__ == "__main__":
    unittest.main()
