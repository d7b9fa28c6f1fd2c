#!/usr/bin/env python3
"""Times networks of the zoo in ONNX Runtime and in ingot, interleaved on one machine, and prints the ratio.

The networks are the modules of tests/gen/zoo, exported to ONNX by a Python that has PyTorch (--torch-python; with timm
for its networks);
this script itself needs a Python with onnxruntime and numpy:

    python3 -m venv .venv && .venv/bin/pip install onnxruntime numpy
    .venv/bin/python bench/peers/onnxruntime_side_by_side.py --ingot build/cli/ingot

Each round times one network in both, one after the other, so that a change of the machine's clock hits both; the figure
of a network is the median over the rounds. ratio = frames per second of ingot / of ONNX Runtime.
"""
import argparse
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
GENERATORS = ROOT / "tests/gen"
NETWORKS = ("resnet18", "resnet50", "vgg16", "mobilenet_v1", "mobilenet_v2", "mobilenet_v3_large", "shufflenet_v2",
            "squeezenet", "densenet121", "repvit_m1", "fastvit_sa12", "mobilesteelnet", "sarsn34", "ilcs")

EXPORT = """
import sys
sys.path.insert(0, sys.argv[1])
import importlib, pathlib, torch
from gen_models import build, seeded_rule
for family in sorted(pathlib.Path(sys.argv[1], "zoo").glob("[a-z]*.py")):
    if f'"{sys.argv[2]}"' in family.read_text():
        networks = importlib.import_module(f"zoo.{family.stem}").NETWORKS
        break
else:
    sys.exit(f"no family of tests/gen/zoo has {sys.argv[2]}")
shape = [int(extent) for extent in sys.argv[4].split(",")]
# Some are written down for their own size apart, as their linear layers depend on it.
net = networks.get(f"{sys.argv[2]}@{shape[2]}", networks[sys.argv[2]])
network = build(net, "seeded", seeded_rule(sys.argv[2])).float()
torch.onnx.export(network, torch.zeros(shape), sys.argv[3], input_names=["input"], output_names=["logits"],
                  opset_version=13)
"""


def own_shape(args, model):
    listed = subprocess.run([args.ingot, "models", "--format", "json"], stdout=subprocess.PIPE, check=True).stdout
    shape, = (entry["shape"] for entry in json.loads(listed) if entry["name"] == model)
    return [args.batch, *shape[1:]]


def export(args, model, folder):
    path = folder / f"{model}.onnx"
    shape = ",".join(map(str, own_shape(args, model)))
    subprocess.run([args.torch_python, "-c", EXPORT, str(GENERATORS), model, str(path), shape], check=True,
                   stdout=subprocess.DEVNULL)
    return path


class Peer:
    """One network in ONNX Runtime."""

    def __init__(self, path, threads):
        import numpy
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Seeded weights let some maps fade to subnormal numbers, which would cost it what no trained network does.
        options.add_session_config_entry("session.set_denormal_as_zero", "1")
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        shape = self.session.get_inputs()[0].shape
        random = numpy.random.default_rng(0)
        self.feed = {"input": random.uniform(-1, 1, shape).astype(numpy.float32)}
        self.shape = shape

    def median_ms(self, runs, seconds):
        for _ in range(3):
            self.session.run(None, self.feed)
        times, begin = [], time.perf_counter()
        while len(times) < runs and (len(times) < 5 or time.perf_counter() - begin < seconds):
            start = time.perf_counter()
            self.session.run(None, self.feed)
            times.append((time.perf_counter() - start) * 1e3)
        return statistics.median(times)


def ingot_median_ms(args, model, shape):
    command = [args.ingot, "bench", model, "--format", "json", "--runs", str(args.runs), "--seconds",
               str(args.seconds), "--shape", ",".join(map(str, shape)), "--quiet"]
    if args.device:
        command += ["--device", args.device]
    environment = dict(os.environ, POCL_MAX_PTHREAD_COUNT=str(args.threads))
    result = subprocess.run(command, stdout=subprocess.PIPE, check=False, env=environment)
    rows = json.loads(result.stdout or "[]")
    if result.returncode or not rows or not rows[0]["verified"]:
        raise SystemExit(f"ingot bench {model} failed with exit code {result.returncode}")
    return rows[0]["median_ms"]


def compare(args, model, folder):
    """A row: the medians of every round, and the ratio of theirs."""
    peer = Peer(export(args, model, folder), args.threads)
    theirs, ours = [], []
    for _ in range(args.rounds):
        theirs.append(peer.median_ms(args.runs, args.seconds))
        ours.append(ingot_median_ms(args, model, peer.shape))
    return {"model": model, "shape": peer.shape, "onnxruntime_ms": theirs, "ingot_ms": ours,
            "ratio": statistics.median(theirs) / statistics.median(ours)}


def geometric_mean(rows):
    return math.exp(statistics.fmean(math.log(row["ratio"]) for row in rows))


def write_json(args, rows):
    """What was run on what, and every round."""
    import onnxruntime
    version = subprocess.run([args.ingot, "version"], stdout=subprocess.PIPE, check=True, text=True).stdout
    devices = subprocess.run([args.ingot, "devices", "--format", "json"], stdout=subprocess.PIPE, check=True).stdout
    with open(args.json, "w", encoding="utf-8") as file:
        json.dump({"date": time.strftime("%Y-%m-%d"), "onnxruntime": onnxruntime.__version__,
                   "ingot": version.split("\n")[0], "devices": json.loads(devices), "threads": args.threads,
                   "runs": args.runs, "seconds": args.seconds, "networks": rows,
                   "geometric_mean": geometric_mean(rows)}, file, indent=1)
        file.write("\n")


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", metavar="MODEL", help=f"default: {' '.join(NETWORKS)}")
    parser.add_argument("--ingot", default=str(ROOT / "build/cli/ingot"), help="the command")
    parser.add_argument("--torch-python", default="/usr/bin/python3", help="a Python with PyTorch and torchvision")
    parser.add_argument("--device", help="as ingot takes it")
    parser.add_argument("--threads", type=int, default=2, help="of ONNX Runtime, and of PoCL")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--json", metavar="FILE", help="write every round there")
    return parser.parse_args()


def main():
    args = parse()
    rows = []
    print("| model | ONNX Runtime ms | ingot ms | ratio |\n|:--|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        for model in args.models or NETWORKS:
            row = compare(args, model, pathlib.Path(folder))
            rows.append(row)
            print(f"| {model} | {statistics.median(row['onnxruntime_ms']):.2f} | "
                  f"{statistics.median(row['ingot_ms']):.2f} | {row['ratio']:.3f} |", flush=True)
    print(f"\ngeometric mean of the ratios: {geometric_mean(rows):.3f}")
    if args.json:
        write_json(args, rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
