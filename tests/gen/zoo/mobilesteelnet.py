"""The networks of the MobileSteelNet paper, with the parameter names of their references."""
import torch
import torch.nn.functional as F
import torchvision
from torch import nn

from gen_models import Net


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


SMALL = [(1, 3, 97, 75), (3, 3, 65, 51)]
FULL = [(1, 3, 224, 224), (1, 3, 201, 183)]

NETWORKS = {
    "mobilenet_v1": Net(MobileNetV1, SMALL, FULL, ["model.0", "model.3", "model.9", "model.15"]),
    "mobilenet_v2": Net(
        lambda: torchvision.models.mobilenet_v2(num_classes=6), SMALL, FULL,
        ["features.0", "features.1", "features.2", "features.9", "features.18"],
        goldens=[(224, "mobilesteelnet", None, [1.286824046e-01, 1.245307878e-01, -2.454233551e-01, -2.016606829e-01,
                                                -3.730527283e-01, -1.355832928e-01], 1e-8)]),
    "resnet18": Net(
        lambda: torchvision.models.resnet18(num_classes=6), SMALL, FULL, ["conv1", "layer1.0", "layer2.0", "layer4.1"],
        goldens=[(224, "mobilesteelnet", None, [-3.661160096, 9.342840050e-01, -8.390359675e-01, 1.332970003,
                                                6.288116621e-01, 1.902416536], 1e-8)]),
    "mobilesteelnet": Net(
        MobileSteelNet, SMALL, FULL,
        ["stage1", "stage2", "stage3", "multiscale_fusion", "attention.channel_interaction", "attention.gn",
         "attention.conv3x3", "attention.multi_scale_fusion", "attention.final_fusion", "attention"],
        goldens=[(224, "mobilesteelnet", None, [4.668619912e-01, 7.122869536e-01, 3.155407773e-02, 4.671143980e-01,
                                                7.084056572e-01, 1.847171280e-01], 1e-8)]),
}
