#!/usr/bin/env python3
"""Public checkpoints load unchanged: saves torchvision's resnet50 and timm's repvit_m1 by two lines of Python each, runs
`ingot run` on them and compares with PyTorch. Weights are random but not fresh: norms have statistics and scales.

usage: check_checkpoints.py INGOT      (needs torch, torchvision, timm and safetensors)
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import safetensors.torch
import timm
import torch
import torchvision


def lived_in(network):
    """As after some training: a fresh network's norms do nothing, and some of timm's start at zero."""
    generator = torch.Generator().manual_seed(1)
    for name, tensor in network.state_dict().items():
        if tensor.is_floating_point() and tensor.dim() == 1:
            noise = torch.rand(tensor.shape, generator=generator)
            tensor.copy_(0.5 + noise if name.endswith(("running_var", ".weight")) else 0.2 * noise - 0.1)
    return network.eval()


def check(ingot, model, network, folder):
    torch.manual_seed(0)
    x = torch.randn(2, 3, 224, 224)
    safetensors.torch.save_file(network.state_dict(), folder / "weights.safetensors")
    np.save(folder / "in.npy", x.numpy())
    subprocess.run([ingot, "run", model, "--set", "classes=1000", "--weights", folder / "weights.safetensors", "--tensor",
                    folder / "in.npy", "--output", f"logits={folder}/out.npy", "--quiet"], check=True,
                   stdout=subprocess.DEVNULL)
    expected, found = network(x).numpy(), np.load(folder / "out.npy")
    error = np.abs(expected - found).max() / np.abs(expected).max()
    print(f"{model}: {found.shape[0]} x {found.shape[1]} logits, largest relative difference {error:.3g}")
    return error < 1e-4


def main():
    torch.set_grad_enabled(False)
    torch.manual_seed(0)
    networks = {"resnet50": torchvision.models.resnet50(), "repvit_m1": timm.create_model("repvit_m1")}
    with tempfile.TemporaryDirectory() as folder:
        good = [check(sys.argv[1], name, lived_in(network), pathlib.Path(folder)) for name, network in networks.items()]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
