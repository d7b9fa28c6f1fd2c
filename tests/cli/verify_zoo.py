#!/usr/bin/env python3
"""Every network of the zoo at its own input size: `ingot verify` on the first device, or with --summary just `ingot summary`,
which loads, prints and plans it. One process and one line for each network; fails with the list of those that fail.

usage: verify_zoo.py [--summary] [--jobs N] [--timeout SECONDS] [NAME-PART...]
Environment: INGOT, the command; INGOT_DEVICE, the device (default the first)."""
import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
import time

INGOT = os.environ.get("INGOT", "build/cli/ingot")


def ingot(*args, timeout=120):
    """(exit code, what stdout holds as JSON or None, stderr)"""
    try:
        done = subprocess.run([INGOT, *args, "--format", "json"], capture_output=True, text=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        return None, None, f"no answer within {timeout} s"
    try:
        return done.returncode, json.loads(done.stdout), done.stderr
    except json.JSONDecodeError:
        return done.returncode, None, done.stderr


def verify(model, timeout):
    """(what is wrong or "", what to print)"""
    device = os.environ.get("INGOT_DEVICE") or "0"
    code, got, err = ingot("verify", model["name"], "--weights", "seeded", "--device", device, timeout=timeout)
    if not got:
        return f"exit code {code}: {err.strip()}", ""
    shown = f"largest error {got['max_relative_error']:.2e}"
    if code or not got["verified"] or not got["compared"]:
        return f"exit code {code}, {got['failed']} of {got['compared']} values fail, first {got['first_bad']}", shown
    return "", shown


def summary(model, timeout):
    code, got, err = ingot("summary", model["name"], timeout=timeout)
    if code or not got:
        return f"exit code {code}: {err.strip()}", ""
    shown = f"{len(got['layers'])} layers, {got['feature_bytes'] / 2**20:.1f} MiB of features"
    listed = got["model"], got["params"], got["macs"], got["input"]["shape"]
    if listed != (model["name"], model["params"], model["macs"], model["shape"]):
        return f"`ingot models` lists something else than {listed}", shown
    if not model["paper"] or not model["task"] or not model["doc"]:
        return "the description is in no paper's folder, or lacks `task:` or `doc:`", shown
    if not got["outputs"] or not 0 < got["feature_bytes_lower_bound"] <= got["feature_bytes"]:
        return "no outputs, or a plan smaller than its lower bound", shown
    return "", shown


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--summary", action="store_true")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=3600)
    parser.add_argument("part", nargs="*")
    args = parser.parse_args()
    check = summary if args.summary else verify

    def timed(model):
        begin = time.monotonic()
        wrong, shown = check(model, args.timeout)
        return model["name"], time.monotonic() - begin, wrong, shown

    code, models, err = ingot("models", *args.part)
    failures = [f"ingot models: exit code {code}\n{err.strip()}"] if code or not models else []
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for name, seconds, wrong, shown in pool.map(timed, models or []):
            print(f"{name:30} {seconds:8.2f} s  {'FAILED' if wrong else 'ok':6}  {shown}", flush=True)
            if wrong:
                failures.append(f"{name}: {wrong}")
    print(f"{len(models or [])} networks, {len(failures)} failures", *failures, sep="\n")
    return 1 if failures else 0


sys.exit(main())
