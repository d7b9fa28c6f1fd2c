#!/usr/bin/env python3
"""Checks every #include "..." of the product against docs/layers.txt. Usage: layers.py SOURCE_ROOT"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
# Files that only one room may touch an outside interface in: the pattern, and the rooms it belongs to.
OUTSIDE = [(re.compile(r'#\s*include\s+<(CL/|clblast|clFFT)'), {"cl"}), (re.compile(r'#\s*include\s+<yaml\.h>'), {"yaml"}),
           (re.compile(r'#\s*include\s+<stb/'), {"image"})]


def read_layers(path):
    layers = {}
    for line in path.read_text().splitlines():
        line = line.split("#")[0].strip()
        if line:
            room, _, allowed = line.partition(":")
            layers[room.strip()] = set(allowed.split())
    return layers


def room_of(path, layers):
    """The longest room name that is a folder prefix of path."""
    fits = [room for room in layers if path.startswith(room + "/")]
    return max(fits, key=len) if fits else None


def check_file(root, file, room, layers):
    text = file.read_text()
    name = file.relative_to(root)
    for target in INCLUDE.findall(text):
        if target.startswith("ingot/"):
            continue
        other = room_of(target, layers)
        if other is None:
            yield f"{name}: \"{target}\" names no room (write the path from the repository's root)"
        elif other != room and other not in layers[room]:
            yield f"{name}: room {room} must not include {other} (\"{target}\")"
    for pattern, rooms in OUTSIDE:
        if pattern.search(text) and room not in rooms:
            yield f"{name}: only {', '.join(rooms)} may use {pattern.pattern}"


def main():
    root = pathlib.Path(sys.argv[1])
    layers = read_layers(root / "docs/layers.txt")
    findings, files = [], 0
    for room in layers:
        for file in sorted((root / room).rglob("*.[ch]")):
            if room_of(str(file.relative_to(root)), layers) == room:
                files += 1
                findings += check_file(root, file, room, layers)
    for file in sorted((root / "include").rglob("*.h")):
        files += 1
        for target in INCLUDE.findall(file.read_text()):
            if not target.startswith("ingot/"):
                findings.append(f"{file.relative_to(root)}: public headers include only ingot/ and libc")
    print("\n".join(findings) if findings else f"{files} files keep to docs/layers.txt")
    return 1 if findings or files < 40 else 0


sys.exit(main())
