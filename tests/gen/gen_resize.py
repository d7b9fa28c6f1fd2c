#!/usr/bin/env python3
"""Writes tests/unit/image/resize_golden.h: what Pillow makes of small pictures, as hashes and a few whole arrays.

Needs Pillow. Usage: gen_resize.py > ../unit/image/resize_golden.h
"""
from PIL import Image
import PIL

MODES = {"BILINEAR": Image.BILINEAR, "NEAREST": Image.NEAREST}
WHOLE = [("BILINEAR", 1, 5, 7, 8, 3), ("BILINEAR", 3, 4, 3, 2, 5), ("NEAREST", 1, 5, 7, 8, 3)]
HASHED = [(mode, channels, *sizes) for mode in MODES for channels, sizes in (
    (1, (200, 200, 224, 224)), (3, (200, 200, 128, 128)), (3, (200, 200, 300, 300)), (1, (200, 200, 256, 256)),
    (3, (640, 480, 224, 224)), (3, (1, 1, 9, 4)), (1, (1000, 1, 3, 1)), (1, (7, 333, 7, 100)), (1, (333, 7, 10, 7)),
    (3, (17, 31, 1, 1)), (1, (64, 64, 64, 64)), (3, (99, 101, 640, 13)))]


def pattern(size):
    """The same bytes as make_pattern() in the test: the top byte of a linear congruential sequence."""
    state, out = 12345, bytearray()
    for _ in range(size):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        out.append(state >> 24)
    return bytes(out)


def fnv64(data):
    value = 14695981039346656037
    for byte in data:
        value = ((value ^ byte) * 1099511628211) & 0xFFFFFFFFFFFFFFFF
    return value


def resized(mode, channels, in_w, in_h, out_w, out_h):
    image = Image.frombytes("L" if channels == 1 else "RGB", (in_w, in_h), pattern(in_w * in_h * channels))
    return image.resize((out_w, out_h), MODES[mode]).tobytes()


def grey_hash():
    return fnv64(Image.frombytes("RGB", (64, 64), pattern(64 * 64 * 3)).convert("L").tobytes())


print(f"/* Made by tests/gen/gen_resize.py with Pillow {PIL.__version__}. */")
print("#ifndef RESIZE_GOLDEN_H\n#define RESIZE_GOLDEN_H\n\n#include \"ingot/image.h\"\n")
for index, case in enumerate(WHOLE):
    data = resized(*case)
    lines = [", ".join(str(byte) for byte in data[i:i + 20]) for i in range(0, len(data), 20)]
    print(f"static const uint8_t WHOLE_{index}[] = {{\n    " + ",\n    ".join(lines) + "};")
print("\ntypedef struct resize_golden {\n    ig_resize_mode mode;\n"
      "    int channels, in_width, in_height, out_width, out_height;\n"
      "    uint64_t hash;\n    const uint8_t *whole; /* NULL: only the hash */\n} resize_golden;\n")
print("static const resize_golden RESIZE_GOLDENS[] = {")
for index, case in enumerate(WHOLE + HASHED):
    whole = f"WHOLE_{index}" if index < len(WHOLE) else "NULL"
    sizes = ", ".join(str(value) for value in case[1:])
    print(f"    {{IG_RESIZE_{case[0]}, {sizes}, UINT64_C(0x{fnv64(resized(*case)):016X}), {whole}}},")
print("};\n")
print("/* The 64 x 64 RGB pattern as grey. */")
print(f"#define GREY_GOLDEN_HASH UINT64_C(0x{grey_hash():016X})\n\n#endif")
