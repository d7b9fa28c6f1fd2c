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
        self.ema = nn.Identity()
        widths = [(32, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2), (256, 256, 1), (256, 512, 2)]
        widths += [(512, 512, 1)] * 5 + [(512, 1024, 2), (1024, 1024, 1)]
        stem = [nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU()]
        self.model = nn.Sequential(*stem, *(DepthwiseSeparable(*row) for row in widths))
        self.fc = nn.Linear(1024, classes)

    def forward(self, x):
        return self.fc(self.ema(self.model(x)).mean((2, 3)))


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


class GroupedAttention(nn.Module):
    """EMA: two branches within groups of channels, each weighing the other's map."""

    def __init__(self, c, groups=32):
        super().__init__()
        self.groups, g = groups, c // groups
        self.conv1x1 = nn.Conv2d(g, g, 1)
        self.conv3x3 = nn.Conv2d(g, g, 3, padding=1)
        self.gn = nn.GroupNorm(g, g)

    def coordinate_scaled(self, g):
        rows, columns = g.mean(3, keepdim=True), g.mean(2, keepdim=True).permute(0, 1, 3, 2)
        mixed = self.conv1x1(torch.cat([rows, columns], 2))
        rows, columns = torch.split(mixed, [g.shape[2], g.shape[3]], 2)
        return g * torch.sigmoid(rows) * torch.sigmoid(columns.permute(0, 1, 3, 2))

    def learned(self, branch):
        return branch

    def forward(self, x):
        n, c, h, w = x.shape
        g = x.reshape(n * self.groups, c // self.groups, h, w)
        u1 = self.learned(self.gn(self.coordinate_scaled(g)))
        u2 = self.learned(self.conv3x3(g))
        d1 = torch.softmax(u1.mean((2, 3)), 1)[:, None, :]
        d2 = torch.softmax(u2.mean((2, 3)), 1)[:, None, :]
        weight = torch.matmul(d1, u2.flatten(2)) + torch.matmul(d2, u1.flatten(2))
        return (g * torch.sigmoid(weight).reshape(-1, 1, h, w)).reshape(n, c, h, w)


class Attention(GroupedAttention):
    """CIEMA; the ablations leave out cross spatial learning or channel interaction."""

    def __init__(self, c=1024, groups=32, reduction=16, csl=True, interaction=True):
        super().__init__(c, groups)
        if interaction:
            self.channel_interaction = ChannelInteraction(c, reduction)
        if csl:
            self.cross_spatial_learning = CrossSpatialLearning(c // groups)
        self.multi_scale_fusion = nn.Sequential(
            nn.Conv2d(c, c // 4, 1, bias=False), nn.BatchNorm2d(c // 4), nn.ReLU(),
            nn.Conv2d(c // 4, c, 1, bias=False), nn.BatchNorm2d(c))
        self.final_fusion = nn.Sequential(nn.Conv2d(2 * c, c, 1, bias=False), nn.BatchNorm2d(c), nn.Sigmoid())

    def learned(self, branch):
        return self.cross_spatial_learning(branch) if hasattr(self, "cross_spatial_learning") else branch

    def forward(self, x):
        mixed = self.channel_interaction(x) if hasattr(self, "channel_interaction") else x
        p = super().forward(mixed)
        gate = self.final_fusion(torch.cat([p, self.multi_scale_fusion(p)], 1))
        return mixed * gate + p * (1 - gate)


class SqueezeExcite(nn.Module):
    def __init__(self, c=1024):
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(c, c // 16, bias=False), nn.ReLU(), nn.Linear(c // 16, c, bias=False))

    def forward(self, x):
        return x * torch.sigmoid(self.fc(x.mean((2, 3))))[:, :, None, None]


class CbamChannels(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.fc1 = nn.Conv2d(c, c // 16, 1, bias=False)
        self.fc2 = nn.Conv2d(c // 16, c, 1, bias=False)

    def forward(self, x):
        pooled = x.mean((2, 3), keepdim=True), x.amax((2, 3), keepdim=True)
        return torch.sigmoid(sum(self.fc2(torch.relu(self.fc1(v))) for v in pooled))


class CbamPixels(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(2, 1, 7, padding=3, bias=False)

    def forward(self, x):
        return torch.sigmoid(self.conv1(torch.cat([x.mean(1, keepdim=True), x.amax(1, keepdim=True)], 1)))


class Cbam(nn.Module):
    def __init__(self, c=1024):
        super().__init__()
        self.channel_attention = CbamChannels(c)
        self.spatial_attention = CbamPixels()

    def forward(self, x):
        x = x * self.channel_attention(x)
        return x * self.spatial_attention(x)


class EfficientChannelAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 1, 5, padding=2, bias=False)

    def forward(self, x):
        return x * torch.sigmoid(self.conv(x.mean((2, 3))[:, None, :]))[:, 0, :, None, None]


class CoordinateAttention(nn.Module):
    def __init__(self, c=1024):
        super().__init__()
        mid = max(8, c // 32)
        self.conv1 = nn.Conv2d(c, mid, 1)
        self.bn1 = nn.BatchNorm2d(mid)
        self.conv_h = nn.Conv2d(mid, c, 1)
        self.conv_w = nn.Conv2d(mid, c, 1)

    def forward(self, x):
        pooled = torch.cat([x.mean(3, keepdim=True), x.mean(2, keepdim=True).permute(0, 1, 3, 2)], 2)
        rows, columns = torch.split(torch.relu(self.bn1(self.conv1(pooled))), x.shape[2:], 2)
        rows, columns = self.conv_h(rows), self.conv_w(columns.permute(0, 1, 3, 2))
        return x * torch.sigmoid(columns) * torch.sigmoid(rows)


class Base16(nn.Module):
    """The stride-16 backbone, with fusion and attention on request: with fusion and CIEMA, reading R1."""

    def __init__(self, attention=None, fusion=True, classes=6):
        super().__init__()
        self.initial_conv = nn.Sequential(nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU())
        rows = [[(32, 64, 1), (64, 128, 2), (128, 128, 1)],
                [(128, 256, 1), (256, 512, 2), (512, 512, 1), (512, 512, 1)],
                [(512, 512, 1), (512, 512, 1), (512, 1024, 2), (1024, 1024, 1)]]
        self.stage1, self.stage2, self.stage3 = (
            nn.Sequential(*(DepthwiseSeparable(*row) for row in stage)) for stage in rows)
        if fusion:
            self.multiscale_fusion = MultiScaleFusion(128 + 512 + 1024, 1024)
        self.attention = attention or nn.Identity()
        self.fc = nn.Linear(1024, classes)

    def forward(self, x):
        f1 = self.stage1(self.initial_conv(x))
        f2 = self.stage2(f1)
        f3 = self.stage3(f2)
        fused = self.multiscale_fusion([f1, f2, f3]) if hasattr(self, "multiscale_fusion") else f3
        return self.fc(self.attention(fused).mean((2, 3)))


def mobilesteelnet_r2():
    network = MobileNetV1()
    network.ema = Attention()
    return network


def resnet50_original():
    """The stride of a block in its first 1x1 convolution."""
    network = torchvision.models.resnet50(num_classes=6)
    for module in network.modules():
        if isinstance(module, torchvision.models.resnet.Bottleneck):
            module.conv1.stride, module.conv2.stride = module.conv2.stride, module.conv1.stride
    return network


def conv_norm(c_in, c_out, kernel, stride=1, groups=1):
    return nn.Conv2d(c_in, c_out, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(c_out)


class FlatResidual(nn.Module):
    """MobileNetV2's block without expansion, as the authors' MobileNetV3 has it throughout."""

    def __init__(self, c_in, c_out, stride):
        super().__init__()
        self.conv = nn.Sequential(*conv_norm(c_in, c_in, 3, stride, c_in), nn.ReLU6(), *conv_norm(c_in, c_out, 1))
        self.added = stride == 1 and c_in == c_out

    def forward(self, x):
        return x + self.conv(x) if self.added else self.conv(x)


class AuthorsMobileNetV3(nn.Module):
    def __init__(self, classes=6):
        super().__init__()
        widths = [16, 24, 24, 40, 40, 40, 80, 80, 80, 80, 112, 112, 160, 160, 160]
        strides = [1, 2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1]
        blocks = [FlatResidual(*row) for row in zip([16] + widths, widths, strides)]
        self.features = nn.Sequential(*conv_norm(3, 16, 3, 2), nn.Hardswish(), *blocks,
                                      *conv_norm(160, 1280, 1), nn.Hardswish())
        self.ema = GroupedAttention(1280)
        self.classifier = nn.Sequential(nn.Linear(1280, 1280), nn.Hardswish(), nn.Dropout(0.2),
                                        nn.Linear(1280, classes))

    def forward(self, x):
        return self.classifier(self.ema(self.features(x)).mean((2, 3)))


class AuthorsShuffleNetV1(nn.Module):
    """A plain stack of convolutions."""

    def __init__(self, classes=6):
        super().__init__()
        self.conv1, self.bn1 = conv_norm(3, 24, 3, 2)
        widths = [24, 64, 128, 256, 512]
        self.features = nn.Sequential(*(layer for c_in, c_out in zip(widths, widths[1:])
                                        for layer in (*conv_norm(c_in, c_out, 3, 2), nn.ReLU())))
        self.classifier = nn.Linear(512, classes)

    def forward(self, x):
        x = F.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        return self.classifier(self.features(x).mean((2, 3)))


def shuffled(x, groups):
    """Channel i * (C / groups) + j goes to j * groups + i."""
    n, c, h, w = x.shape
    return x.reshape(n, groups, c // groups, h, w).transpose(1, 2).reshape(n, c, h, w)


class ShuffleUnitV1(nn.Module):
    def __init__(self, c_in, c_out, stride, groups, first_groups):
        super().__init__()
        self.stride, self.groups, mid = stride, groups, c_out // 4
        self.branch_main_1 = nn.Sequential(nn.Conv2d(c_in, mid, 1, groups=first_groups, bias=False),
                                           nn.BatchNorm2d(mid), nn.ReLU(), *conv_norm(mid, mid, 3, stride, mid))
        self.branch_main_2 = nn.Sequential(*conv_norm(mid, c_out - c_in if stride == 2 else c_out, 1, 1, groups))

    def forward(self, x):
        y = self.branch_main_1(x)
        y = self.branch_main_2(shuffled(y, y.shape[1] // self.groups))
        if self.stride == 1:
            return torch.relu(x + y)
        return torch.cat([F.avg_pool2d(x, 3, 2, 1), torch.relu(y)], 1)


class ShuffleNetV1(nn.Module):
    def __init__(self, groups=3, classes=6):
        super().__init__()
        self.first_conv = nn.Sequential(*conv_norm(3, 24, 3, 2), nn.ReLU())
        units, c_in, width = [], 24, {3: 240, 4: 272, 8: 384}[groups]
        for c_out, repeats in ((width, 4), (2 * width, 8), (4 * width, 4)):
            for i in range(repeats):
                units.append(ShuffleUnitV1(c_in, c_out, 2 if i == 0 else 1, groups, 1 if c_in == 24 else groups))
                c_in = c_out
        self.features = nn.Sequential(*units)
        self.classifier = nn.Sequential(nn.Linear(c_in, classes, bias=False))

    def forward(self, x):
        x = F.max_pool2d(self.first_conv(x), 3, 2, 1)
        return self.classifier(self.features(x).mean((2, 3)))


class AuthorsShuffleUnitV2(nn.Module):
    """The unit of stride 1 differs from the usual: the ReLU stands behind the depthwise norm, and none at the end."""

    def __init__(self, c_in, c_out, stride):
        super().__init__()
        self.stride, half = stride, c_out // 2
        first, last = (c_in, [*conv_norm(half, half, 1), nn.ReLU()]) if stride == 2 else (
            half, [nn.ReLU(), *conv_norm(half, half, 1)])
        if stride == 2:
            self.banch1 = nn.Sequential(*conv_norm(c_in, c_in, 3, 2, c_in), *conv_norm(c_in, half, 1), nn.ReLU())
        self.banch2 = nn.Sequential(*conv_norm(first, half, 1), nn.ReLU(), *conv_norm(half, half, 3, stride, half),
                                    *last)

    def forward(self, x):
        if self.stride == 2:
            return shuffled(torch.cat([self.banch1(x), self.banch2(x)], 1), 2)
        passed, half = x.chunk(2, 1)
        return shuffled(torch.cat([passed, self.banch2(half)], 1), 2)


class AuthorsShuffleNetV2(nn.Module):
    def __init__(self, classes=6):
        super().__init__()
        self.first_conv = nn.Sequential(*conv_norm(3, 24, 3, 2), nn.ReLU())
        units, c_in = [], 24
        for c_out, repeats in ((116, 4), (232, 8), (464, 4)):
            for i in range(repeats):
                units.append(AuthorsShuffleUnitV2(c_in, c_out, 2 if i == 0 else 1))
                c_in = c_out
        self.features = nn.Sequential(*units)
        self.conv_last = nn.Sequential(*conv_norm(c_in, 1024, 1), nn.ReLU())
        self.classifier = nn.Sequential(nn.Linear(1024, classes))

    def forward(self, x):
        x = self.features(F.max_pool2d(self.first_conv(x), 3, 2, 1))
        return self.classifier(self.conv_last(x).mean((2, 3)))


SMALL = [(1, 3, 97, 75), (3, 3, 65, 51)]
TINY = [(1, 3, 49, 35), (2, 3, 25, 33)]  # where much happens at stride 4
FULL = [(1, 3, 224, 224), (1, 3, 201, 183)]
CIEMA_TAPS = ["channel_interaction", "gn", "conv3x3", "multi_scale_fusion", "final_fusion"]


def attention_networks():
    """Each attention module in place of CIEMA, on the fused map and on the backbone's."""
    modules = {"se": SqueezeExcite, "cbam": Cbam, "eca": EfficientChannelAttention, "ca": CoordinateAttention,
               "ema": lambda: GroupedAttention(1024)}
    goldens = {"msff_se": [(64, "mobilesteelnet", None, [1.229337580e-01, 1.436301189e-01, 1.464301949e-01,
                                                         3.779009710e-02, 3.131222309e-01, -1.663431141e-01], 1e-8)]}
    networks = {}
    for fusion, prefix, small in ((True, "msff", TINY), (False, "base16", SMALL)):
        for name, module in modules.items():
            key = f"{prefix}_{name}"
            networks[key] = Net(lambda module=module, fusion=fusion: Base16(module(), fusion), small, FULL,
                                ["stage3", "attention"], goldens=goldens.get(key, []))
    return networks


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
        lambda: Base16(Attention()), TINY, FULL,
        ["stage1", "stage2", "stage3", "multiscale_fusion", *(f"attention.{tap}" for tap in CIEMA_TAPS), "attention"],
        goldens=[(224, "mobilesteelnet", None, [4.668619912e-01, 7.122869536e-01, 3.155407773e-02, 4.671143980e-01,
                                                7.084056572e-01, 1.847171280e-01], 1e-8)]),
    "mobilesteelnet_no_csl": Net(lambda: Base16(Attention(csl=False)), TINY, FULL, ["attention.gn", "attention"]),
    "mobilesteelnet_no_interaction": Net(lambda: Base16(Attention(interaction=False)), TINY, FULL,
                                         ["attention.gn", "attention"]),
    "mobilesteelnet_r2": Net(mobilesteelnet_r2, SMALL, FULL,
                             ["model.15", *(f"ema.{tap}" for tap in CIEMA_TAPS), "ema"]),
    "mobilenet_v1_base16": Net(lambda: Base16(fusion=False), SMALL, FULL, ["stage1", "stage2", "stage3"]),
    "base16_msff": Net(Base16, TINY, FULL, ["stage3", "multiscale_fusion"]),
    "base16_ciema": Net(lambda: Base16(Attention(), fusion=False), SMALL, FULL, ["stage3", "attention"]),
    **attention_networks(),
    "resnet34": Net(lambda: torchvision.models.resnet34(num_classes=6), SMALL, FULL, ["layer2.0", "layer4.2"]),
    "resnet50": Net(lambda: torchvision.models.resnet50(num_classes=6), SMALL, FULL, ["layer1.0", "layer4.2"]),
    "resnet50@original": Net(resnet50_original, SMALL, FULL, ["layer1.0", "layer4.2"], set={"stride_on": "conv1"}),
    "mobilenet_v3_large": Net(lambda: torchvision.models.mobilenet_v3_large(num_classes=6), SMALL, FULL,
                              ["features.0", "features.4", "features.11", "features.16"]),
    "mobilenet_v3_small": Net(lambda: torchvision.models.mobilenet_v3_small(num_classes=6), SMALL, FULL,
                              ["features.1", "features.4", "features.12"]),
    "mobilenet_v3_authors": Net(AuthorsMobileNetV3, SMALL, FULL, ["features.3", "features.17", "ema"]),
    "shufflenet_v1": Net(ShuffleNetV1, SMALL, FULL, ["features.0", "features.1", "features.15"]),
    "shufflenet_v1@eight": Net(lambda: ShuffleNetV1(8), SMALL, FULL, ["features.0", "features.15"], set={"groups": 8}),
    "shufflenet_v1_authors": Net(AuthorsShuffleNetV1, SMALL, FULL, ["conv1"]),
    "shufflenet_v2": Net(lambda: torchvision.models.shufflenet_v2_x1_0(num_classes=6), SMALL, FULL,
                         ["stage2.0", "stage2.1", "stage4", "conv5"]),
    "shufflenet_v2_authors": Net(AuthorsShuffleNetV2, SMALL, FULL, ["features.0", "features.1", "features.15"]),
}
