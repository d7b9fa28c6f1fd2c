#!/usr/bin/env python3
"""Write the stratified 70/10/20 train/val/test split of NEU-DET as a CSV file.

Pictures that overlap (see overlap.py) form one group, and a group never spans
two parts. Inside a class the groups are ordered by the SHA-256 of
"<seed>:<first file name>"; test is filled first, then val, train gets the rest.
A group larger than a quarter of a part may not enter it, so that no single
piece of steel decides a figure.
"""
import argparse
import csv
import hashlib
import pathlib

import numpy as np
from PIL import Image

from overlap import groups

CLASSES = ["crazing", "inclusion", "patches", "pitted_surface", "rolled-in_scale", "scratches"]
FIXED_SHARE = {"test": 0.20, "val": 0.10}


def class_of(name):
    """The class of a picture is the prefix of its file name."""
    return name.rsplit("_", 1)[0]


def split_class(named_groups, seed):
    """Map each file name of one class to its part."""
    total = sum(len(group) for group in named_groups)
    quota = {part: round(share * total) for part, share in FIXED_SHARE.items()}
    room, parts = dict(quota), {}
    for group in sorted(named_groups, key=lambda g: hashlib.sha256(f"{seed}:{g[0]}".encode()).hexdigest()):
        fits = [p for p in quota if len(group) <= room[p] and 4 * len(group) <= quota[p]]
        part = fits[0] if fits else "train"
        if fits:
            room[part] -= len(group)
        parts.update({name: part for name in group})
    return parts


def read_split(path):
    """Map part -> list of (file name, class index), in file order."""
    parts = {"train": [], "val": [], "test": []}
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            parts[row["part"]].append((row["image"], CLASSES.index(row["class"])))
    return parts


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="../shared/data/neu-det", help="folder that holds images/")
    parser.add_argument("--out", default="models/neu/split.csv")
    parser.add_argument("--seed", type=int, default=2013)
    args = parser.parse_args()

    paths = sorted(pathlib.Path(args.data, "images").glob("*.jpg"))
    if not paths:
        parser.error(f"no .jpg under {args.data}/images")
    strangers = [p.name for p in paths if class_of(p.name) not in CLASSES]
    if strangers:
        parser.error(f"no known class in the name of {strangers[0]}")

    rows = []
    for name in CLASSES:
        members = [p for p in paths if class_of(p.name) == name]
        greys = [np.asarray(Image.open(p).convert("RGB"))[..., 0] for p in members]
        named = [[members[i].name for i in group] for group in groups(greys)]
        parts = split_class(named, args.seed)
        rows += [(image, name, parts[image]) for image in sorted(parts)]
        for part in ("train", "val", "test"):
            inside = [len(g) for g in named if parts[g[0]] == part]
            print(f"{name:16} {part:5} {sum(inside):4} pictures {len(inside):4} groups, "
                  f"largest {max(inside, default=0)}", flush=True)
    with open(args.out, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("image", "class", "part"))
        writer.writerows(rows)


if __name__ == "__main__":
    main()
