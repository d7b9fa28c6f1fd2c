#!/usr/bin/env python3
"""Many images through one stream: the answers are those of one image after the other, in order. `bench --stream`."""
import sys
import unittest

from command import CommandTest, png

SIDE = 8


def pixels(seed):
    """Eight rows of RGB, each picture another."""
    return b"".join(b"\0" + bytes((seed * 37 + y * 11 + x * 5) % 256 for x in range(3 * SIDE)) for y in range(SIDE))


class Stream(CommandTest):
    def setUp(self):
        super().setUp()
        self.images = [self.write(f"{i}.png", png(SIDE, SIDE, rows=pixels(i))) for i in range(11)]

    def run_images(self, *images, **more):
        return self.json("run", self.model, "--weights", "seeded", "--top", "6", *images, **more)

    def test_many_images_answer_as_single_ones(self):
        for env in ({"INGOT_DEVICE": "ref"}, {"INGOT_DEVICE": ""}):
            if not env["INGOT_DEVICE"] and not self.any_device():
                continue
            single = [self.run_images(image, env=env)[0] for image in self.images]
            self.assertEqual(len({str(answer["top"]) for answer in single}), len(self.images))
            self.assertEqual(self.run_images(*self.images, env=env), single)
            self.assertEqual(self.run_images(*self.images, "--shape", "4,3,8,8", env=env), single)
            self.assertEqual(self.run_images(*self.images[:4], "--shape", "4,3,8,8", env=env), single[:4])

    def test_an_unreadable_image_is_left_out(self):
        bad = self.write("bad.png", b"no picture")
        mixed = [bad, *self.images[:5], bad, *self.images[5:], bad]
        env = {"INGOT_DEVICE": ""} if self.any_device() else {}
        for shape in ("1,3,8,8", "4,3,8,8"):
            answers = self.run_images(*mixed, "--shape", shape, env=env, code=65)
            self.assertEqual([answer["image"] for answer in answers], self.images)

    def test_bench(self):
        self.ingot("bench", self.model, "--stream", "--paper", "list", code=64)
        out, err = self.ingot("bench", self.model, "--stream", code=64)
        self.assertIn("FAILED", out)
        self.assertIn("reference has no stream", err)
        if not self.any_device():
            self.skipTest("no OpenCL device")
        arguments = ("bench", self.model, "--stream", "--depth", "2", "--runs", "5", "--shape", "2,3,8,8")
        row, = self.json(*arguments, env={"INGOT_DEVICE": ""})
        self.assertEqual((row["verified"], row["depth"], row["frames"], row["rounds"], row["shape"]),
                         (True, 2, 8, 5, [2, 3, 8, 8]))
        self.assertTrue(row["single_fps"] > 0 and row["stream_fps"] > 0 and row["speedup"] > 0 and row["spread"] >= 0)

    def any_device(self):
        try:
            return self.json("devices")
        except AssertionError:
            return []


if __name__ == "__main__":
    sys.exit(unittest.main())
