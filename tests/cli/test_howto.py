#!/usr/bin/env python3
"""Follows docs/howto/add-a-model.md: writes the page's model and runs the page's commands.

Environment: INGOT, the command; INGOT_SOURCE, the source folder."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

PAGE = pathlib.Path(os.environ["INGOT_SOURCE"]) / "docs/howto/add-a-model.md"
N_COMMANDS = 8


def main():
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE.read_text(), re.S | re.M)
    model = next(body for language, body in fenced if language == "yaml")
    commands = "".join(body for language, body in fenced if not language).splitlines()
    with tempfile.TemporaryDirectory() as folder:
        # The page's `ingot` and, once it is made, the page's `models/`.
        path = f"{pathlib.Path(os.environ['INGOT']).resolve().parent}:{os.environ['PATH']}"
        env = dict(os.environ, PATH=path, INGOT_MODELS=f"{folder}/models", INGOT_CACHE_DIR=folder)
        (pathlib.Path(folder) / "plate_net.yaml").write_text(model)
        for command in commands:
            done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True, env=env, timeout=300,
                                  check=False)
            print(f"$ {command}\n{done.stdout}{done.stderr}")
            if done.returncode != 0:
                return 1
    return 0 if len(commands) == N_COMMANDS else 1


sys.exit(main())
