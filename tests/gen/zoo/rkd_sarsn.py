"""The networks of the RKD-SARSN paper, with the parameter names of their references."""
import torch
from torch import nn

from gen_models import Net


class Shrinkage(nn.Module):
    """Soft thresholding by a threshold for each channel (reading R0)."""

    def __init__(self, c):
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(c, c), nn.BatchNorm1d(c), nn.ReLU(), nn.Linear(c, c), nn.Sigmoid())

    def forward(self, f):
        squeeze = f.abs().mean((2, 3))
        threshold = (self.fc(squeeze) * squeeze)[:, :, None, None]
        return torch.sign(f) * torch.relu(f.abs() - threshold)


class ShrinkageBlock(nn.Module):
    def __init__(self, c_in, c_out, stride):
        super().__init__()
        self.residual_function = nn.Sequential(
            nn.Conv2d(c_in, c_out, 3, stride, 1, bias=False), nn.BatchNorm2d(c_out), nn.ReLU(),
            nn.Conv2d(c_out, c_out, 3, padding=1, bias=False), nn.BatchNorm2d(c_out))
        self.shrinkage = Shrinkage(c_out)
        self.shortcut = nn.Sequential()
        if stride != 1 or c_in != c_out:
            self.shortcut = nn.Sequential(nn.Conv2d(c_in, c_out, 1, stride, bias=False), nn.BatchNorm2d(c_out))

    def forward(self, x):
        return torch.relu(self.shrinkage(self.residual_function(x)) + self.shortcut(x))


class Sarsn34(nn.Module):
    def __init__(self, classes=6):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64), nn.ReLU())
        c = 64
        for name, width, depth, stride in (("conv2_x", 64, 3, 1), ("conv3_x", 128, 4, 2), ("conv4_x", 256, 6, 2),
                                           ("conv5_x", 512, 3, 2)):
            blocks = [ShrinkageBlock(c if i == 0 else width, width, stride if i == 0 else 1) for i in range(depth)]
            self.add_module(name, nn.Sequential(*blocks))
            c = width
        self.fc = nn.Linear(512, classes)

    def forward(self, x):
        x = self.conv5_x(self.conv4_x(self.conv3_x(self.conv2_x(self.conv1(x)))))
        return self.fc(x.mean((2, 3)))


SMALL = [(1, 3, 37, 45), (3, 3, 45, 37)]
FULL = [(1, 3, 64, 64), (1, 3, 61, 75)]

NETWORKS = {
    "sarsn34": Net(Sarsn34, SMALL, FULL, ["conv1", "conv2_x.0.shrinkage", "conv3_x.0", "conv5_x.2"],
                   goldens=[(64, "seeded", None, [-0.139251, 0.257168, 0.320178, -0.345375, -0.231868, 0.00533123],
                             2e-6)]),
}
