#!/usr/bin/env python3
"""Writes tests/models/tool_counts.yaml: what thop, fvcore and ptflops themselves print for public networks.

Needs the packages thop 0.1.1, fvcore 0.1.5 and ptflops 0.7.5 (and timm for its networks).

usage: gen_tool_counts.py > tests/models/tool_counts.yaml
"""
import copy
import logging
import pathlib
import sys
import warnings

import timm
import torch
import torchvision
from fvcore.nn import FlopCountAnalysis
from ptflops import get_model_complexity_info
from thop import profile

TORCHVISION = {"resnet18": "resnet18", "resnet50": "resnet50", "resnet101": "resnet101", "mobilenet_v2": "mobilenet_v2",
               "mobilenet_v3_large": "mobilenet_v3_large", "shufflenet_v2": "shufflenet_v2_x1_0", "vgg16": "vgg16",
               "alexnet": "alexnet"}
TIMM = ["mobileone_s0", "repvit_m1", "edgenext_small", "fastvit_sa12"]
SIDE = 224
# ptflops counts the module GELU twice (it knows its function too) and timm's own GELU here once; the operator stands for
# the module.
LEFT_OUT = {("edgenext_small", "ptflops"), ("fastvit_sa12", "ptflops")}
ROOT = pathlib.Path(__file__).resolve().parents[2] / "models"


def counts(network):
    x = torch.zeros(1, 3, SIDE, SIDE)
    thop, _ = profile(copy.deepcopy(network), inputs=(x,), verbose=False)
    fvcore = FlopCountAnalysis(copy.deepcopy(network), x).unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    ptflops, _ = get_model_complexity_info(copy.deepcopy(network), (3, SIDE, SIDE), as_strings=False, verbose=False,
                                           print_per_layer_stat=False, backend="pytorch")
    return {"thop": int(thop), "fvcore": int(fvcore.total()), "ptflops": int(ptflops)}


def main():
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    print("# Written by tests/gen/gen_tool_counts.py: what the tools themselves print, at 224x224 with 1000 classes.")
    for model, name in TORCHVISION.items():
        show(model, torchvision.models.get_model(name) if hasattr(torchvision.models, "get_model")
             else getattr(torchvision.models, name)())
    for model in TIMM:
        show(model, timm.create_model(model))


def show(model, network):
    found = ", ".join(f"{k}: {v}" for k, v in counts(network.eval()).items() if (model, k) not in LEFT_OUT)
    file = next(ROOT.glob(f"*/{model}.yaml")).relative_to(ROOT)
    print(f"- {{model: {file}, {found}}}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
