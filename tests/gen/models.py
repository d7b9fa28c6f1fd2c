"""The five networks as PyTorch modules, with the parameter names of their references.

Used to regenerate tests/models/parity.yaml and to export ONNX files for side-by-side runs; never at build or run time.
"""
import torch
import torch.nn.functional as F
import torchvision
from torch import nn


class DepthwiseSeparable(nn.Module):
    """3x3 depthwise, 1x1 pointwise, norm; no activation, and nothing between the two convolutions."""

    def __init__(self, c_in, c_out, stride):
        super().__init__()
        self.depthwise = nn.Conv2d(c_in, c_in, 3, stride, 1, groups=c_in, bias=False)
        self.pointwise = nn.Conv2d(c_in, c_out, 1, bias=False)
        self.bn = nn.BatchNorm2d(c_out)

    def forward(self, x):
        return self.bn(self.pointwise(self.depthwise(x)))


class MobileNetV1(nn.Module):
    """Reading R0 of the MobileSteelNet paper: thirteen blocks, stride 32."""

    def __init__(self, classes=6):
        super().__init__()
        widths = [(32, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2), (256, 256, 1), (256, 512, 2)]
        widths += [(512, 512, 1)] * 5 + [(512, 1024, 2), (1024, 1024, 1)]
        stem = [nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU()]
        self.model = nn.Sequential(*stem, *(DepthwiseSeparable(*row) for row in widths))
        self.fc = nn.Linear(1024, classes)

    def forward(self, x):
        return self.fc(self.model(x).mean((2, 3)))


class MultiScaleFusion(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.fusion_conv = nn.Sequential(nn.Conv2d(c_in, c_out, 1, bias=False), nn.BatchNorm2d(c_out), nn.ReLU())

    def forward(self, maps):
        size = [max(m.shape[2] for m in maps), max(m.shape[3] for m in maps)]
        maps = [m if list(m.shape[2:]) == size else F.interpolate(m, size, mode="bilinear", align_corners=False)
                for m in maps]
        return self.fusion_conv(torch.cat(maps, 1))


class ChannelInteraction(nn.Module):
    def __init__(self, c, reduction):
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(c, c // reduction, bias=False), nn.ReLU(),
                                nn.Linear(c // reduction, c, bias=False))
        self.channel_interaction = nn.Conv2d(c, c, 1, bias=False)

    def forward(self, x):
        gate = torch.sigmoid(self.fc(x.mean((2, 3))) + self.fc(x.amax((2, 3))))[:, :, None, None]
        return x * gate + self.channel_interaction(x) * (1 - gate)


class CrossSpatialLearning(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.spatial_conv1 = nn.Conv2d(c, c, 1, bias=False)
        self.spatial_conv3 = nn.Conv2d(c, c, 3, padding=1, bias=False)
        self.spatial_conv5 = nn.Conv2d(c, c, 5, padding=2, bias=False)
        self.spatial_attention = nn.Sequential(nn.Conv2d(3 * c, 3 * c, 1, bias=False), nn.BatchNorm2d(3 * c),
                                               nn.Sigmoid())
        self.ms_reduce = nn.Sequential(nn.Conv2d(3 * c, c, 1, bias=False), nn.BatchNorm2d(c))
        self.channel_feat = nn.Conv2d(c, c, 1, bias=False)
        self.alpha = nn.Parameter(torch.ones(1))

    def forward(self, y):
        scales = torch.cat([self.spatial_conv1(y), self.spatial_conv3(y), self.spatial_conv5(y)], 1)
        return self.ms_reduce(self.spatial_attention(scales) * scales) + self.alpha * self.channel_feat(y)


class Attention(nn.Module):
    """CIEMA."""

    def __init__(self, c=1024, groups=32, reduction=16):
        super().__init__()
        self.groups, g = groups, c // groups
        self.channel_interaction = ChannelInteraction(c, reduction)
        self.conv1x1 = nn.Conv2d(g, g, 1)
        self.conv3x3 = nn.Conv2d(g, g, 3, padding=1)
        self.gn = nn.GroupNorm(g, g)
        self.cross_spatial_learning = CrossSpatialLearning(g)
        self.multi_scale_fusion = nn.Sequential(
            nn.Conv2d(c, c // 4, 1, bias=False), nn.BatchNorm2d(c // 4), nn.ReLU(),
            nn.Conv2d(c // 4, c, 1, bias=False), nn.BatchNorm2d(c))
        self.final_fusion = nn.Sequential(nn.Conv2d(2 * c, c, 1, bias=False), nn.BatchNorm2d(c), nn.Sigmoid())

    def coordinate_scaled(self, g):
        rows, columns = g.mean(3, keepdim=True), g.mean(2, keepdim=True).permute(0, 1, 3, 2)
        mixed = self.conv1x1(torch.cat([rows, columns], 2))
        rows, columns = torch.split(mixed, [g.shape[2], g.shape[3]], 2)
        return g * torch.sigmoid(rows) * torch.sigmoid(columns.permute(0, 1, 3, 2))

    def forward(self, x):
        n, c, h, w = x.shape
        mixed = self.channel_interaction(x)
        g = mixed.reshape(n * self.groups, c // self.groups, h, w)
        u1 = self.cross_spatial_learning(self.gn(self.coordinate_scaled(g)))
        u2 = self.cross_spatial_learning(self.conv3x3(g))
        d1 = torch.softmax(u1.mean((2, 3)), 1)[:, None, :]
        d2 = torch.softmax(u2.mean((2, 3)), 1)[:, None, :]
        weight = torch.matmul(d1, u2.flatten(2)) + torch.matmul(d2, u1.flatten(2))
        p = (g * torch.sigmoid(weight).reshape(-1, 1, h, w)).reshape(n, c, h, w)
        gate = self.final_fusion(torch.cat([p, self.multi_scale_fusion(p)], 1))
        return mixed * gate + p * (1 - gate)


class MobileSteelNet(nn.Module):
    """Reading R1: the published code."""

    def __init__(self, classes=6):
        super().__init__()
        self.initial_conv = nn.Sequential(nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU())
        rows = [[(32, 64, 1), (64, 128, 2), (128, 128, 1)],
                [(128, 256, 1), (256, 512, 2), (512, 512, 1), (512, 512, 1)],
                [(512, 512, 1), (512, 512, 1), (512, 1024, 2), (1024, 1024, 1)]]
        self.stage1, self.stage2, self.stage3 = (
            nn.Sequential(*(DepthwiseSeparable(*row) for row in stage)) for stage in rows)
        self.multiscale_fusion = MultiScaleFusion(128 + 512 + 1024, 1024)
        self.attention = Attention()
        self.fc = nn.Linear(1024, classes)

    def forward(self, x):
        f1 = self.stage1(self.initial_conv(x))
        f2 = self.stage2(f1)
        fused = self.multiscale_fusion([f1, f2, self.stage3(f2)])
        return self.fc(self.attention(fused).mean((2, 3)))


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


def resnet18(classes=6):
    return torchvision.models.resnet18(num_classes=classes)


def mobilenet_v2(classes=6):
    return torchvision.models.mobilenet_v2(num_classes=classes)


# Zoo name: constructor, input size of the paper.
NETWORKS = {
    "mobilenet_v1": (MobileNetV1, 224),
    "mobilenet_v2": (mobilenet_v2, 224),
    "resnet18": (resnet18, 224),
    "mobilesteelnet": (MobileSteelNet, 224),
    "sarsn34": (Sarsn34, 64),
}
