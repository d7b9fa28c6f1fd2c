#!/usr/bin/env python3
"""Plans of six networks on every shipped device profile, as tests/plans/<network>.<profile>.txt.

A file is the text of `ingot plan` in short: no index, so that a step more or less changes its own line alone; the rung
only where a tuning record was found; no hash, which changes with every comment in a kernel.

Usage: golden_plans.py --write | --check        $INGOT is the command; --check prints what differs and ends with 1
"""
import difflib
import os
import pathlib
import subprocess
import sys

NETWORKS = ("resnet18", "mobilenet_v2", "densenet121", "mobilesteelnet", "fastvit_sa12", "edgenext_small")
ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests/plans"
INGOT = os.environ.get("INGOT", str(ROOT / "build/cli/ingot"))
SHOWN_LINES = 40
REMEDY = "The plans changed. When that is meant, write them anew and look at the difference: make golden-plans"


def shorten(line):
    """`3 path word rung groups=1x2x3 local=4x5x6 in=.. out=..` to `path word 1x2x3/4x5x6 in=.. out=.. [rung]`."""
    _, path, word, rung, groups, local, *memory = line.split(" ")
    launch = f"{groups.removeprefix('groups=')}/{local.removeprefix('local=')}"
    return " ".join([path, word, launch, *memory] + [f"[{rung}]"] * (rung != "default"))


def digest(text):
    head, *steps, _, totals = text.splitlines()
    assert head.startswith("plan of ") and totals.startswith("totals "), text[-300:]
    totals = [word for word in totals.split()[1:] if not word.startswith("hash=")]
    return "\n".join([head, *map(shorten, steps), *totals]) + "\n"


def plans():
    for network in NETWORKS:
        for profile in sorted((ROOT / "autotune/devices").glob("*.yaml")):
            text = subprocess.run([INGOT, "plan", network, "--profile", profile.stem], check=True, capture_output=True,
                                  env=dict(os.environ, INGOT_MODELS=str(ROOT / "models"))).stdout.decode()
            yield f"{network}.{profile.stem}.txt", digest(text)


def write():
    FOLDER.mkdir(exist_ok=True)
    for file in FOLDER.glob("*.txt"):
        file.unlink()
    for name, text in plans():
        (FOLDER / name).write_text(text)
    return 0


def check():
    left = {file.name for file in FOLDER.glob("*")}
    bad = 0
    for name, text in plans():
        known = (FOLDER / name).read_text() if name in left else ""
        left.discard(name)
        if known == text:
            continue
        bad += 1
        lines = list(difflib.unified_diff(known.splitlines(), text.splitlines(), f"tests/plans/{name}", "now", n=1,
                                          lineterm=""))
        print("\n".join(lines[:SHOWN_LINES]))
        if len(lines) > SHOWN_LINES:
            print(f"... and {len(lines) - SHOWN_LINES} lines more")
    for name in sorted(left):
        print(f"tests/plans/{name} belongs to no network and profile")
    if bad or left:
        print(REMEDY)
    return 1 if bad or left else 0


if __name__ == "__main__":
    actions = {"--write": write, "--check": check}
    if len(sys.argv) != 2 or sys.argv[1] not in actions:
        sys.exit(__doc__)
    sys.exit(actions[sys.argv[1]]())
