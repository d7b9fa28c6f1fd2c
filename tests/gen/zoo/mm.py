"""The networks of the MM paper, with the parameter names of their references."""
import math

import torch
import torch.nn.functional as F
import torchvision
from torch import nn

from gen_models import Net
from zoo import _xorshift  # noqa: F401 (adds the rule of the golden values)

KAPPA = 2 ** (1 / 3)


def gaussian(x, sigma, radius, mode):
    """Blurs each channel; `radius` is (vertical, horizontal). The taps are rounded to float32 as 2-D products."""
    sides = []
    for r in radius:
        half = torch.arange(-r, r + 1, dtype=torch.float64)
        taps = torch.exp(-half ** 2 / (2 * sigma ** 2))
        sides.append(taps / taps.sum())
    kernel = torch.outer(*sides).float().to(x.dtype).expand(x.shape[1], 1, -1, -1)
    padded = F.pad(x, (radius[1], radius[1], radius[0], radius[0]), mode=mode)
    return F.conv2d(padded, kernel, groups=x.shape[1])


def sigmas(sigma0):
    return [sigma0 * KAPPA ** x * math.sqrt(KAPPA ** 2 - 1) for x in range(3)]


def pyramid(image):
    """Four groups of three differences of Gaussians, each enlarged to the image's size: 36 maps for three colours."""
    maps = []
    for group in range(4):
        scale = []
        for sigma in sigmas(1.6):
            r = math.ceil(3 * sigma)
            blurred = gaussian(gaussian(image, sigma, (0, r), "replicate"), sigma, (r, 0), "replicate")
            scale.append(image - blurred)
            image = blurred
        scale = torch.cat(scale, 1)
        maps.append(scale.repeat_interleave(2 ** group, 2).repeat_interleave(2 ** group, 3))
        image = image[:, :, ::2, ::2]
    return torch.cat(maps, 1)


class ConvNorm(nn.Module):
    def __init__(self, c, out, kernel, stride=1, groups=1, act=None):
        super().__init__()
        self.conv = nn.Conv2d(c, out, kernel, stride, (kernel - 1) // 2, groups=groups, bias=False)
        self.bn = nn.BatchNorm2d(out)
        self.act = act or nn.Identity()

    def forward(self, x):
        return self.act(self.bn(self.conv(x)))


class Fusion(nn.Module):
    def __init__(self, r):
        super().__init__()
        self.mix = nn.ModuleList(nn.Conv2d(r, r, k, padding=k // 2, groups=r, bias=False) for k in (3, 5, 7, 9))
        self.mix_bn = nn.BatchNorm2d(4 * r)
        self.encode = ConvNorm(4 * r, 4 * r, 1, act=nn.Sigmoid())

    def forward(self, sets):
        mixed = torch.cat([mix(part) for mix, part in zip(self.mix, sets.chunk(4, 1))], 1)
        return self.encode(torch.relu(self.mix_bn(mixed)))


class Block(nn.Module):
    def __init__(self, c, out, down):
        super().__init__()
        r = out // 4
        self.pool = nn.AvgPool2d(2) if down else nn.Identity()
        self.standard = nn.Identity() if c == out else ConvNorm(c, out, 1)
        self.reduce = ConvNorm(c, r, 1, act=nn.ReLU())
        self.keypoint = ConvNorm(4 * r, 4 * r, 3, groups=4, act=nn.ReLU())
        self.fusion = Fusion(r)
        self.restore = ConvNorm(4 * r, out, 1, groups=4)

    def forward(self, x):
        x = self.pool(x)
        levels = [self.reduce(x)]
        for sigma in sigmas(0.8):
            levels.append(gaussian(levels[-1], sigma, (2, 2), "constant"))
        sets = torch.cat([levels[i] - levels[i + 1] for i in range(3)] + [levels[3]], 1)
        return torch.relu(self.standard(x) + self.restore(self.keypoint(sets) * self.fusion(sets)))


class Mm(nn.Module):
    def __init__(self, with_pyramid=True, width=64, depths=(1, 3, 4), classes=6):
        super().__init__()
        self.with_pyramid = with_pyramid
        self.stem = nn.ModuleList(ConvNorm(9, width // 4, k, 2, act=nn.ReLU()) for k in (3, 5, 7, 9))
        c = width
        for stage, depth in enumerate(depths):
            out = width * 2 ** stage
            blocks = [Block(c if i == 0 else out, out, i == 0 and stage > 0) for i in range(depth)]
            self.add_module(f"layer{stage + 1}", nn.Sequential(*blocks))
            c = out
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1, self.fc2 = nn.Linear(c, 256), nn.Linear(256, classes)
        self.gate = None
        self.layer3[-1].fusion.register_forward_hook(lambda module, args, out: setattr(self, "gate", out))

    def forward(self, x):
        maps = pyramid(x) if self.with_pyramid else x
        x = torch.cat([stem(part) for stem, part in zip(self.stem, maps.chunk(4, 1))], 1)
        x = self.avgpool(self.layer3(self.layer2(self.layer1(x)))).flatten(1)
        return self.fc2(torch.relu(self.fc1(x))), self.gate.mean(1, keepdim=True)


FULL = [(1, 3, 224, 224), (1, 3, 201, 183)]
BOTH = ["logits", "attention"]
MM_TAPS = ["stem.0", "stem.3", "layer1.0.keypoint", "layer1.0.fusion", "layer1.0", "layer2.0.standard", "layer2.0",
           "layer2.2", "layer3.0", "layer3.3"]

NETWORKS = {
    "mm": Net(Mm, [(1, 3, 64, 64), (3, 3, 40, 24)], [(1, 3, 128, 128)], MM_TAPS, outputs=BOTH),
    "mm_maps": Net(
        lambda: Mm(False), [(1, 36, 40, 56)], [(1, 36, 128, 128)], MM_TAPS, outputs=BOTH,
        goldens=[((1, 36, 128, 128), "mm_ilcs", None,
                  [0.6260567, -1.996886, 1.333747, -1.335413, -0.6267085, -0.2461967], 1e-6)]),
    "mm_lite": Net(lambda: Mm(True, 48, (2, 3, 1)), [(1, 3, 64, 64), (3, 3, 40, 24)], [(1, 3, 128, 128)], outputs=BOTH),
    "resnet101": Net(lambda: torchvision.models.resnet101(num_classes=6), [(1, 3, 67, 51), (2, 3, 51, 45)], FULL,
                     ["layer1.0", "layer2.0", "layer3.0", "layer3.22", "layer4.2"]),
    "vgg16": Net(lambda: torchvision.models.vgg16(num_classes=6), [(1, 3, 32, 32)], FULL[:1],
                 ["features.4", "features.16", "features.30", "avgpool"]),
    "alexnet": Net(lambda: torchvision.models.alexnet(num_classes=6), [(1, 3, 97, 75), (3, 3, 75, 83)], FULL,
                   ["features.2", "features.5", "features.12", "avgpool"]),
}
