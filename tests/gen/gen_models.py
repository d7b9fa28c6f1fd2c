#!/usr/bin/env python3
"""Writes tests/models/parity/<family>.yaml: what the networks compute on seeded weights and input, from PyTorch in float64.

Each tests/gen/zoo/<family>.py lists its networks (class Net below). Tensors are made from their names alone by the seeded
rule (docs/yaml-format.md); the spans of the norm weights are read from each model's `seeded:` key. Asserted on the way:
the modules reproduce the golden values of the networks' specifications; zeroing the input moves every output by over 1 %
of its maximum; and so does zeroing the result of any one convolution or linear layer (else the test would be blind there).

usage: gen_models.py [--only PART | --update MODEL]... [--no-full] [--no-check | --check-only] [FAMILY...]
"""
import argparse
import dataclasses
import importlib
import math
import pathlib
import re
import sys

import numpy as np
import torch
import yaml
from torch import nn

from gen_ops import stream

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAYERS = (nn.Conv1d, nn.Conv2d, nn.ConvTranspose2d, nn.Linear)
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.GroupNorm, nn.LayerNorm)
LISTED = 64  # results of up to this many numbers are listed; larger ones are digested


@dataclasses.dataclass
class Net:
    """One network, or one reading of it. The key in NETWORKS is the model's name, with @anything behind it if need be."""
    make: object                # () -> module with six classes (or what the model's defaults say)
    small: list                 # input shapes at which plain C takes about a second; odd ones, and batches
    full: list                  # the paper's input size, and an odd one
    taps: list = dataclasses.field(default_factory=list)   # module paths to compare on the way (small shapes only)
    set: dict = dataclasses.field(default_factory=dict)    # the model's parameters
    outputs: list = dataclasses.field(default_factory=list)  # names, when the module returns a tuple
    blind: str = None           # layers (a regular expression over paths) that may matter less than 1 %: say why beside it
    goldens: list = dataclasses.field(default_factory=list)  # (size, rule name, norm range or None, values, tolerance)
    norm_types: tuple = ()      # further module types whose weights are norm weights


def seeded_rule(model):
    """The `seeded:` key of a model description: a default range, ranges by path suffix (the last that fits counts), and the
    gain of the weights."""
    description = yaml.safe_load(model_file(model).read_text())
    seeded = description.get("seeded", {})
    return tuple(seeded.get("norm_weight", (0.3, 0.4))), seeded.get("norms", {}), seeded.get("gain", 1)


def norm_range(rule, path):
    found = rule[0]
    for suffix, values in rule[1].items():
        if path == str(suffix) or path.endswith(f".{suffix}"):
            found = tuple(values)
    return found


def first_rule(name, shape, module, norms, rule):
    u = stream(name, math.prod(shape))
    path, _, leaf = name.rpartition(".")
    if leaf == "running_var":
        return 0.5 + u
    if leaf == "running_mean" or (isinstance(module, norms) and leaf == "bias"):
        return 0.2 * (2 * u - 1)
    if isinstance(module, norms) and leaf == "weight":
        base, span = norm_range(rule, path)
        return base + span * u
    if isinstance(module, LAYERS) and leaf == "bias":
        return 0.1 * (2 * u - 1)
    if isinstance(module, LAYERS) or (leaf == "weight" and len(shape) == 4):
        return (2 * u - 1) * rule[2] * math.sqrt(6 / math.prod(shape[1:]))
    return 0.5 + u


def second_rule(name, shape, module, norms, rule):
    """The rule of the MobileSteelNet specification: its stream starts one element earlier."""
    del module, norms, rule
    u = shifted_stream(name, math.prod(shape))
    if name.endswith((".bias", ".running_mean")):
        return 0.1 * (2 * u - 1)
    if len(shape) > 1 and name.endswith(".weight"):
        return (2 * u - 1) * math.sqrt(3 / math.prod(shape[1:]))
    return 0.5 + u


def shifted_stream(name, count):
    """Elements 0 .. count-1 of the generator whose elements 1 .. count stream() gives."""
    s = 2166136261
    for byte in name.encode():
        s = (s ^ byte) * 16777619 & 0xFFFFFFFF
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        s = (s ^ s >> shift) * factor & 0xFFFFFFFF
    head = (s ^ s >> 16) / 2.0**32
    return np.concatenate([[head], stream(name, count - 1)])


RULES = {"seeded": (first_rule, stream), "mobilesteelnet": (second_rule, shifted_stream)}


def rounded(values, shape):
    return torch.from_numpy(np.asarray(values, np.float32).astype(np.float64).reshape(shape))


def model_file(model):
    found = [f for f in ROOT.glob(f"models/*/{model}.yaml") if f.parent.name != "blocks"]
    assert len(found) == 1, f"{model}: {found}"
    return found[0]


def build(net, rule, ranges):
    network = net.make().double().eval()
    modules = dict(network.named_modules())
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if name.endswith("num_batches_tracked") or not tensor.is_floating_point():
                continue
            owner = modules[name.rpartition(".")[0]]
            values = RULES[rule][0](name, list(tensor.shape), owner, NORMS + tuple(net.norm_types), ranges)
            tensor.copy_(rounded(values, tensor.shape))
    return network


def input_of(rule, shape, name="input"):
    return rounded(2 * RULES[rule][1](name, math.prod(shape)) - 1, shape)


def results(network, x):
    """The outputs as a tuple of tensors."""
    y = network(x)
    return tuple(y) if isinstance(y, (tuple, list)) else (y,)


def moved(before, after):
    """The largest movement of any output, as a share of its maximum; and the smallest."""
    shares = [float((a - b).abs().max() / b.abs().max()) for a, b in zip(after, before)]
    return max(shares), min(shares)


def check_golden(key, net, golden):
    size, rule, ranges, values, tolerance = golden
    network = build(net, rule, (ranges or (0.3, 0.4), {}, 1))
    shape = size if isinstance(size, tuple) else (1, 3, size, size)
    y = results(network, input_of(rule, shape))[0].flatten()[:len(values)].numpy()
    error = np.abs(y - values).max() / np.abs(values).max()
    assert error < tolerance, f"{key}: golden values differ by {error:.3g}"


def check_layers(key, net, network, shape):
    """Zeroes the result of one layer after another; prints the one that matters least."""
    network, x = network.float(), input_of("seeded", shape).float()
    before, weakest = results(network, x), (math.inf, "")
    for path, module in network.named_modules():
        if not isinstance(module, LAYERS):
            continue
        hook = module.register_forward_hook(lambda module, args, out: torch.zeros_like(out))
        share = moved(before, results(network, x))[0]
        hook.remove()
        if net.blind and re.search(net.blind, path):
            continue
        weakest = min(weakest, (share, path))
        assert share > 0.01, f"{key}: without {path} the output moves by only {share:.3g}"
    print(f"{key}: weakest layer {weakest[1]} moves the output by {weakest[0]:.3g}", flush=True)
    network.double()


def number(x):
    return f"{float(x) + 0.0:.9g}"


def tap_line(path, tensor):
    flat = tensor.flatten()
    return (f"    {path}: {{shape: {list(tensor.shape)}, mean: {number(flat.mean())}, "
            f"absmean: {number(flat.abs().mean())}, first: {number(flat[0])}, last: {number(flat[-1])}}}")


def digest_line(name, tensor):
    """Mean, magnitudes, a weighted mean that notices any two elements that change places, and some elements."""
    flat = tensor.contiguous().flatten().numpy()
    dot = (flat * (2 * stream("probe", flat.size) - 1)).mean()
    places = sorted({int(u * flat.size) for u in stream("places", 8)})
    probe = ", ".join(f"[{i}, {number(flat[i])}]" for i in places)
    return (f"    {name}: {{shape: {list(tensor.shape)}, mean: {number(flat.mean())}, "
            f"absmean: {number(np.abs(flat).mean())}, absmax: {number(np.abs(flat).max())}, dot: {number(dot)}, "
            f"probe: [{probe}]}}")


def run_case(key, net, network, shape, large):
    hooks, taps, model = [], {}, key.split("@")[0]
    modules = dict(network.named_modules())
    for path in [] if large else net.taps:
        # At once: a later operator may work in place.
        hooks.append(modules[path].register_forward_hook(
            lambda module, args, out, path=path: taps.__setitem__(path, out.clone())))
    y = results(network, input_of("seeded", shape))
    for hook in hooks:
        hook.remove()
    if not large:
        least = moved(y, results(network, torch.zeros(shape, dtype=torch.float64)))[1]
        assert least > 0.01, f"{key}: zeroing the input moves an output by only {least:.3g}"
    lines = [f"- model: {model_file(model).relative_to(ROOT / 'models')}", "  fill: seeded", f"  shape: {list(shape)}"]
    if net.set:
        lines.append("  set: {" + ", ".join(f"{k}: {v}" for k, v in net.set.items()) + "}")
    if large:
        lines.append("  large: true")
    if len(y) == 1 and y[0].numel() <= LISTED:
        lines.append("  outputs: [" + ", ".join(number(v) for v in y[0].flatten()) + "]")
    else:
        lines.append("  digests:")
        names = net.outputs or list(yaml.safe_load(model_file(model).read_text())["outputs"])[:1]
        assert len(names) == len(y), f"{key}: {len(y)} outputs, names {names}"
        lines += [digest_line(name, tensor) for name, tensor in zip(names, y)]
    if taps:
        lines.append("  taps:")
    return lines + [tap_line(path, taps[path]) for path in taps]


def kept(family, key, lines):
    """The entries that the family's file has for the key's model, unless they were taken over before."""
    head = f"- model: {model_file(key.split('@')[0]).relative_to(ROOT / 'models')}"
    if head in lines:
        return []
    text = (ROOT / f"tests/models/parity/{family}.yaml").read_text()
    entries = re.split(r"^(?=- model: )", text, flags=re.M)[1:]
    return [line for entry in entries if entry.splitlines()[0] == head for line in entry.splitlines()]


def write_family(family, options):
    networks = importlib.import_module(f"zoo.{family}").NETWORKS
    lines = ["# Written by tests/gen/gen_models.py: PyTorch in float64 on seeded weights and input.",
             "# The format is that of goldens.yaml; `large` marks the papers' input sizes."]
    for key, net in networks.items():
        if options.only and options.only not in key:
            continue
        if options.update and key.split("@")[0] not in options.update:
            lines += kept(family, key, lines)
            continue
        for golden in net.goldens:
            check_golden(key, net, golden)
        network = build(net, "seeded", seeded_rule(key.split("@")[0]))
        for shape in [] if options.check_only else net.small:
            lines += run_case(key, net, network, shape, False)
        if not options.no_check:
            check_layers(key, net, network, net.small[0])
        for shape in [] if options.no_full or options.check_only else net.full:
            lines += run_case(key, net, build(net, "seeded", seeded_rule(key.split("@")[0])), shape, True)
    if options.check_only:
        return
    if options.only:
        print("\n".join(lines))
    else:
        (ROOT / f"tests/models/parity/{family}.yaml").write_text("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--only", help="networks whose name holds this; prints instead of writing")
    parser.add_argument("--update", action="append", help="do this model anew and keep the others as they stand")
    parser.add_argument("--no-full", action="store_true", help="leave out the papers' input sizes")
    parser.add_argument("--no-check", action="store_true", help="leave out the check of every layer")
    parser.add_argument("--check-only", action="store_true", help="check every layer, and write nothing")
    parser.add_argument("family", nargs="*")
    options = parser.parse_args()
    here = pathlib.Path(__file__).parent
    families = options.family or sorted(f.stem for f in (here / "zoo").glob("*.py") if f.stem[0] != "_")
    for family in families:
        write_family(family, options)


if __name__ == "__main__":
    torch.set_grad_enabled(False)
    sys.modules["gen_models"] = sys.modules["__main__"]
    main()
