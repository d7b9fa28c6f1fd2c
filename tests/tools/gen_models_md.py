#!/usr/bin/env python3
"""Prints docs/models.md: the networks as `ingot models` lists them. Exits 1 when one of them does not load.

Environment: INGOT, the command (default build/cli/ingot); INGOT_MODELS, the zoo's folder (default the source tree's)."""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEAD = """\
# Networks

Written by `python3 tests/tools/gen_models_md.py > docs/models.md` from what `build/cli/ingot models` lists; do not edit by hand.

Parameters and multiply-accumulates (MACs) are those of the description's own input shape and of its own parameters: `ingot summary
NAME` has the rest, `--shape` and `--set` change them. Weights: `shipped` come with ingot; `seeded` means there are none, so give a
checkpoint with `--weights FILE`, or `--weights seeded` for tests and timing. Each part is a folder of `models/`.
"""


def main():
    command = os.environ.get("INGOT", str(ROOT / "build/cli/ingot"))
    env = dict(os.environ, INGOT_MODELS=os.environ.get("INGOT_MODELS", str(ROOT / "models")))
    listed = subprocess.run([command, "models", "--format", "md"], env=env, stdout=subprocess.PIPE, text=True, check=False)
    print(HEAD)
    print(listed.stdout, end="")
    return 1 if listed.returncode else 0


sys.exit(main())
