#!/usr/bin/env python3
"""Writes tests/models/parity.yaml: what the five networks compute on seeded weights and input, from PyTorch in float64.

Tensors are made from their names alone by the seeded rule (docs/yaml-format.md); the span of the norm weights is read
from each model's `seeded:` key. Two things are asserted on the way: the modules reproduce the golden values of the
networks' specifications, and zeroing the input moves every output by over 1 % of its maximum (else the test is blind).

usage: gen_models.py [OUTPUT.yaml]      (default: tests/models/parity.yaml)
"""
import math
import pathlib
import re
import sys

import numpy as np
import torch
from torch import nn

from gen_ops import stream
from models import NETWORKS

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEFAULT_NORM = (0.3, 0.4)
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.GroupNorm)

# Odd sizes, so that every border and remainder path is taken; batch 1 and 3.
SHAPES = {"sarsn34": [(1, 3, 37, 45), (3, 3, 45, 37)]}
DEFAULT_SHAPES = [(1, 3, 97, 75), (3, 3, 65, 51)]

TAPS = {
    "mobilenet_v1": ["model.0", "model.3", "model.9", "model.15"],
    "mobilenet_v2": ["features.0", "features.1", "features.2", "features.9", "features.18"],
    "resnet18": ["conv1", "layer1.0", "layer2.0", "layer4.1"],
    "mobilesteelnet": ["stage1", "stage2", "stage3", "multiscale_fusion", "attention.channel_interaction",
                       "attention.gn", "attention.conv3x3", "attention.multi_scale_fusion", "attention.final_fusion",
                       "attention"],
    "sarsn34": ["conv1", "conv2_x.0.shrinkage", "conv3_x.0", "conv5_x.2"],
}

# Golden logits of the specifications: size, norm weights, rule, values, digits given.
GOLDEN = {
    "sarsn34": (64, "first", [-0.139251, 0.257168, 0.320178, -0.345375, -0.231868, 0.00533123], 2e-6),
    "mobilesteelnet": (224, "second", [4.668619912e-01, 7.122869536e-01, 3.155407773e-02, 4.671143980e-01,
                                       7.084056572e-01, 1.847171280e-01], 1e-8),
    "resnet18": (224, "second", [-3.661160096, 9.342840050e-01, -8.390359675e-01, 1.332970003, 6.288116621e-01,
                                 1.902416536], 1e-8),
    "mobilenet_v2": (224, "second", [1.286824046e-01, 1.245307878e-01, -2.454233551e-01, -2.016606829e-01,
                                     -3.730527283e-01, -1.355832928e-01], 1e-8),
}


def seeded_norm(model):
    """The `seeded: {norm_weight: [base, span]}` of a model description."""
    text = next(ROOT.glob(f"models/*/{model}.yaml")).read_text()
    found = re.search(r"^seeded:\s*\{norm_weight:\s*\[([^,\]]+),([^\]]+)\]", text, re.M)
    return (float(found[1]), float(found[2])) if found else DEFAULT_NORM


def first_rule(name, shape, module, norm):
    u = stream(name, math.prod(shape))
    leaf = name.rsplit(".", 1)[-1]
    is_norm = isinstance(module, NORMS)
    if leaf == "running_var":
        return 0.5 + u
    if leaf == "running_mean" or (is_norm and leaf == "bias"):
        return 0.2 * (2 * u - 1)
    if leaf == "bias":
        return 0.1 * (2 * u - 1)
    if is_norm:
        return norm[0] + norm[1] * u
    if len(shape) > 1:
        return (2 * u - 1) * math.sqrt(6 / math.prod(shape[1:]))
    return 0.5 + u


def second_rule(name, shape, module, norm):
    """The rule of the MobileSteelNet specification: its stream starts one element earlier."""
    del module, norm
    u = shifted_stream(name, math.prod(shape))
    if name.endswith(".bias"):
        return 0.1 * (2 * u - 1)
    if name.endswith(".running_mean"):
        return 0.1 * (2 * u - 1)
    if len(shape) > 1:
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


def rounded(values, shape):
    return torch.from_numpy(np.asarray(values, np.float32).astype(np.float64).reshape(shape))


def fill(network, rule, norm):
    modules = dict(network.named_modules())
    for name, tensor in network.state_dict().items():
        if name.endswith("num_batches_tracked"):
            continue
        owner = modules[name.rpartition(".")[0]]
        tensor.copy_(rounded(rule(name, list(tensor.shape), owner, norm), tensor.shape))


def build(model, rule, norm):
    network = NETWORKS[model][0](6).double().eval()
    with torch.no_grad():
        fill(network, rule, norm)
    return network


def check_golden(model):
    size, rule, values, tolerance = GOLDEN[model]
    rules = {"first": (first_rule, stream), "second": (second_rule, shifted_stream)}
    network = build(model, rules[rule][0], DEFAULT_NORM)
    shape = (1, 3, size, size)
    with torch.no_grad():
        logits = network(rounded(2 * rules[rule][1]("input", math.prod(shape)) - 1, shape))[0].numpy()
    error = np.abs(logits - values).max() / np.abs(values).max()
    assert error < tolerance, f"{model}: golden logits differ by {error:.3g}"


def number(x):
    return f"{float(x):.9g}"


def tap_line(path, tensor):
    flat = tensor.flatten()
    return (f"    {path}: {{shape: {list(tensor.shape)}, mean: {number(flat.mean())}, "
            f"absmean: {number(flat.abs().mean())}, first: {number(flat[0])}, last: {number(flat[-1])}}}")


def run_case(model, network, shape):
    hooks, taps = [], {}
    modules = dict(network.named_modules())
    for path in TAPS[model]:
        # At once: a later operator may work in place.
        hooks.append(modules[path].register_forward_hook(
            lambda module, args, out, path=path: taps.__setitem__(path, out.clone())))
    with torch.no_grad():
        logits = network(rounded(2 * stream("input", math.prod(shape)) - 1, shape))
        for hook in hooks:
            hook.remove()
        moved = (network(torch.zeros(shape, dtype=torch.float64)) - logits).abs().max() / logits.abs().max()
    assert moved > 0.01, f"{model}: zeroing the input moves the output by only {moved:.3g}"
    file = next(ROOT.glob(f"models/*/{model}.yaml")).relative_to(ROOT / "models")
    values = ", ".join(number(x) for x in logits.flatten())
    lines = [f"- model: {file}", "  fill: seeded", f"  shape: {list(shape)}", f"  outputs: [{values}]", "  taps:"]
    return lines + [tap_line(path, taps[path]) for path in TAPS[model]]


def main():
    output = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "tests/models/parity.yaml"
    lines = ["# Written by tests/gen/gen_models.py: PyTorch in float64 on seeded weights and input, six classes.",
             "# The format is that of goldens.yaml."]
    for model in NETWORKS:
        if model in GOLDEN:
            check_golden(model)
        network = build(model, first_rule, seeded_norm(model))
        for shape in SHAPES.get(model, DEFAULT_SHAPES):
            lines += run_case(model, network, shape)
    output.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
