#!/usr/bin/env python3
"""Writes tests/unit/image/tiny_images.h: whole small files of every kind the decoder takes or must refuse.

Needs Pillow. Usage: gen_images.py > ../unit/image/tiny_images.h
"""
import io
import struct
import zlib

from PIL import Image
import PIL

WIDTH, HEIGHT = 5, 4
RGB = bytes((40 * x + 7 * c, 50 * y + 3 * c, 255 - 20 * x - 9 * y)[c]
            for y in range(HEIGHT) for x in range(WIDTH) for c in range(3))
GREY = bytes(11 * x + 37 * y for y in range(HEIGHT) for x in range(WIDTH))


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png16():
    """Grey with 16 bits: the high bytes are GREY, the low bytes are noise."""
    rows = b"".join(b"\0" + b"".join(bytes((GREY[y * WIDTH + x], 255 - 13 * x)) for x in range(WIDTH))
                    for y in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 16, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def png_huge():
    """A header that claims 60000 x 60000 pixels."""
    head = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


rgb, grey = Image.frombytes("RGB", (WIDTH, HEIGHT), RGB), Image.frombytes("L", (WIDTH, HEIGHT), GREY)
rgba = rgb.copy()
rgba.putalpha(grey)
FILES = {
    "PNG_RGB": saved(rgb, "PNG"), "PNG_GREY": saved(grey, "PNG"), "PNG_RGBA": saved(rgba, "PNG"),
    "PNG_PALETTE": saved(rgb.quantize(32), "PNG"), "PNG_16": png16(), "PNG_HUGE": png_huge(),
    "BMP_RGB": saved(rgb, "BMP"), "TGA_RGB": saved(rgb, "TGA"), "TGA_RLE": saved(rgb, "TGA", compression="tga_rle"),
    "GIF_GREY": saved(grey, "GIF"), "JPEG_RGB": saved(rgb, "JPEG", quality=95, subsampling=0),
    "JPEG_GREY": saved(grey, "JPEG", quality=95), "JPEG_PROGRESSIVE": saved(rgb, "JPEG", quality=95, progressive=True),
    "JPEG_CMYK": saved(rgb.convert("CMYK"), "JPEG"), "PNG_ONE_PIXEL": saved(Image.new("RGB", (1, 1), (1, 2, 3)), "PNG"),
}


def emit(name, data):
    lines = [", ".join(f"{byte}" for byte in data[i:i + 22]) for i in range(0, len(data), 22)]
    print(f"static const uint8_t {name}[] = {{\n    " + ",\n    ".join(lines) + "};")


print(f"/* Made by tests/gen/gen_images.py with Pillow {PIL.__version__}: files of {WIDTH} x {HEIGHT} pixels. */")
print("#ifndef TINY_IMAGES_H\n#define TINY_IMAGES_H\n\n#include <stdint.h>\n")
print(f"enum {{ TINY_WIDTH = {WIDTH}, TINY_HEIGHT = {HEIGHT} }};\n")
emit("TINY_RGB", RGB)
emit("TINY_GREY", GREY)
for name, data in FILES.items():
    emit(name, data)
print("\n#endif")
