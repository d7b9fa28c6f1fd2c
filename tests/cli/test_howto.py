#!/usr/bin/env python3
"""Follows docs/howto/add-a-model.md: writes the page's model and runs the page's commands.

Environment: INGOT, the command; INGOT_SOURCE, the source folder."""
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

PAGE = pathlib.Path(os.environ["INGOT_SOURCE"]) / "docs/howto/add-a-model.md"


def main():
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE.read_text(), re.S | re.M)
    model = next(body for language, body in fenced if language == "yaml")
    commands = re.findall(r"^ingot .*$", "".join(body for language, body in fenced if not language), re.M)
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "plate_net.yaml").write_text(model)
        for command in commands:
            done = subprocess.run([os.environ["INGOT"], *shlex.split(command)[1:]], cwd=folder, capture_output=True, text=True,
                                  env=dict(os.environ, INGOT_CACHE_DIR=folder), timeout=300)
            print(f"$ {command}\n{done.stdout}{done.stderr}")
            if done.returncode != 0:
                return 1
    return 0 if len(commands) == 4 else 1


sys.exit(main())
