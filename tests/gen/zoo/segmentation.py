"""The segmentation networks of the multitask paper's comparison, with the parameter names of their references."""
import torch
import torch.nn.functional as F
from torch import nn

from gen_models import Net


def resize(x, like):
    return F.interpolate(x, like.shape[2:], mode="bilinear", align_corners=True)


def conv_bn_relu(c_in, c_out, k=1, s=1, d=1, bias=False):
    return nn.Sequential(nn.Conv2d(c_in, c_out, k, s, d * (k // 2), d, bias=bias), nn.BatchNorm2d(c_out), nn.ReLU())


class Bottleneck(nn.Module):
    def __init__(self, c_in, planes, s=1, d=1):
        super().__init__()
        c = 4 * planes
        self.conv1, self.bn1 = nn.Conv2d(c_in, planes, 1, bias=False), nn.BatchNorm2d(planes)
        self.conv2, self.bn2 = nn.Conv2d(planes, planes, 3, s, d, d, bias=False), nn.BatchNorm2d(planes)
        self.conv3, self.bn3 = nn.Conv2d(planes, c, 1, bias=False), nn.BatchNorm2d(c)
        self.downsample = None
        if s != 1 or c_in != c:
            self.downsample = nn.Sequential(nn.Conv2d(c_in, c, 1, s, bias=False), nn.BatchNorm2d(c))

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = self.bn3(self.conv3(torch.relu(self.bn2(self.conv2(y)))))
        return torch.relu(y + (self.downsample(x) if self.downsample else x))


def layer(c_in, planes, n, s=1, first=1, rest=1):
    return nn.Sequential(Bottleneck(c_in, planes, s, first),
                         *(Bottleneck(4 * planes, planes, 1, rest) for _ in range(n - 1)))


class PspResnet50(nn.Module):
    def __init__(self, output_stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 64, 3, 2, 1, bias=False), nn.BatchNorm2d(64)
        self.conv2, self.bn2 = nn.Conv2d(64, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64)
        self.conv3, self.bn3 = nn.Conv2d(64, 128, 3, padding=1, bias=False), nn.BatchNorm2d(128)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1, self.layer2 = layer(128, 64, 3), layer(256, 128, 4, 2)
        if output_stride == 8:
            self.layer3, self.layer4 = layer(512, 256, 6, 1, 1, 2), layer(1024, 512, 3, 1, 2, 4)
        else:
            self.layer3, self.layer4 = layer(512, 256, 6, 2), layer(1024, 512, 3, 1, 1, 2)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = torch.relu(self.bn2(self.conv2(x)))
        x = self.maxpool(torch.relu(self.bn3(self.conv3(x))))
        return self.layer4(self.layer3(self.layer2(self.layer1(x))))


class InvertedResidual(nn.Module):
    def __init__(self, c_in, c_out, s, expand, d):
        super().__init__()
        c = c_in * expand
        self.add = s == 1 and c_in == c_out
        widen = [nn.Conv2d(c_in, c, 1, bias=False), nn.BatchNorm2d(c), nn.ReLU6()] if expand > 1 else []
        self.conv = nn.Sequential(
            *widen, nn.Conv2d(c, c, 3, s, d, d, groups=c, bias=False), nn.BatchNorm2d(c), nn.ReLU6(),
            nn.Conv2d(c, c_out, 1, bias=False), nn.BatchNorm2d(c_out))

    def forward(self, x):
        return x + self.conv(x) if self.add else self.conv(x)


class MobileNetV2(nn.Module):
    def __init__(self, output_stride):
        super().__init__()
        stem = nn.Sequential(nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU6())
        blocks, c = [stem], 32
        for expand, width, n, stride in ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
                                         (6, 160, 3, 2), (6, 320, 1, 1)):
            for i in range(n):
                s, d, number = stride if i == 0 else 1, 1, len(blocks)
                target = 4 if number >= 14 else 2 if number >= 7 else 1
                target = target if output_stride == 8 else (2 if number >= 14 else 1)
                if target > 1:
                    s, d = 1, target // 2 if s == 2 else target
                blocks.append(InvertedResidual(c, width, s, expand, d))
                c = width
        self.features = nn.Sequential(*blocks)

    def forward(self, x):
        self.early = self.features[:4](x)
        return self.features[4:](self.early)


class Pyramid(nn.Module):
    def __init__(self, c):
        super().__init__()
        w = c // 4
        self.stages = nn.ModuleList(
            nn.Sequential(nn.AdaptiveAvgPool2d(bins), nn.Conv2d(c, w, 1, bias=False), nn.BatchNorm2d(w), nn.ReLU())
            for bins in (1, 2, 3, 6))
        self.bottleneck = conv_bn_relu(2 * c, w, 3)

    def forward(self, x):
        return self.bottleneck(torch.cat([x] + [resize(stage(x), x) for stage in self.stages], 1))


class PspNet(nn.Module):
    def __init__(self, backbone=PspResnet50, c=2048, output_stride=8, classes=7):
        super().__init__()
        self.backbone = backbone(output_stride)
        self.master_branch = nn.Sequential(Pyramid(c), nn.Conv2d(c // 4, classes, 1))

    def forward(self, x):
        return resize(self.master_branch(self.backbone(x)), x)


class UnetUp(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(c_in, c_out, 3, padding=1), nn.Conv2d(c_out, c_out, 3, padding=1)
        self.up = nn.UpsamplingBilinear2d(scale_factor=2)

    def forward(self, skip, deep):
        x = torch.relu(self.conv1(torch.cat([skip, self.up(deep)], 1)))
        return torch.relu(self.conv2(x))


class Vgg(nn.Module):
    def __init__(self):
        super().__init__()
        layers, c = [], 3
        for width in (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512):
            layers += [nn.Conv2d(c, width, 3, padding=1), nn.ReLU()] if width else [nn.MaxPool2d(2)]
            c = width or c
        self.features = nn.Sequential(*layers)

    def forward(self, x):
        maps = []
        for i, part in enumerate(self.features):
            x = part(x)
            if i in (3, 8, 15, 22, 29):
                maps.append(x)
        return maps


class UnetResnet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, 2, 0, ceil_mode=True)
        self.layer1, self.layer2 = layer(64, 64, 3), layer(256, 128, 4, 2)
        self.layer3, self.layer4 = layer(512, 256, 6, 2), layer(1024, 512, 3, 2)

    def forward(self, x):
        maps = [torch.relu(self.bn1(self.conv1(x)))]
        maps.append(self.layer1(self.maxpool(maps[0])))
        for part in (self.layer2, self.layer3, self.layer4):
            maps.append(part(maps[-1]))
        return maps


class Unet(nn.Module):
    def __init__(self, resnet=False, classes=7):
        super().__init__()
        if resnet:
            self.resnet, widths = UnetResnet(), (192, 512, 1024, 3072)
            self.up_conv = nn.Sequential(nn.UpsamplingBilinear2d(scale_factor=2), nn.Conv2d(64, 64, 3, padding=1),
                                         nn.ReLU(), nn.Conv2d(64, 64, 3, padding=1), nn.ReLU())
        else:
            self.vgg, widths = Vgg(), (192, 384, 768, 1024)
        for i, (c_in, c_out) in enumerate(zip(widths, (64, 128, 256, 512))):
            self.add_module(f"up_concat{i + 1}", UnetUp(c_in, c_out))
        self.final = nn.Conv2d(64, classes, 1)

    def forward(self, x):
        maps = self.resnet(x) if hasattr(self, "resnet") else self.vgg(x)
        y = maps[4]
        for up, skip in ((self.up_concat4, 3), (self.up_concat3, 2), (self.up_concat2, 1), (self.up_concat1, 0)):
            y = up(maps[skip], y)
        return self.final(self.up_conv(y) if hasattr(self, "up_conv") else y)


class DoubleConv(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.double_conv = nn.Sequential(*conv_bn_relu(c_in, c_out, 3), *conv_bn_relu(c_out, c_out, 3))

    def forward(self, x):
        return self.double_conv(x)


class Down(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.maxpool_conv = nn.Sequential(nn.MaxPool2d(2), DoubleConv(c, 2 * c))

    def forward(self, x):
        return self.maxpool_conv(x)


class TransposedUp(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.up, self.conv = nn.ConvTranspose2d(c, c // 2, 2, 2), DoubleConv(c, c // 2)

    def forward(self, skip, deep):
        return self.conv(torch.cat([skip, self.up(deep)], 1))


class ClassicUnet(nn.Module):
    def __init__(self, classes=7):
        super().__init__()
        self.inc = DoubleConv(3, 64)
        self.down1, self.down2, self.down3, self.down4 = Down(64), Down(128), Down(256), Down(512)
        self.up1, self.up2, self.up3, self.up4 = (TransposedUp(c) for c in (1024, 512, 256, 128))
        self.outc = nn.Module()
        self.outc.conv = nn.Conv2d(64, classes, 1)

    def forward(self, x):
        x1 = self.inc(x)
        x2 = self.down1(x1)
        x3 = self.down2(x2)
        x4 = self.down3(x3)
        y = self.up2(x3, self.up1(x4, self.down4(x4)))
        return self.outc.conv(self.up4(x1, self.up3(x2, y)))


class Basic(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(c, c, 3, padding=1, bias=False), nn.BatchNorm2d(c)
        self.conv2, self.bn2 = nn.Conv2d(c, c, 3, padding=1, bias=False), nn.BatchNorm2d(c)

    def forward(self, x):
        return torch.relu(self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x))))) + x)


class HrModule(nn.Module):
    def __init__(self, widths):
        super().__init__()
        self.branches = nn.ModuleList(nn.Sequential(*(Basic(c) for _ in range(4))) for c in widths)
        self.fuse_layers = nn.ModuleList(
            nn.ModuleList(self.term(widths, i, j) for j in range(len(widths))) for i in range(len(widths)))

    @staticmethod
    def term(widths, i, j):
        if j == i:
            return nn.Identity()
        if j > i:
            return nn.Sequential(nn.Conv2d(widths[j], widths[i], 1, bias=False), nn.BatchNorm2d(widths[i]))
        steps = []
        for k in range(i - j):
            c_out = widths[i] if k == i - j - 1 else widths[j]
            step = [nn.Conv2d(widths[j], c_out, 3, 2, 1, bias=False), nn.BatchNorm2d(c_out)]
            steps.append(nn.Sequential(*step, *([nn.ReLU()] if k < i - j - 1 else [])))
        return nn.Sequential(*steps)

    def forward(self, maps):
        maps = [branch(x) for branch, x in zip(self.branches, maps)]
        results = []
        for i, row in enumerate(self.fuse_layers):
            y = row[0](maps[0])
            for j in range(1, len(maps)):
                t = row[j](maps[j])
                y = y + (resize(t, maps[i]) if j > i else t)
            results.append(torch.relu(y))
        return results


class HrNet(nn.Module):
    def __init__(self, width=32, classes=7):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 64, 3, 2, 1, bias=False), nn.BatchNorm2d(64)
        self.conv2, self.bn2 = nn.Conv2d(64, 64, 3, 2, 1, bias=False), nn.BatchNorm2d(64)
        self.layer1 = layer(64, 64, 4)
        widths = [width << i for i in range(4)]
        self.transition1 = nn.ModuleList([conv_bn_relu(256, width, 3),
                                          nn.Sequential(conv_bn_relu(256, 2 * width, 3, 2))])
        for stage, modules in ((2, 1), (3, 4), (4, 3)):
            self.add_module(f"stage{stage}", nn.Sequential(*(HrModule(widths[:stage]) for _ in range(modules))))
            if stage < 4:
                last = nn.Sequential(conv_bn_relu(widths[stage - 1], widths[stage], 3, 2))
                self.add_module(f"transition{stage}", nn.ModuleList([nn.Identity() for _ in range(stage)] + [last]))
        self.last_layer = nn.Sequential(*conv_bn_relu(15 * width, 15 * width, bias=True), nn.Conv2d(15 * width, classes, 1))

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = self.layer1(torch.relu(self.bn2(self.conv2(y))))
        maps = self.stage2([t(y) for t in self.transition1])
        maps = self.stage3(maps + [self.transition2[2](maps[-1])])
        maps = self.stage4(maps + [self.transition3[3](maps[-1])])
        return resize(self.last_layer(torch.cat([maps[0]] + [resize(m, maps[0]) for m in maps[1:]], 1)), x)


class Separable(nn.Module):
    def __init__(self, c_in, c_out, s=1, d=1, active=False):
        super().__init__()
        self.depthwise, self.bn1 = nn.Conv2d(c_in, c_in, 3, s, d, d, groups=c_in, bias=False), nn.BatchNorm2d(c_in)
        self.pointwise, self.bn2 = nn.Conv2d(c_in, c_out, 1, bias=False), nn.BatchNorm2d(c_out)
        self.act = nn.ReLU() if active else nn.Identity()

    def forward(self, x):
        return self.act(self.bn2(self.pointwise(self.act(self.bn1(self.depthwise(x))))))


class XceptionBlock(nn.Module):
    def __init__(self, c_in, c_out, s=1, d=1, middle=None):
        super().__init__()
        middle = middle or c_out
        self.sepconv1, self.sepconv2 = Separable(c_in, middle, 1, d), Separable(middle, c_out, 1, d)
        self.sepconv3 = Separable(c_out, c_out, s, d)
        self.skip = None
        if s != 1 or c_in != c_out:
            self.skip, self.skipbn = nn.Conv2d(c_in, c_out, 1, s, bias=False), nn.BatchNorm2d(c_out)

    def forward(self, x):
        shortcut = self.skipbn(self.skip(x)) if self.skip else torch.relu(x)
        self.tap = self.sepconv2(torch.relu(self.sepconv1(torch.relu(x))))
        return self.sepconv3(torch.relu(self.tap)) + shortcut


class Xception(nn.Module):
    def __init__(self, output_stride):
        super().__init__()
        fine = output_stride == 8
        d = 2 if fine else 1
        self.conv1, self.bn1 = nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32)
        self.conv2, self.bn2 = nn.Conv2d(32, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64)
        self.block1, self.block2 = XceptionBlock(64, 128, 2), XceptionBlock(128, 256, 2)
        self.block3 = XceptionBlock(256, 728, 1 if fine else 2)
        for i in range(4, 20):
            self.add_module(f"block{i}", XceptionBlock(728, 728, 1, d))
        self.block20 = XceptionBlock(728, 1024, 1, d, 728)
        self.conv3, self.conv4 = Separable(1024, 1536, 1, d, True), Separable(1536, 1536, 1, d, True)
        self.conv5 = Separable(1536, 2048, 1, d, True)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = torch.relu(self.bn2(self.conv2(x)))
        for i in range(1, 21):
            x = getattr(self, f"block{i}")(x)
        self.early = self.block2.tap
        return self.conv5(self.conv4(self.conv3(x)))


class DeepLabAspp(nn.Module):
    def __init__(self, c, rate, w=256):
        super().__init__()
        self.branch1 = conv_bn_relu(c, w, bias=True)
        self.branch2, self.branch3, self.branch4 = (conv_bn_relu(c, w, 3, 1, d * rate, True) for d in (6, 12, 18))
        self.branch5_conv, self.branch5_bn = nn.Conv2d(c, w, 1), nn.BatchNorm2d(w)
        self.conv_cat = conv_bn_relu(5 * w, w, bias=True)

    def forward(self, x):
        mean = torch.mean(torch.mean(x, 2, True), 3, True)
        mean = resize(torch.relu(self.branch5_bn(self.branch5_conv(mean))), x)
        return self.conv_cat(torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x), mean], 1))


class DeepLab(nn.Module):
    def __init__(self, backbone=Xception, c=2048, early=256, output_stride=16, classes=7):
        super().__init__()
        self.backbone = backbone(output_stride)
        self.aspp = DeepLabAspp(c, 16 // output_stride)
        self.shortcut_conv = conv_bn_relu(early, 48, bias=True)
        self.cat_conv = nn.Sequential(*conv_bn_relu(304, 256, 3, bias=True), nn.Identity(),
                                      *conv_bn_relu(256, 256, 3, bias=True), nn.Identity())
        self.cls_conv = nn.Conv2d(256, classes, 1)

    def forward(self, x):
        deep = self.aspp(self.backbone(x))
        early = self.shortcut_conv(self.backbone.early)
        return resize(self.cls_conv(self.cat_conv(torch.cat([resize(deep, early), early], 1))), x)


FULL = [(1, 3, 256, 256), (1, 3, 200, 232)]
FULL16 = [(1, 3, 256, 256), (1, 3, 208, 240)]  # UNet: multiples of 16, with ResNet-50 of 32
FULL32 = [(1, 3, 256, 256), (1, 3, 224, 288)]

NETWORKS = {
    "hrnet": Net(HrNet, [(1, 3, 64, 96), (2, 3, 64, 32)], FULL32,
                 ["layer1.0", "stage2.0.fuse_layers.1.0", "stage3.2.branches.1", "stage4.0.branches.3", "last_layer"]),
    "hrnet@18": Net(lambda: HrNet(18), [(1, 3, 64, 32)], [], [], {"width": 18}),
    "deeplabv3plus": Net(DeepLab, [(1, 3, 45, 61), (2, 3, 32, 16)], FULL,
                         ["backbone.block2.sepconv2", "backbone.block4", "backbone.block20", "aspp", "shortcut_conv"]),
    "deeplabv3plus@os8": Net(lambda: DeepLab(output_stride=8), [(1, 3, 40, 32)], [], ["backbone.conv5"],
                             {"output_stride": "os8"}),
    "deeplabv3plus_mobilenet_v2": Net(lambda: DeepLab(MobileNetV2, 320, 24), [(1, 3, 75, 61), (2, 3, 48, 32)], FULL,
                                      ["backbone.features.1", "backbone.features.3", "backbone.features.17", "aspp"]),
    "deeplabv3plus_mobilenet_v2@os8": Net(lambda: DeepLab(MobileNetV2, 320, 24, 8), [(1, 3, 64, 56)], [],
                                          ["backbone.features.17"], {"output_stride": "os8"}),
    "pspnet": Net(PspNet, [(1, 3, 37, 45), (2, 3, 24, 16)], FULL,
                  ["backbone.layer1.0", "backbone.layer3.5", "backbone.layer4.2", "master_branch.0.stages.3.0",
                   "master_branch.0.bottleneck"]),
    "pspnet@os16": Net(lambda: PspNet(output_stride=16), [(1, 3, 64, 48)], [], ["backbone.layer4.1"],
                       {"output_stride": "os16"}),
    "pspnet_mobilenet_v2": Net(lambda: PspNet(MobileNetV2, 320), [(1, 3, 93, 77), (2, 3, 40, 48)], FULL,
                               ["backbone.features.7", "backbone.features.17", "master_branch.0"]),
    "pspnet_mobilenet_v2@os16": Net(lambda: PspNet(MobileNetV2, 320, 16), [(1, 3, 64, 96)], [],
                                    ["backbone.features.15"], {"output_stride": "os16"}),
    "unet": Net(Unet, [(1, 3, 32, 16), (2, 3, 16, 16)], FULL16,
                ["vgg.features.3", "vgg.features.29", "up_concat4", "up_concat1"]),
    "unet_resnet50": Net(lambda: Unet(True), [(1, 3, 32, 64), (2, 3, 32, 32)], FULL32,
                         ["resnet.layer1.0", "resnet.layer4", "up_concat4", "up_concat1"]),
    "unet_classic": Net(ClassicUnet, [(1, 3, 32, 48), (2, 3, 16, 32)], FULL16,
                        ["inc", "down4", "up1.up", "up4"]),
}
