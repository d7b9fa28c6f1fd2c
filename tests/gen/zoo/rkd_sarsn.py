"""The networks of the RKD-SARSN paper, with the parameter names of their references."""
import functools

import torch
import torch.nn.functional as F
from torch import nn

from gen_models import Net


def conv_bn(c_in, c_out, kernel=1, stride=1, groups=1, bias=False, relu=True):
    """A list for a sequence; keeps the size."""
    layers = [nn.Conv2d(c_in, c_out, kernel, stride, kernel // 2, groups=groups, bias=bias), nn.BatchNorm2d(c_out)]
    return layers + [nn.ReLU()] if relu else layers


def stages(owner, names, depths, make, expansion=1, c=64):
    """Adds four stages; make(c_in, width, stride) gives a block."""
    for k, (name, depth) in enumerate(zip(names, depths)):
        blocks = []
        for i in range(depth):
            blocks.append(make(c, 64 << k, 2 if k > 0 and i == 0 else 1))
            c = expansion * (64 << k)
        owner.add_module(name, nn.Sequential(*blocks))
    return c


def shortcut(c_in, c_out, stride, bias=False):
    if stride == 1 and c_in == c_out:
        return nn.Sequential()
    return nn.Sequential(*conv_bn(c_in, c_out, 1, stride, bias=bias, relu=False))


# --- plain networks ------------------------------------------------------------------------------------------------

class Inception(nn.Module):
    def __init__(self, c_in, n1, n3_in, n3, n5_in, n5, pool):
        super().__init__()
        self.b1 = nn.Sequential(*conv_bn(c_in, n1, bias=True))
        self.b2 = nn.Sequential(*conv_bn(c_in, n3_in, bias=True), *conv_bn(n3_in, n3, 3, bias=True))
        # The reference passes the channels of norm 4 a second time, as eps.
        self.b3 = nn.Sequential(*conv_bn(c_in, n5_in, bias=True),
                                nn.Conv2d(n5_in, n5, 3, padding=1), nn.BatchNorm2d(n5, n5), nn.ReLU(),
                                *conv_bn(n5, n5, 3, bias=True))
        self.b4 = nn.Sequential(nn.MaxPool2d(3, 1, 1), *conv_bn(c_in, pool, bias=True))

    def forward(self, x):
        return torch.cat([self.b1(x), self.b2(x), self.b3(x), self.b4(x)], 1)


class GoogLeNet(nn.Module):
    def __init__(self, classes=6):
        super().__init__()
        self.prelayer = nn.Sequential(*conv_bn(3, 64, 3), *conv_bn(64, 64, 3), *conv_bn(64, 192, 3))
        self.a3 = Inception(192, 64, 96, 128, 16, 32, 32)
        self.b3 = Inception(256, 128, 128, 192, 32, 96, 64)
        self.a4 = Inception(480, 192, 96, 208, 16, 48, 64)
        self.b4 = Inception(512, 160, 112, 224, 24, 64, 64)
        self.c4 = Inception(512, 128, 128, 256, 24, 64, 64)
        self.d4 = Inception(512, 112, 144, 288, 32, 64, 64)
        self.e4 = Inception(528, 256, 160, 320, 32, 128, 128)
        self.a5 = Inception(832, 256, 160, 320, 32, 128, 128)
        self.b5 = Inception(832, 384, 192, 384, 48, 128, 128)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.linear = nn.Linear(1024, classes)

    def forward(self, x):
        x = self.maxpool(self.prelayer(x))
        x = self.maxpool(self.b3(self.a3(x)))
        x = self.maxpool(self.e4(self.d4(self.c4(self.b4(self.a4(x))))))
        return self.linear(self.avgpool(self.b5(self.a5(x))).flatten(1))


class DenseLayer(nn.Module):
    def __init__(self, c_in, growth):
        super().__init__()
        self.bottle_neck = nn.Sequential(
            nn.BatchNorm2d(c_in), nn.ReLU(), nn.Conv2d(c_in, 4 * growth, 1, bias=False),
            nn.BatchNorm2d(4 * growth), nn.ReLU(), nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False))

    def forward(self, x):
        return torch.cat([x, self.bottle_neck(x)], 1)


class Transition(nn.Module):
    def __init__(self, c_in):
        super().__init__()
        self.down_sample = nn.Sequential(nn.BatchNorm2d(c_in), nn.Conv2d(c_in, c_in // 2, 1, bias=False),
                                         nn.AvgPool2d(2, 2))

    def forward(self, x):
        return self.down_sample(x)


class DenseNet(nn.Module):
    def __init__(self, depths=(6, 12, 24, 16), growth=32, classes=6):
        super().__init__()
        c = 2 * growth
        self.conv1 = nn.Conv2d(3, c, 3, padding=1, bias=False)
        self.features = nn.Sequential()
        for k, depth in enumerate(depths):
            block = nn.Sequential()
            for i in range(depth):
                block.add_module(f"bottle_neck_layer_{i}", DenseLayer(c, growth))
                c += growth
            last = k == len(depths) - 1
            self.features.add_module(f"dense_block{k}" if last else f"dense_block_layer_{k}", block)
            if not last:
                self.features.add_module(f"transition_layer_{k}", Transition(c))
                c //= 2
        self.features.add_module("bn", nn.BatchNorm2d(c))
        self.features.add_module("relu", nn.ReLU())
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.linear = nn.Linear(c, classes)

    def forward(self, x):
        return self.linear(self.avgpool(self.features(self.conv1(x))).flatten(1))


class BasicConv(nn.Module):
    def __init__(self, c_in, c_out, kernel=1, stride=1, padding=0):
        super().__init__()
        self.conv = nn.Conv2d(c_in, c_out, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(c_out)

    def forward(self, x):
        return torch.relu(self.bn(self.conv(x)))


class Branches(nn.Module):
    """Runs its children side by side."""

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.children()], 1)


TALL, FLAT = {"kernel": (7, 1), "padding": (3, 0)}, {"kernel": (1, 7), "padding": (0, 3)}


class InceptionA(Branches):
    def __init__(self, c, pool):
        super().__init__()
        self.branch1x1 = BasicConv(c, 64)
        self.branch5x5 = nn.Sequential(BasicConv(c, 48), BasicConv(48, 64, 5, padding=2))
        self.branch3x3 = nn.Sequential(BasicConv(c, 64), BasicConv(64, 96, 3, padding=1),
                                       BasicConv(96, 96, 3, padding=1))
        self.branchpool = nn.Sequential(nn.AvgPool2d(3, 1, 1), BasicConv(c, pool, 3, padding=1))


class InceptionB(Branches):
    def __init__(self, c):
        super().__init__()
        self.branch3x3 = BasicConv(c, 384, 3, 2)
        self.branch3x3stack = nn.Sequential(BasicConv(c, 64), BasicConv(64, 96, 3, padding=1), BasicConv(96, 96, 3, 2))
        self.branchpool = nn.MaxPool2d(3, 2)


class InceptionC(Branches):
    def __init__(self, c, n):
        super().__init__()
        self.branch1x1 = BasicConv(c, 192)
        self.branch7x7 = nn.Sequential(BasicConv(c, n), BasicConv(n, n, **TALL), BasicConv(n, 192, **FLAT))
        self.branch7x7stack = nn.Sequential(BasicConv(c, n), BasicConv(n, n, **TALL), BasicConv(n, n, **FLAT),
                                            BasicConv(n, n, **TALL), BasicConv(n, 192, **FLAT))
        self.branch_pool = nn.Sequential(nn.AvgPool2d(3, 1, 1), BasicConv(c, 192))


class InceptionD(Branches):
    def __init__(self, c):
        super().__init__()
        self.branch3x3 = nn.Sequential(BasicConv(c, 192), BasicConv(192, 320, 3, 2))
        self.branch7x7 = nn.Sequential(BasicConv(c, 192), BasicConv(192, 192, **FLAT), BasicConv(192, 192, **TALL),
                                       BasicConv(192, 192, 3, 2))
        self.branchpool = nn.AvgPool2d(3, 2)


class InceptionE(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.branch1x1 = BasicConv(c, 320)
        self.branch3x3_1 = BasicConv(c, 384)
        self.branch3x3_2a = BasicConv(384, 384, (1, 3), padding=(0, 1))
        self.branch3x3_2b = BasicConv(384, 384, (3, 1), padding=(1, 0))
        self.branch3x3stack_1 = BasicConv(c, 448)
        self.branch3x3stack_2 = BasicConv(448, 384, 3, padding=1)
        self.branch3x3stack_3a = BasicConv(384, 384, (1, 3), padding=(0, 1))
        self.branch3x3stack_3b = BasicConv(384, 384, (3, 1), padding=(1, 0))
        self.branch_pool = nn.Sequential(nn.AvgPool2d(3, 1, 1), BasicConv(c, 192))

    def forward(self, x):
        one, two = self.branch3x3_1(x), self.branch3x3stack_2(self.branch3x3stack_1(x))
        return torch.cat([self.branch1x1(x), self.branch3x3_2a(one), self.branch3x3_2b(one),
                          self.branch3x3stack_3a(two), self.branch3x3stack_3b(two), self.branch_pool(x)], 1)


class InceptionV3(nn.Module):
    def __init__(self, classes=6):
        super().__init__()
        self.Conv2d_1a_3x3 = BasicConv(3, 32, 3, padding=1)
        self.Conv2d_2a_3x3 = BasicConv(32, 32, 3, padding=1)
        self.Conv2d_2b_3x3 = BasicConv(32, 64, 3, padding=1)
        self.Conv2d_3b_1x1 = BasicConv(64, 80)
        self.Conv2d_4a_3x3 = BasicConv(80, 192, 3)
        self.Mixed_5b, self.Mixed_5c, self.Mixed_5d = InceptionA(192, 32), InceptionA(256, 64), InceptionA(288, 64)
        self.Mixed_6a = InceptionB(288)
        self.Mixed_6b, self.Mixed_6c = InceptionC(768, 128), InceptionC(768, 160)
        self.Mixed_6d, self.Mixed_6e = InceptionC(768, 160), InceptionC(768, 192)
        self.Mixed_7a = InceptionD(768)
        self.Mixed_7b, self.Mixed_7c = InceptionE(1280), InceptionE(2048)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.linear = nn.Linear(2048, classes)

    def forward(self, x):
        *body, linear = self.children()
        for layer in body:
            x = layer(x)
        return linear(x.flatten(1))


class Fire(nn.Module):
    def __init__(self, c_in, c_out, squeeze):
        super().__init__()
        self.squeeze = nn.Sequential(*conv_bn(c_in, squeeze, bias=True))
        self.expand_1x1 = nn.Sequential(*conv_bn(squeeze, c_out // 2, bias=True))
        self.expand_3x3 = nn.Sequential(*conv_bn(squeeze, c_out // 2, 3, bias=True))

    def forward(self, x):
        x = self.squeeze(x)
        return torch.cat([self.expand_1x1(x), self.expand_3x3(x)], 1)


class SqueezeNet(nn.Module):
    def __init__(self, classes=6):
        super().__init__()
        self.stem = nn.Sequential(*conv_bn(3, 96, 3, bias=True), nn.MaxPool2d(2, 2))
        self.fire2, self.fire3, self.fire4 = Fire(96, 128, 16), Fire(128, 128, 16), Fire(128, 256, 32)
        self.fire5, self.fire6, self.fire7 = Fire(256, 256, 32), Fire(256, 384, 48), Fire(384, 384, 48)
        self.fire8, self.fire9 = Fire(384, 512, 64), Fire(512, 512, 64)
        self.conv10 = nn.Conv2d(512, classes, 1)
        self.avg = nn.AdaptiveAvgPool2d(1)
        self.maxpool = nn.MaxPool2d(2, 2)

    def forward(self, x):
        f2 = self.fire2(self.stem(x))
        f4 = self.maxpool(self.fire4(self.fire3(f2) + f2))
        f6 = self.fire6(self.fire5(f4) + f4)
        f8 = self.maxpool(self.fire8(self.fire7(f6) + f6))
        return self.avg(self.conv10(self.fire9(f8))).flatten(1)


class Separable(nn.Module):
    def __init__(self, c_in, c_out, stride):
        super().__init__()
        self.depthwise = nn.Sequential(*conv_bn(c_in, c_in, 3, stride, groups=c_in))
        self.pointwise = nn.Sequential(*conv_bn(c_in, c_out, bias=True))

    def forward(self, x):
        return self.pointwise(self.depthwise(x))


class MobileNet(nn.Module):
    def __init__(self, classes=6):
        super().__init__()
        self.stem = nn.Sequential(BasicConv(3, 32, 3, padding=1), Separable(32, 64, 1))
        c = 64
        for k, depth in enumerate((2, 2, 6, 2)):
            blocks = [Separable(c if i == 0 else 128 << k, 128 << k, 2 if i == 0 else 1) for i in range(depth)]
            self.add_module(f"conv{k + 1}", nn.Sequential(*blocks))
            c = 128 << k
        self.fc = nn.Linear(1024, classes)
        self.avg = nn.AdaptiveAvgPool2d(1)

    def forward(self, x):
        x = self.conv4(self.conv3(self.conv2(self.conv1(self.stem(x)))))
        return self.fc(self.avg(x).flatten(1))


# --- residual networks ---------------------------------------------------------------------------------------------

class ResidualBlock(nn.Module):
    def __init__(self, bottleneck, c_in, width, stride):
        super().__init__()
        c_out = 4 * width if bottleneck else width
        layers = conv_bn(c_in, width, 3, stride) + conv_bn(width, width, 3, relu=False)
        if bottleneck:
            layers = conv_bn(c_in, width) + conv_bn(width, width, 3, stride) + conv_bn(width, c_out, relu=False)
        self.residual_function = nn.Sequential(*layers)
        self.shortcut = shortcut(c_in, c_out, stride)

    def forward(self, x):
        return torch.relu(self.residual_function(x) + self.shortcut(x))


class SplitBlock(nn.Module):
    """ResNeXt 32x4d."""

    def __init__(self, c_in, width, stride):
        super().__init__()
        inner = 32 * (4 * width // 64)
        self.split_transforms = nn.Sequential(
            *conv_bn(c_in, inner, groups=32), *conv_bn(inner, inner, 3, stride, groups=32),
            *conv_bn(inner, 4 * width, relu=False))
        self.shortcut = shortcut(c_in, 4 * width, stride)

    def forward(self, x):
        return torch.relu(self.split_transforms(x) + self.shortcut(x))


class Shrinkage(nn.Module):
    """Soft thresholding with a threshold for each channel, in the specification's four readings."""

    def __init__(self, c, reading):
        super().__init__()
        self.reading = reading
        self.gap = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Sequential(nn.Linear(c, c), nn.BatchNorm1d(c), nn.ReLU(), nn.Linear(c, c), nn.Sigmoid())

    def forward(self, f):
        squeeze = self.gap(f.abs()).flatten(1)
        e = self.fc(squeeze)
        scaled = e[:, :, None, None] * f
        factor = e if self.reading == "R0" else torch.sigmoid(scaled).mean((2, 3))
        threshold = (factor * squeeze)[:, :, None, None]
        if self.reading == "R1":
            return torch.where(f.abs() > threshold, scaled - torch.sign(f) * threshold, torch.zeros_like(f))
        gate = scaled if self.reading == "R3" else f
        return torch.sign(gate) * torch.relu(gate.abs() - threshold)


class ShrinkageBlock(nn.Module):
    """unit A: a basic block; B: a bottleneck, shrinkage at its end; C: shrinkage behind its 3x3 convolution."""

    def __init__(self, unit, reading, c_in, width, stride):
        super().__init__()
        c_out = width if unit == "A" else 4 * width
        layers = conv_bn(c_in, width, 3, stride) + conv_bn(width, width, 3, relu=False)
        if unit != "A":
            layers = conv_bn(c_in, width) + conv_bn(width, width, 3, stride) + conv_bn(width, c_out, relu=False)
        self.residual_function = nn.Sequential(*layers)
        self.shrinkage = Shrinkage(width if unit == "C" else c_out, reading)
        self.shortcut = shortcut(c_in, c_out, stride)
        self.at = 5 if unit == "C" else len(layers)

    def forward(self, x):
        y = self.shrinkage(self.residual_function[:self.at](x))
        return torch.relu(self.residual_function[self.at:](y) + self.shortcut(x))


class ResNet(nn.Module):
    def __init__(self, make, depths, expansion=1, names="conv{}_x", classes=6):
        super().__init__()
        self.conv1 = nn.Sequential(*conv_bn(3, 64, 3))
        self.names = [names.format(k) for k in range(2, 6)]
        c = stages(self, self.names, depths, make, expansion)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(c, classes)

    def forward(self, x):
        x = self.conv1(x)
        for name in self.names:
            x = getattr(self, name)(x)
        return self.fc(self.pool(x).flatten(1))


class SeBlock(nn.Module):
    def __init__(self, bottleneck, c_in, width, stride):
        super().__init__()
        c_out = 4 * width if bottleneck else width
        layers = conv_bn(c_in, width, 3, stride, bias=True) + conv_bn(width, width, 3, bias=True)
        if bottleneck:
            layers = (conv_bn(c_in, width, bias=True) + conv_bn(width, width, 3, stride, bias=True)
                      + conv_bn(width, c_out, bias=True))
        self.residual = nn.Sequential(*layers)
        self.squeeze = nn.AdaptiveAvgPool2d(1)
        self.excitation = nn.Sequential(nn.Linear(c_out, c_out // 16), nn.ReLU(), nn.Linear(c_out // 16, c_out),
                                        nn.Sigmoid())
        self.shortcut = shortcut(c_in, c_out, stride, bias=True)

    def forward(self, x):
        residual = self.residual(x)
        gate = self.excitation(self.squeeze(residual).flatten(1))[:, :, None, None]
        return torch.relu(residual * gate + self.shortcut(x))


class SeResNet(nn.Module):
    def __init__(self, bottleneck, depths, classes=6):
        super().__init__()
        self.pre = nn.Sequential(*conv_bn(3, 64, 3, bias=True))
        make, expansion = functools.partial(SeBlock, bottleneck), 4 if bottleneck else 1
        c = stages(self, ["stage1", "stage2", "stage3", "stage4"], depths, make, expansion)
        self.linear = nn.Linear(c, classes)

    def forward(self, x):
        x = self.stage4(self.stage3(self.stage2(self.stage1(self.pre(x)))))
        return self.linear(F.adaptive_avg_pool2d(x, 1).flatten(1))


# --- CycleGAN ------------------------------------------------------------------------------------------------------

class GeneratorBlock(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(c, c, 3), nn.InstanceNorm2d(c), nn.ReLU(),
            nn.ReflectionPad2d(1), nn.Conv2d(c, c, 3), nn.InstanceNorm2d(c))

    def forward(self, x):
        return x + self.conv_block(x)


class Generator(nn.Module):
    def __init__(self, depth, width=64):
        super().__init__()
        layers = [nn.ReflectionPad2d(3), nn.Conv2d(3, width, 7), nn.InstanceNorm2d(width), nn.ReLU()]
        for c in (width, 2 * width):
            layers += [nn.Conv2d(c, 2 * c, 3, 2, 1), nn.InstanceNorm2d(2 * c), nn.ReLU()]
        layers += [GeneratorBlock(4 * width) for _ in range(depth)]
        for c in (4 * width, 2 * width):
            layers += [nn.ConvTranspose2d(c, c // 2, 3, 2, 1, 1), nn.InstanceNorm2d(c // 2), nn.ReLU()]
        self.model = nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Tanh())

    def forward(self, x):
        return self.model(x)


class Discriminator(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        layers = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for c, stride in ((width, 2), (2 * width, 2), (4 * width, 1)):
            layers += [nn.Conv2d(c, 2 * c, 4, stride, 1), nn.InstanceNorm2d(2 * c), nn.LeakyReLU(0.2)]
        self.model = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4, 1, 1))

    def forward(self, x):
        return self.model(x)


# --- the list ------------------------------------------------------------------------------------------------------

FULL = [(1, 3, 64, 64), (1, 3, 61, 75)]
TINY = [(1, 3, 15, 19), (2, 3, 13, 11)]        # about 10 GMAC at 64x64
SMALL = [(1, 3, 21, 25), (2, 3, 17, 19)]       # about 5
MEDIUM = [(1, 3, 37, 45), (3, 3, 21, 29)]      # about 2
LARGE = [(1, 3, 97, 75), (3, 3, 65, 51)]
DEPTHS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3)}


def golden(values):
    return [(64, "seeded", None, values, 2e-6)]


def resnet(layers):
    bottleneck = layers >= 50
    return lambda: ResNet(functools.partial(ResidualBlock, bottleneck), DEPTHS[layers], 4 if bottleneck else 1)


def se_resnet(layers, classes=6):
    return lambda: SeResNet(layers >= 50, DEPTHS[layers], classes)


def sarsn(layers, reading="R3", unit="A"):
    return lambda: ResNet(functools.partial(ShrinkageBlock, unit, reading), DEPTHS[layers], 1 if unit == "A" else 4)


STAGES = ["conv1", "conv2_x.0", "conv3_x.0", "conv4_x.1", "conv5_x"]
SE_STAGES = ["pre", "stage1.0", "stage2.0", "stage3.1", "stage4"]
SHRINK = ["conv1", "conv2_x.0.shrinkage", "conv3_x.0", "conv5_x.2"]

NETWORKS = {
    "googlenet": Net(GoogLeNet, MEDIUM, FULL, ["prelayer", "a3.b3", "a3", "e4", "b5"],
                     goldens=golden([-0.215326, 0.111301, 0.0373699, 0.0915355, -0.374017, 0.260124])),
    "densenet121": Net(DenseNet, [(1, 3, 37, 29), (2, 3, 21, 25)], FULL,
                       ["conv1", "features.dense_block_layer_0.bottle_neck_layer_0", "features.transition_layer_0",
                        "features.dense_block3"]),
    "inceptionv3": Net(InceptionV3, [(1, 3, 23, 21), (2, 3, 17, 19)], FULL,
                       ["Conv2d_4a_3x3", "Mixed_5b", "Mixed_6a", "Mixed_6b", "Mixed_7a", "Mixed_7c"]),
    "squeezenet": Net(SqueezeNet, LARGE, FULL, ["stem", "fire2", "fire5", "fire9", "conv10"]),
    "mobilenet_cifar": Net(MobileNet, LARGE, FULL, ["stem.0", "stem.1", "conv1", "conv3.5", "conv4"]),
    "resnet18_cifar": Net(resnet(18), MEDIUM, FULL, STAGES,
                          goldens=golden([-0.24365, 0.28434, 0.520111, -0.461859, -0.26162, -0.0614639])),
    "resnet34_cifar": Net(resnet(34), SMALL, FULL, STAGES),
    "resnet50_cifar": Net(resnet(50), SMALL, FULL, STAGES),
    "resnet101_cifar": Net(resnet(101), TINY, FULL, STAGES),
    "resnext50_cifar": Net(lambda: ResNet(SplitBlock, DEPTHS[50], 4, "conv{}", 100), SMALL, FULL,
                           ["conv1", "conv2.0", "conv3.0", "conv4.1", "conv5"]),
    "se_resnet34": Net(se_resnet(34), SMALL, FULL, SE_STAGES,
                       goldens=golden([0.0308819, -0.0678297, -0.636243, 0.308249, 0.159325, -0.333065])),
    "se_resnet50": Net(se_resnet(50), SMALL, FULL, SE_STAGES),
    "se_resnet101": Net(se_resnet(101, 100), TINY, FULL, SE_STAGES),
    "sarsn34": Net(sarsn(34), SMALL, FULL, SHRINK),
    "sarsn34@R0": Net(sarsn(34, "R0"), SMALL, FULL[:1], SHRINK, {"reading": "R0"},
                      goldens=golden([-0.139251, 0.257168, 0.320178, -0.345375, -0.231868, 0.00533123])),
    "sarsn34@R1": Net(sarsn(34, "R1"), SMALL, FULL[:1], SHRINK, {"reading": "R1"}),
    "sarsn34@R2": Net(sarsn(34, "R2"), SMALL, FULL[:1], SHRINK, {"reading": "R2"}),
    "sarsn50": Net(sarsn(50), SMALL[1:], FULL[:1], SHRINK),
    "sarsn50@B": Net(sarsn(50, unit="B"), SMALL, FULL, SHRINK, {"unit": "B"}),
    "sarsn50@C": Net(sarsn(50, unit="C"), SMALL, FULL, SHRINK, {"unit": "C"}),
    "sarsn101": Net(sarsn(101), TINY, FULL, SHRINK),
    "cyclegan_g9": Net(lambda: Generator(9), [(1, 3, 33, 29), (2, 3, 21, 18)], FULL,
                       ["model.1", "model.9", "model.10", "model.18", "model.19"]),
    "cyclegan_g6": Net(lambda: Generator(6), [(1, 3, 33, 29), (2, 3, 21, 18)], FULL, ["model.15", "model.16"]),
    "patchgan": Net(Discriminator, LARGE, FULL, ["model.0", "model.3", "model.10"]),
}
