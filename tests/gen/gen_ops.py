#!/usr/bin/env python3
"""Writes tests/ops/<op>.yaml: what each operator must compute and refuse, with expectations from PyTorch in float64.

Data is made from names alone, so the files hold shapes and a few numbers, not tensors. Element i of the stream `name`
is u = mix(fnv32(name) + (i + 1) * 0x9E3779B9) / 2^32 with murmur3's 32-bit finaliser as mix (base/hash.h). Input k is
2u-1 of the stream "in<k>"; parameters follow the seeded rule below under the names the graph gives them, the node's
path being "op" and a folded norm's "norm". All are rounded to float32 first. A case's `ranges` gives each input a list
of [factor, offset, factor, offset, ...]: element i becomes factor * x + offset, rounded again, by pair i modulo their
number, so that the columns of a table of boxes can differ; an empty list leaves the input alone. `data` may hold nan.

An expectation holds the shape, mean, absmean, absmax, first, last, `dot` = the mean of y[i] * (2u-1) with u of the
stream "probe" (no two elements can change places unseen), and a few [index, value] probes, or all values of a small
result. Of elements that are nan, `nans` is the number where there are any; the means take them as 0. The case lists are
in gen_ops_cases.py, those of later operators in ops/<op>.py: CASES, REFUSALS (optional), and reference(x, a), which may
import this module's param() and tensor().

usage: gen_ops.py [--folder FOLDER] [OP...]      (default: every operator, into tests/ops beside this script's folder)
"""
import argparse
import importlib
import math
import pathlib
import sys
import textwrap

import numpy as np
import torch
import torch.nn.functional as F

import gen_ops_epilogue
from gen_ops_cases import CASES, REFUSALS


def stream(name, count):
    """Uniform numbers in [0,1): ig_hash_uniform(fnv32(name), 1..count)."""
    seed = 2166136261
    for byte in name.encode():
        seed = (seed ^ byte) * 16777619 & 0xFFFFFFFF
    s = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B9) & np.uint64(0xFFFFFFFF)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        s = (s ^ s >> np.uint64(shift)) * np.uint64(factor) & np.uint64(0xFFFFFFFF)
    return (s ^ s >> np.uint64(16)).astype(np.float64) / 2.0**32


def tensor(values, shape):
    """Float32 numbers as a float64 tensor."""
    return torch.from_numpy(np.asarray(values, dtype=np.float32).astype(np.float64).reshape(shape))


def param(name, shape, kind):
    u = stream(name, math.prod(shape))
    fan_in = max(1, math.prod(shape[1:]))
    rule = {"weight": (2 * u - 1) * math.sqrt(6 / fan_in), "bias": 0.1 * (2 * u - 1), "norm_weight": 0.5 + 0.4 * u,
            "norm_bias": 0.2 * (2 * u - 1), "running_mean": 0.2 * (2 * u - 1), "running_var": 0.5 + u,
            "other": 0.5 + u}
    return tensor(rule[kind], shape)


def norm_params(path, channels):
    kinds = (("running_mean", "running_mean"), ("running_var", "running_var"), ("weight", "norm_weight"),
             ("bias", "norm_bias"))
    return [param(f"{path}.{suffix}", [channels], kind) for suffix, kind in kinds]


ACTIVATIONS = {"relu": F.relu, "relu6": F.relu6, "sigmoid": torch.sigmoid, "abs": torch.abs,
               "silu": F.silu, "hard_sigmoid": F.hardsigmoid, "hard_swish": F.hardswish, "gelu": F.gelu, "tanh": torch.tanh}


def norm_along(y, axis, eps):
    """Batch norm with the channels along `axis`."""
    moved = y.movedim(axis, 1) if y.dim() > 1 else y
    return F.batch_norm(moved, *norm_params("norm", moved.shape[1]), eps=eps).movedim(1, axis)


def tail(y, a, axis):
    return norm_along(y, axis, a.get("norm_eps", 1e-5)) if a.get("norm") else y


BINARY = {"add": lambda y, o: y + o, "sub": lambda y, o: y - o, "rsub": lambda y, o: o - y, "mul": lambda y, o: y * o}


def count_operands(a):
    return sum(word in BINARY for word in a.get("then", []))


def finish(y, a, operands):
    """The epilogue: the words of `then`, each binary one with the next operand."""
    words, operands = iter(a.get("then", [])), iter(operands)
    for word in words:
        if word in BINARY:
            y = BINARY[word](y, next(operands))
        elif word == "leaky_relu":
            y = F.leaky_relu(y, float(next(words)))
        elif word == "scale":
            y = y * float(next(words)) + float(next(words))
        else:
            y = ACTIVATIONS[word](y)
    return y


def pair(value):
    return list(value) if isinstance(value, list) else [value, value]


def conv2d(x, a):
    groups, kernel = a.get("groups", 1), pair(a["kernel"])
    weight = param("op.weight", [a["out"], x[0].shape[1] // groups, *kernel], "weight")
    bias = param("op.bias", [a["out"]], "bias") if a.get("bias") else None
    stride, pad, dilation = pair(a.get("stride", 1)), pair(a.get("pad", 0)), pair(a.get("dilation", 1))
    mode, image = a.get("pad_mode", "zero"), x[0] * x[1] if a.get("gate") else x[0]
    if mode != "zero":
        image, pad = F.pad(image, [pad[1], pad[1], pad[0], pad[0]], mode), 0
    y = tail(F.conv2d(image, weight, bias, stride, pad, dilation, groups), a, 1)
    if a.get("max_pool"):
        return F.max_pool2d(y, 2)
    return F.instance_norm(y, eps=a.get("plane_norm_eps", 1e-5)) if a.get("plane_norm") else y


def linear(x, a):
    weight = param("op.weight", [a["out"], x[0].shape[-1]], "weight")
    bias = param("op.bias", [a["out"]], "bias") if a.get("bias", True) else None
    return tail(F.linear(x[0], weight, bias), a, -1)


def batch_norm(x, a):
    return F.batch_norm(x[0], *norm_params("op", x[0].shape[1]), eps=a.get("eps", 1e-5))


def group_norm(x, a):
    weight, bias = None, None
    if a.get("affine", True):
        weight, bias = (param(f"op.{n}", [x[0].shape[1]], f"norm_{n}") for n in ("weight", "bias"))
    return torch.group_norm(x[0], a["groups"], weight, bias, a.get("eps", 1e-5))


def soft_threshold(x, a):
    t, *slope = (v.reshape(list(x[0].shape[:2]) + [1] * (x[0].dim() - 2)) for v in x[1:])
    if len(x) == 3:
        return torch.where(torch.abs(x[0]) <= t, torch.zeros_like(x[0]), slope[0] * x[0] - torch.sign(x[0]) * t)
    return torch.sign(x[0]) * torch.clamp(torch.abs(x[0]) - t, min=0)


def max_pool2d(x, a):
    stride = [s or k for s, k in zip(pair(a.get("stride", 0)), pair(a["kernel"]))]
    return F.max_pool2d(x[0], pair(a["kernel"]), stride, pair(a.get("pad", 0)), ceil_mode=a.get("ceil_mode", False))


def resize(x, a):
    size = pair(a["size"]) if "size" in a else [s * e for s, e in zip(pair(a["scale"]), x[0].shape[2:])]
    if a.get("mode", "bilinear") == "nearest":
        return F.interpolate(x[0], size=size, mode="nearest")
    return F.interpolate(x[0], size=size, mode="bilinear", align_corners=a.get("align_corners", False))


def reshape(x, a):
    return x[0].reshape([x[0].shape[i] if e == 0 else e for i, e in enumerate(a["shape"])])


def of_each(x, a):
    return ACTIVATIONS[a["of"]](x) if "of" in a else x


def parameter(x, a):
    del x
    if not a.get("of_norm"):
        return param("op", a["shape"], "other")
    part, path, eps = a["of_norm"]
    mean, var, weight, bias = norm_params(path, math.prod(a["shape"]))
    scale = weight / torch.sqrt(var + float(eps.strip('"')))
    return (scale if part == "scale" else bias - mean * scale).reshape(a["shape"])


OPS = {
    "abs": lambda x, a: torch.abs(x[0]),
    "add": lambda x, a: x[0] + x[1],
    "batch_norm": batch_norm,
    "concat": lambda x, a: torch.cat(x, a["axis"]),
    "conv2d": conv2d,
    "group_norm": group_norm,
    "lerp": lambda x, a: torch.lerp(*torch.broadcast_tensors(*x)),
    "linear": linear,
    "matmul": lambda x, a: torch.matmul(x[0], x[1]),
    "max_pool2d": max_pool2d,
    "mul": lambda x, a: x[0] * x[1],
    "parameter": parameter,
    "permute": lambda x, a: x[0].permute(a["dims"]),
    "reduce_max": lambda x, a: torch.amax(of_each(x[0], a), a["axes"], a.get("keepdims", False)),
    "reduce_mean": lambda x, a: torch.mean(of_each(x[0], a), a["axes"], a.get("keepdims", False)),
    "relu": lambda x, a: F.relu(x[0]),
    "relu6": lambda x, a: F.relu6(x[0]),
    "reshape": reshape,
    "resize": resize,
    "sigmoid": lambda x, a: torch.sigmoid(x[0]),
    "slice": lambda x, a: x[0].narrow(a["axis"], a["start"], a["end"] - a["start"]),
    "soft_threshold": soft_threshold,
    "softmax": lambda x, a: torch.softmax(x[0], a["axis"]),
}


GLUE = "~"  # a blank that no line may break at


def text(value):
    """A Python value as flow YAML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value + 0.0:.9g}"  # no negative zero
    if isinstance(value, (list, tuple)):
        short = len(value) <= 6 and not any(isinstance(v, (list, tuple)) for v in value)
        return "[" + ("," + (GLUE if short else " ")).join(map(text, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}:{GLUE}{text(v)}" for k, v in value.items()) + "}"
    return str(value)


def expectation(y):
    flat = y.contiguous().reshape(-1).numpy()
    count, known, nans = flat.size, np.nan_to_num(flat, posinf=np.inf, neginf=-np.inf), int(np.isnan(flat).sum())
    result = {"shape": list(y.shape), "mean": known.mean(), "absmean": np.abs(known).mean(),
              "absmax": np.abs(known).max(), "dot": (known * (2 * stream("probe", count) - 1)).mean(),
              "first": flat[0], "last": flat[-1]}
    result = {k: v if k == "shape" else float(v) for k, v in result.items()}
    if nans:
        result["nans"] = nans
    if count <= 16:
        result["values"] = [float(v) for v in flat]
    else:
        places = sorted({int(u * count) for u in stream("places", 6)})
        result["probe"] = [[i, float(flat[i])] for i in places]
    return result


def ranged(x, pairs):
    table = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    return tensor(x.reshape(-1, len(table)).numpy() * table[:, 0] + table[:, 1], x.shape) if pairs else x


def run(op, case):
    data = case.get("data", [None] * len(case["inputs"]))
    x = [tensor(2 * stream(f"in{k}", math.prod(s)) - 1 if data[k] is None else data[k], s)
         for k, s in enumerate(case["inputs"])]
    x = [ranged(*v) for v in zip(x, case.get("ranges", [[]] * len(x)))]
    attrs = case.get("attrs", {})
    own = len(x) - count_operands(attrs)
    y = finish(OPS[op](x[:own], attrs), attrs, x[own:])
    for index, value in enumerate(case.get("printed", [])):  # a published result, with the digits it was printed with
        assert abs(float(y.reshape(-1)[index]) - value) < 1e-6, (op, case["name"], index)
    return expectation(y)


def entry(fields):
    """One item of a list, folded to lines that fit a screen."""
    lines = textwrap.fill("- " + text(fields), 118, initial_indent="  ", subsequent_indent="     ",
                          break_long_words=False, break_on_hyphens=False)
    return lines.replace(GLUE, " ") + "\n"


def case_entry(op, case):
    fields = {k: case[k] for k in ("name", "inputs", "attrs", "data", "ranges", "cost") if k in case}
    return entry({**fields, "expect": run(op, case)})


def load_modules():
    """Adds what ops/<op>.py say to CASES, REFUSALS and OPS."""
    here = pathlib.Path(__file__).parent
    sys.modules.setdefault("gen_ops", sys.modules[__name__])
    for file in sorted((here / "ops").glob("*.py")):
        module = importlib.import_module(f"ops.{file.stem}")
        CASES[file.stem], OPS[file.stem] = module.CASES, module.reference
        REFUSALS[file.stem] = getattr(module, "REFUSALS", [])
    for op in CASES:
        CASES[op] = [*CASES[op], *gen_ops_epilogue.cases(op)]
        REFUSALS[op] = [*REFUSALS.get(op, []), *gen_ops_epilogue.REFUSALS.get(op, [])]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(__file__).parent.parent / "ops")
    parser.add_argument("op", nargs="*")
    options = parser.parse_args()
    load_modules()
    unknown = set(options.op) - set(CASES)
    assert not unknown, f"no such operator: {unknown}"
    folder = options.folder
    for op, cases in CASES.items():
        if options.op and op not in options.op:
            continue
        refusals = REFUSALS.get(op, [])
        names = [c["name"] for c in cases + refusals]
        assert len(names) == len(set(names)), op
        with open(folder / f"{op}.yaml", "w", encoding="ascii") as file:
            file.write("# Written by tests/gen/gen_ops.py: PyTorch in float64.\n")
            file.write(f"op: {op}\ncases:\n")
            file.writelines(case_entry(op, case) for case in cases)
            if refusals:
                file.write("refusals: # attributes or inputs that must be refused, and a word the message must hold\n")
                file.writelines(map(entry, refusals))


if __name__ == "__main__":
    torch.set_grad_enabled(False)
    main()
