#!/usr/bin/env python3
"""The accuracy that models/neu/CARD.md states, measured by `ingot run` on the test part of the split.

Needs the NEU-DET pictures in ../shared/data/neu-det beside the source folder; exits 77 (skipped) without them.
Environment: INGOT, the command; INGOT_SOURCE, the source folder."""
import csv
import io
import os
import pathlib
import re
import subprocess
import sys

SOURCE = pathlib.Path(os.environ["INGOT_SOURCE"])
IMAGES = SOURCE.parent / "shared/data/neu-det/images"


def stated():
    """(right, all) from the card's row of `ingot run`."""
    found = re.search(r"measured by `ingot run`.*?(\d+) */ *(\d+)", (SOURCE / "models/neu/CARD.md").read_text())
    return int(found[1]), int(found[2])


def main():
    if not IMAGES.is_dir():
        print(f"skipped: no pictures in {IMAGES}")
        return 77
    with open(SOURCE / "models/neu/split.csv", newline="") as file:
        truth = {row["image"]: row["class"] for row in csv.DictReader(file) if row["part"] == "test"}
    command = [os.environ["INGOT"], "run", "neu_resnet18", "--top", "1", "--format", "csv"]
    done = subprocess.run(command + [str(IMAGES / name) for name in truth], capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stderr)
        return 1
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    right = sum(truth[pathlib.Path(row["image"]).name] == row["label"] for row in rows)
    print(f"{right} of {len(rows)} right, the card states {stated()[0]} of {stated()[1]}")
    return 0 if (right, len(rows)) == stated() else 1


sys.exit(main())
