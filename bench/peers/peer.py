#!/usr/bin/env python3
"""Runs one network in a peer, for `ingot bench --peers`: a process that is asked in lines and answers each in a line of JSON.

    peer.py list
    {"peers": ["onnxruntime"]}: those this Python has

    peer.py serve MODEL --peer NAME --threads T --folder DIR [--cache DIR]
    The network is MODEL's module in tests/gen/zoo, with seeded weights, at the shape of DIR/input.npy, exported to ONNX by
    PyTorch; with --cache the export is kept there. It runs once on that input, writes DIR/output0.npy, DIR/output1.npy, ...
    and answers {"ready": true, "peer": NAME, "version": ..., "device": ..., "outputs": [NAME, ...]}. From then on
    each line `run N` asks for N more frames of that input; the answer, {"ms": [...]}, has the time of each. It ends at the end
    of its input.

Whatever goes wrong is answered by {"error": ..., "hint": ...}, and ends it. docs/benchmarks.md says what the Python needs.
"""
import argparse
import hashlib
import importlib
import importlib.metadata
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
GENERATORS = ROOT / "tests/gen"
BUILDERS = ("torch", "torchvision", "timm")  # what the modules of the zoo are made of
INSTALL = "docs/benchmarks.md says what the Python of --peers needs to have"


class PeerError(Exception):
    """What cannot be done, and what may help: for the user."""


# --- the network as ONNX ----------------------------------------------------------------------------------------------

def find_network(model, shape):
    """The entry of tests/gen/zoo. Some are written down for their own size apart, as their linear layers depend on it."""
    for family in sorted((GENERATORS / "zoo").glob("[a-z]*.py")):
        if f'"{model}"' in family.read_text(encoding="utf-8"):
            networks = importlib.import_module(f"zoo.{family.stem}").NETWORKS
            if model in networks:
                return networks.get(f"{model}@{shape[2]}", networks[model])
    raise PeerError(f"no family of tests/gen/zoo has {model}", "peers compute the networks of the zoo")


def export(model, shape, path):
    """Writes MODEL as ONNX. The outputs' names are those of the model description where it has several."""
    sys.path.insert(0, str(GENERATORS))
    import torch
    from gen_models import build, seeded_rule
    net = find_network(model, shape)
    network = build(net, "seeded", seeded_rule(model)).float()
    torch.onnx.export(network, torch.zeros(shape), path, input_names=["input"], output_names=net.outputs or ["output"],
                      opset_version=13)


def version_of(module):
    try:
        return importlib.metadata.version(module)
    except importlib.metadata.PackageNotFoundError:
        return "none"


def export_name(model, shape):
    """Another file for all that an export depends on: the zoo, the seeded rule, this script, and who builds the modules."""
    digest = hashlib.sha256(" ".join(map(version_of, BUILDERS)).encode())
    descriptions = ROOT.glob(f"models/*/{model}.yaml")
    for source in sorted([pathlib.Path(__file__), *GENERATORS.glob("gen_*.py"), *GENERATORS.glob("zoo/*.py"), *descriptions]):
        digest.update(source.read_bytes())
    return f"{model}-{'x'.join(map(str, shape))}-{digest.hexdigest()[:16]}.onnx"


def export_apart(model, shape, path):
    """Exports in a process of its own: neither PyTorch's memory nor its threads are there when frames are timed."""
    command = [sys.executable, __file__, "export", model, ",".join(map(str, shape)), str(path)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    if done.returncode:
        said = json.loads(done.stdout or "{}")
        raise PeerError(f"{model} cannot be exported to ONNX: {said.get('error', f'exit code {done.returncode}')}",
                        said.get("hint", ""))


def keep(fresh, kept):
    """Copies an export into the cache, in the place of older ones of the same network; True when it is there."""
    part = kept.with_suffix(f".{os.getpid()}.tmp")
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        for old in kept.parent.glob(f"{kept.name.rpartition('-')[0]}-*"):
            old.unlink()
        shutil.copyfile(fresh, part)
        os.replace(part, kept)
    except OSError:
        part.unlink(missing_ok=True)
    return kept.exists()


def exported(args, shape):
    """The path of the export: in the cache where there is one that can be written, else in the folder."""
    name = export_name(args.model, shape)
    kept = args.cache and args.cache / name
    if kept and kept.exists():
        return kept
    fresh = args.folder / name
    export_apart(args.model, shape, fresh)
    return kept if kept and keep(fresh, kept) else fresh


# --- the peers --------------------------------------------------------------------------------------------------------

class OnnxRuntime:
    """A session on the processor."""
    needs = ("onnxruntime", "numpy")
    device = "CPU"

    def __init__(self, path, threads):
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Seeded weights let some maps fade to subnormal numbers, which would cost it what no trained network does.
        options.add_session_config_entry("session.set_denormal_as_zero", "1")
        self.version = onnxruntime.__version__
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.input = self.session.get_inputs()[0].name
        self.outputs = [output.name for output in self.session.get_outputs()]

    def frame(self, x):
        return self.session.run(None, {self.input: x})


class Tinygrad:
    """Its ONNX front end under its JIT; on the processor, unless $DEV names another of its devices."""
    needs = ("tinygrad", "numpy")

    def __init__(self, path, threads):
        os.environ.setdefault("DEV", "CPU")
        os.environ["NUM_CPU_THREADS"] = str(threads)
        import tinygrad
        from tinygrad.nn.onnx import OnnxRunner
        network = OnnxRunner(str(path))
        self.version, self.device = version_of("tinygrad"), tinygrad.Device.DEFAULT
        self.input, = network.graph_inputs
        self.outputs = list(network.graph_outputs)
        self.tensor = tinygrad.Tensor
        self.jit = tinygrad.TinyJit(lambda x: [y.contiguous().realize() for y in network({self.input: x}).values()])

    def frame(self, x):
        return [y.numpy() for y in self.jit(self.tensor(x).realize())]


PEERS = {"onnxruntime": OnnxRuntime, "tinygrad": Tinygrad}
WARMUP_FRAMES = 3  # a JIT runs, then captures, then replays
REST_S = 3  # at most


# --- the conversation -------------------------------------------------------------------------------------------------

def another_thread_runs():
    """Whether a thread of this process beside the caller's is running, or would if a core were free."""
    for stat in pathlib.Path("/proc/self/task").glob("*/stat"):
        try:
            state = stat.read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        except OSError:  # it ended meanwhile
            continue
        if state == "R" and stat.parent.name != str(threading.get_native_id()):
            return True
    return False


def rest():
    """Waits until this side leaves the processor to the other. By default ONNX Runtime's threads go on looking for work after
    a run, for tens of milliseconds on one machine and over a second on another; forbidding that would slow its own frames."""
    if not os.path.isdir("/proc/self/task"):
        time.sleep(REST_S)
        return
    end = time.monotonic() + REST_S
    while another_thread_runs() and time.monotonic() < end:
        time.sleep(0.002)


def timed_frames(peer, x, count):
    times = []
    for _ in range(count):
        begin = time.perf_counter()
        peer.frame(x)
        times.append((time.perf_counter() - begin) * 1e3)
    rest()
    return times


def serve(args, answer):
    import numpy
    x = numpy.load(args.folder / "input.npy")
    peer = PEERS[args.peer](exported(args, list(x.shape)), args.threads)
    for _ in range(WARMUP_FRAMES):
        results = peer.frame(x)
    for i, result in enumerate(results):
        numpy.save(args.folder / f"output{i}.npy", numpy.ascontiguousarray(result, numpy.float32))
    rest()
    answer({"ready": True, "peer": args.peer, "version": peer.version, "device": peer.device, "outputs": peer.outputs})
    for line in sys.stdin:
        verb, _, count = line.strip().partition(" ")
        if verb != "run" or not count.isdecimal():
            raise PeerError(f"'{line.strip()}' is no request")
        answer({"ms": timed_frames(peer, x, int(count))})


def list_peers(_, answer):
    answer({"peers": [name for name, peer in PEERS.items() if all(map(importlib.util.find_spec, peer.needs))]})


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="the peers that this Python has").set_defaults(act=list_peers)
    server = verbs.add_parser("serve", help="run a network")
    server.add_argument("model")
    server.add_argument("--peer", choices=list(PEERS), required=True)
    server.add_argument("--threads", type=int, required=True)
    server.add_argument("--folder", type=pathlib.Path, required=True, help="has input.npy, gets the outputs")
    server.add_argument("--cache", type=pathlib.Path, help="a folder that keeps exports")
    server.set_defaults(act=serve)
    exporter = verbs.add_parser("export", help="write a network as ONNX")
    exporter.add_argument("model")
    exporter.add_argument("shape", type=lambda text: [int(extent) for extent in text.split(",")])
    exporter.add_argument("path")
    exporter.set_defaults(act=lambda args, _: export(args.model, args.shape, args.path))
    return parser.parse_args()


def main():
    args = parse()
    # Libraries print where they like; only answers may reach standard output.
    answers = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)

    def answer(thing):
        answers.write(json.dumps(thing) + "\n")

    try:
        args.act(args, answer)
    except PeerError as error:
        answer(dict(zip(("error", "hint"), error.args)))
        return 1
    except Exception as error:  # pylint: disable=broad-except # whatever it is, ingot prints it
        answer({"error": f"{type(error).__name__}: {error}", "hint": INSTALL if isinstance(error, ImportError) else ""})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
