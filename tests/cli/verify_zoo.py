#!/usr/bin/env python3
"""Every network of the zoo at its own input size: `ingot verify` on the first device, or with --summary just `ingot summary`,
which loads, prints and plans it. With --each-pass a network is verified with all passes, with none, and once without each pass that
changes it. One line for each network; fails with the list of those that fail.

usage: verify_zoo.py [--summary | --each-pass] [--side PIXELS] [--jobs N] [--timeout SECONDS] [NAME-PART...]
--side: pictures no larger than that, for a quick look.
Environment: INGOT, the command; INGOT_DEVICE, the device (default the first)."""
import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
import time

INGOT = os.environ.get("INGOT", "build/cli/ingot")
DEVICE = os.environ.get("INGOT_DEVICE") or "0"


def command(*args, timeout=120):
    """(exit code or None, stdout, stderr)"""
    try:
        done = subprocess.run([INGOT, *args], capture_output=True, text=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        return None, "", f"no answer within {timeout} s"
    return done.returncode, done.stdout, done.stderr


def ingot(*args, timeout=120):
    """(exit code, what stdout holds as JSON or None, stderr)"""
    code, out, err = command(*args, "--format", "json", timeout=timeout)
    try:
        return code, json.loads(out), err
    except json.JSONDecodeError:
        return code, None, err


def input_shape(model, side):
    batch, channels, *extents = model["shape"]
    return ",".join(map(str, [batch, channels, *(min(extent, side or extent) for extent in extents)]))


def verify(model, args):
    """(what is wrong or "", what to print)"""
    code, got, err = ingot("verify", model["name"], "--weights", "seeded", "--device", DEVICE,
                           "--shape", input_shape(model, args.side), timeout=args.timeout)
    if not got:
        return f"exit code {code}: {err.strip()}", ""
    shown = f"largest error {got['max_relative_error']:.2e}"
    if code or not got["verified"] or not got["compared"]:
        return f"exit code {code}, {got['failed']} of {got['compared']} values fail, first {got['first_bad']}", shown
    return "", shown


def each_pass(model, args):
    code, got, err = ingot("verify", model["name"], "--weights", "seeded", "--device", DEVICE,
                           "--shape", input_shape(model, args.side), "--each-pass", timeout=args.timeout)
    if not got:
        return f"exit code {code}: {err.strip()}", ""
    wrong = [f"--passes {row['passes']}: {row['failed']} of {row['compared']} values fail, first {row['first_bad']}"
             for row in got if not row["verified"]]
    if code and not wrong:
        wrong = [f"exit code {code}: {err.strip()}"]
    return "; ".join(wrong), " ".join(row["passes"] for row in got)


def summary(model, args):
    code, got, err = ingot("summary", model["name"], timeout=args.timeout)
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
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--summary", dest="check", action="store_const", const=summary, default=verify)
    what.add_argument("--each-pass", dest="check", action="store_const", const=each_pass)
    parser.add_argument("--side", type=int)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=3600)
    parser.add_argument("part", nargs="*")
    args = parser.parse_args()

    def timed(model):
        begin = time.monotonic()
        wrong, shown = args.check(model, args)
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
