"""The networks of the ILCS paper, with the parameter names of their references."""
import torch
import torchvision
from torch import nn

from gen_models import Net
from zoo import _xorshift  # noqa: F401 (adds the rule of the golden values)


class ChannelAttention(nn.Module):
    def __init__(self, c, hidden, bias=True):
        super().__init__()
        self.avg = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Linear(c, hidden, bias=bias)
        self.fc2 = nn.Linear(hidden, c, bias=bias)

    def mlp(self, v):
        return self.fc2(torch.relu(self.fc1(v)))

    def forward(self, x):
        return x * torch.sigmoid(self.mlp(self.avg(x).flatten(1)) + self.mlp(x.amax((2, 3))))[:, :, None, None]


class SpatialAttention(nn.Module):
    """Keeps its gate for the attention map."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 1, 3, padding=1, bias=False)
        self.gate = None

    def forward(self, x):
        self.gate = torch.sigmoid(self.conv(torch.cat([x.mean(1, keepdim=True), x.amax(1, keepdim=True)], 1)))
        return x * self.gate


class Miam(nn.Module):
    def __init__(self, c, hidden, bias=True):
        super().__init__()
        self.ca = ChannelAttention(c, hidden, bias)
        self.sa = SpatialAttention()

    def forward(self, x):
        return self.sa(self.ca(x)) + x * x.transpose(2, 3)


class Lcs(nn.Module):
    def __init__(self, c, mid, out):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(c, mid, 1, bias=False), nn.BatchNorm2d(mid)
        self.ca1 = ChannelAttention(mid, mid // 16)
        self.conv2 = nn.Conv2d(mid, mid, (1, 3), padding=(0, 1), groups=mid, bias=False)
        self.bn2, self.pool, self.sa2 = nn.BatchNorm2d(mid), nn.MaxPool2d((2, 1)), SpatialAttention()
        self.conv3 = nn.Conv2d(mid, mid, (3, 1), padding=(1, 0), groups=mid, bias=False)
        self.bn3, self.sa3 = nn.BatchNorm2d(mid), SpatialAttention()
        self.conv4, self.bn4 = nn.Conv2d(mid, out, (1, 2), (1, 2), bias=False), nn.BatchNorm2d(out)
        self.ca4 = ChannelAttention(out, out // 16)
        self.act = nn.ReLU6()

    def forward(self, x):
        x = self.ca1(self.act(self.bn1(self.conv1(x))))
        x = self.sa2(self.pool(self.act(self.bn2(self.conv2(x)))))
        x = self.sa3(self.act(self.bn3(self.conv3(x))))
        return self.ca4(self.act(self.bn4(self.conv4(x))))


class Ilcs(nn.Module):
    """`side` is the side of the last map: 37 for a picture of 300."""

    def __init__(self, side, single_fc=False, classes=6):
        super().__init__()
        self.block1, self.block2, self.block3 = Lcs(3, 32, 64), Lcs(64, 64, 128), Lcs(128, 128, 256)
        self.miam = Miam(256, 16)
        self.classifier = nn.Sequential(nn.Linear(256 * side * side, classes))
        if not single_fc:
            self.classifier.append(nn.Linear(classes, classes))

    def forward(self, x):
        y = self.miam(self.block3(self.block2(self.block1(x))))
        return self.classifier(y.flatten(1)), self.miam.sa.gate


def effnet_post(c):
    return nn.Sequential(nn.LeakyReLU(0.3), nn.BatchNorm2d(c))


def effnet_block(c, mid, out):
    return nn.Sequential(
        nn.Conv2d(c, mid, 1, bias=False), effnet_post(mid),
        nn.Conv2d(mid, mid, (1, 3), padding=(0, 1), groups=mid, bias=False), effnet_post(mid), nn.MaxPool2d((2, 1)),
        nn.Conv2d(mid, mid, (3, 1), padding=(1, 0), groups=mid, bias=False), effnet_post(mid),
        nn.Conv2d(mid, out, (1, 2), (1, 2), bias=False), effnet_post(out))


class EffNet(nn.Module):
    def __init__(self, side, miam=False, classes=6):
        super().__init__()
        self.block1, self.block2 = effnet_block(3, 32, 64), effnet_block(64, 64, 128)
        self.block3 = effnet_block(128, 128, 256)
        self.miam = Miam(256, 16) if miam else None
        self.linear = nn.Linear(256 * side * side, classes)

    def forward(self, x):
        y = self.block3(self.block2(self.block1(x)))
        if self.miam is None:
            return self.linear(y.flatten(1))
        return self.linear(self.miam(y).flatten(1)), self.miam.sa.gate


class Host(nn.Module):
    """Attention behind one of a host's modules; the attention map is a second result."""

    def __new__(cls, host, after, miam):
        host.miam = miam
        host.get_submodule(after).register_forward_hook(lambda module, args, out: host.miam(out))
        host.register_forward_hook(lambda module, args, out: (out, host.miam.sa.gate))
        return host


def mobilenet_v2():
    return torchvision.models.mobilenet_v2(num_classes=6)


SMALL = [(1, 3, 37, 34), (3, 3, 33, 39)]  # the last map has 4 x 4 pixels
FULL = [(1, 3, 300, 300)]
BOTH = ["logits", "attention"]
ILCS_TAPS = ["block1.ca1", "block1.sa2", "block1.sa3", "block1", "block2", "block3.ca1", "block3",
             "miam.ca", "miam.sa", "miam"]
EFFNET_TAPS = ["block1.1", "block1.6", "block1", "block2", "block3"]

NETWORKS = {
    "ilcs": Net(lambda: Ilcs(4), SMALL, [], ILCS_TAPS, outputs=BOTH),
    "ilcs@single_fc": Net(lambda: Ilcs(4, single_fc=True), SMALL[:1], [], set={"single_fc": 1}, outputs=BOTH),
    "ilcs@300": Net(
        lambda: Ilcs(37), FULL, [(1, 3, 303, 301)], outputs=BOTH,
        goldens=[(300, "mm_ilcs", None,
                  [-0.08085307, -0.002336172, 0.05148624, 0.07022384, 0.03735346, -0.00401401], 2e-7)]),
    "effnet": Net(lambda: EffNet(4), SMALL, [], EFFNET_TAPS),
    "effnet@300": Net(lambda: EffNet(37), FULL, [(1, 3, 303, 301)]),
    "effnet_miam": Net(lambda: EffNet(4, miam=True), SMALL, [], EFFNET_TAPS + ["miam"], outputs=BOTH),
    "effnet_miam@300": Net(lambda: EffNet(37, miam=True), FULL, [(1, 3, 303, 301)], outputs=BOTH),
    "resnet50_miam": Net(lambda: Host(torchvision.models.resnet50(), "layer4", Miam(2048, 4, bias=False)),
                         [(1, 3, 63, 55), (2, 3, 45, 51)], [(1, 3, 224, 224)],
                         ["layer1.0", "layer4.2", "miam.ca"], outputs=BOTH),
    "resnet50_miam@layer1": Net(lambda: Host(torchvision.models.resnet50(num_classes=6), "layer1", Miam(256, 16)),
                                [(1, 3, 62, 63)], [], ["miam"], outputs=BOTH,
                                set={"after": 0, "hidden": 16, "bias": 1, "classes": 6}),
    "mobilenet_v2_miam": Net(lambda: Host(mobilenet_v2(), "features.18", Miam(1280, 4, bias=False)),
                             [(1, 3, 97, 126), (2, 3, 65, 95)], [(1, 3, 300, 300), (1, 3, 201, 224)],
                             ["features.2", "features.17", "miam.ca"],
                             outputs=BOTH),
    "mobilenet_v2_miam@17": Net(lambda: Host(mobilenet_v2(), "features.17", Miam(320, 20)), [(1, 3, 97, 126)], [],
                                ["miam"], outputs=BOTH, set={"after": 17, "hidden": 20, "bias": 1}),
}
