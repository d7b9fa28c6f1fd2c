"""Two-stage detectors: Faster R-CNN in three readings, and the stand-ins for DDN and DIN.

The modules end where the networks do: class probabilities and boxes of every proposal, before the last suppression.
Where fewer proposals survive than asked for, rows of zeros follow.
"""
import math

import torch
import torch.nn.functional as F
import torchvision
from torch import nn
from torchvision.models.detection import FasterRCNN
from torchvision.models.detection.backbone_utils import BackboneWithFPN
from torchvision.models.detection.image_list import ImageList
from torchvision.models.resnet import Bottleneck

from gen_models import Net

CLASSES = 7  # with the background


def decode(boxes, deltas, weights=(1, 1, 1, 1)):
    """Boxes moved by deltas in centre form, extents without + 1."""
    w, h = boxes[..., 2] - boxes[..., 0], boxes[..., 3] - boxes[..., 1]
    dx, dy, dw, dh = (deltas[..., i] / weights[i] for i in range(4))
    x, y = boxes[..., 0] + w / 2 + dx * w, boxes[..., 1] + h / 2 + dy * h
    w, h = w * dw.exp(), h * dh.exp()
    return torch.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], -1)


def clip(boxes, height, width):
    limit = torch.tensor([width, height, width, height], dtype=boxes.dtype)
    return torch.minimum(boxes.clamp(min=0), limit)


class Rpn(nn.Module):
    """bubbliiiing's RegionProposalNetwork in test mode, its proposals padded with zeros instead of copies."""

    def __init__(self, channels, proposals):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 512, 3, padding=1)
        self.score = nn.Conv2d(512, 18, 1)
        self.loc = nn.Conv2d(512, 36, 1)
        self.proposals = proposals

    @staticmethod
    def anchors(height, width, dtype):
        base = []
        for ratio in (0.5, 1, 2):
            for scale in (8, 16, 32):
                p, q = 16 * scale * math.sqrt(ratio), 16 * scale * math.sqrt(1 / ratio)
                base.append([-p / 2, -q / 2, p / 2, q / 2])
        y, x = torch.meshgrid(16 * torch.arange(height), 16 * torch.arange(width), indexing="ij")
        shifts = torch.stack([x, y, x, y], -1).reshape(-1, 1, 4)
        return (shifts + torch.tensor(base, dtype=dtype)).reshape(-1, 4)

    def select(self, boxes, scores):
        keep = ((boxes[:, 2:] - boxes[:, :2]) >= 16).all(1)
        boxes, scores = boxes[keep], scores[keep]
        order = scores.sort(descending=True, stable=True).indices[:3000]
        boxes, scores = boxes[order], scores[order]
        boxes = boxes[torchvision.ops.nms(boxes, scores, 0.7)[:self.proposals]]
        return F.pad(boxes, (0, 0, 0, self.proposals - len(boxes)))

    def forward(self, x, size):
        h = F.relu(self.conv1(x))
        deltas = self.loc(h).permute(0, 2, 3, 1).reshape(len(x), -1, 4)
        scores = self.score(h).permute(0, 2, 3, 1).reshape(len(x), -1, 2).softmax(-1)[..., 1]
        boxes = clip(decode(self.anchors(*x.shape[2:], x.dtype), deltas), *size)
        return torch.stack([self.select(*image) for image in zip(boxes, scores)])


class Head(nn.Module):
    """bubbliiiing's heads: what the classifier sees are regions of the map, whose corners are scaled before they are rounded."""

    def __init__(self, classifier, features, size):
        super().__init__()
        self.classifier, self.size = classifier, size
        self.cls_loc = nn.Linear(features, 4 * CLASSES)
        self.score = nn.Linear(features, CLASSES)

    def forward(self, x, rois, size):
        (h, w), n = x.shape[2:], len(rois)
        scale = torch.tensor([w / size[1], h / size[0]] * 2, dtype=x.dtype)
        pooled = torchvision.ops.roi_pool(x, list(rois * scale), self.size)
        if isinstance(self.classifier[0], nn.Linear):
            pooled = pooled.flatten(1)
        y = self.classifier(pooled).flatten(1)
        scores = self.score(y).softmax(-1).reshape(n, -1, CLASSES)
        deltas = self.cls_loc(y).reshape(n, -1, CLASSES, 4)
        return scores, decode(rois[:, :, None], deltas, (10, 10, 5, 5))


def linear_head(channels, hidden):
    layers = nn.Sequential(nn.Linear(49 * channels, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU())
    return Head(layers, hidden, 7)


class FasterRcnn(nn.Module):
    def __init__(self, extractor, channels, head, proposals):
        super().__init__()
        self.extractor, self.rpn, self.head = extractor, Rpn(channels, proposals), head

    def forward(self, x):
        size, x = x.shape[2:], self.extractor(x)
        return self.head(x, self.rpn(x, size), size)


def faster_rcnn(proposals):
    net = torchvision.models.resnet50()
    for stage in (net.layer2, net.layer3, net.layer4):
        stage[0].conv1.stride, stage[0].conv2.stride = (2, 2), (1, 1)
    extractor = nn.Sequential(net.conv1, net.bn1, net.relu, nn.MaxPool2d(3, 2, 0, ceil_mode=True), net.layer1, net.layer2,
                              net.layer3)
    return FasterRcnn(extractor, 1024, Head(nn.Sequential(net.layer4, nn.AvgPool2d(7)), 2048, 14), proposals)


def faster_rcnn_vgg16(proposals):
    return FasterRcnn(torchvision.models.vgg16().features[:30], 512, linear_head(512, 4096), proposals)


class Branch(nn.Module):
    def __init__(self, c_in, c_out, kernel=1, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(c_in, c_out, kernel, stride, kernel // 2, bias=False)
        self.bn = nn.BatchNorm2d(c_out)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


class Fusion(nn.Module):
    def __init__(self, widths):
        super().__init__()
        a, b, c, d = widths
        self.b2 = nn.Sequential(Branch(a, a, 3, 2), Branch(a, a, 3, 2), Branch(a, 128))
        self.b3 = nn.Sequential(Branch(b, b, 3, 2), Branch(b, 128))
        self.b4 = nn.Sequential(Branch(c, 128))
        self.b5 = nn.Sequential(Branch(d, 128))

    def forward(self, r2, r3, r4, r5):
        r5 = F.interpolate(r5, size=r4.shape[2:], mode="bilinear", align_corners=False)
        return torch.cat([F.normalize(y, dim=1) for y in (self.b2(r2), self.b3(r3), self.b4(r4), self.b5(r5))], 1)


class Ddn(nn.Module):
    def __init__(self, backbone, proposals):
        super().__init__()
        width = backbone.fc.in_features
        del backbone.fc
        self.backbone, self.mfn = backbone, Fusion([width // 8, width // 4, width // 2, width])
        self.rpn, self.head = Rpn(512, proposals), linear_head(512, 1024)

    def forward(self, x):
        size, net, maps = x.shape[2:], self.backbone, []
        x = net.maxpool(net.relu(net.bn1(net.conv1(x))))
        for stage in (net.layer1, net.layer2, net.layer3, net.layer4):
            x = stage(x)
            maps.append(x)
        x = self.mfn(*maps)
        return self.head(x, self.rpn(x, size), size)


class PyramidRcnn(FasterRCNN):
    """torchvision's, without what it does to the image before and to the boxes at the end."""

    def forward(self, x):
        n, size = len(x), tuple(x.shape[2:])
        maps = self.backbone(x)
        rois = self.rpn(ImageList(x, [size] * n), maps)[0]
        count = self.rpn.post_nms_top_n()
        rois = [F.pad(r, (0, 0, 0, count - len(r))) for r in rois]
        y = self.roi_heads.box_head(self.roi_heads.box_roi_pool(maps, rois, [size] * n))
        scores, deltas = self.roi_heads.box_predictor(y)
        boxes = torchvision.ops.clip_boxes_to_image(self.roi_heads.box_coder.decode(deltas, rois), size)
        return scores.softmax(-1).reshape(n, count, CLASSES), boxes.reshape(n, count, CLASSES, 4)


def faster_rcnn_fpn(proposals, best=1000):
    net = torchvision.models.detection.fasterrcnn_resnet50_fpn(
        weights=None, weights_backbone=None, num_classes=CLASSES, rpn_pre_nms_top_n_test=best,
        rpn_post_nms_top_n_test=proposals)
    net.__class__ = PyramidRcnn
    return net


class DeformConv(nn.Conv2d):
    def forward(self, x, offset):
        return torchvision.ops.deform_conv2d(x, offset, self.weight, None, self.stride, self.padding)


class DcnBottleneck(Bottleneck):
    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y, self.conv2_offset(y))))
        y = self.bn3(self.conv3(y))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class NonLocal(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.g, self.theta, self.phi, self.conv_out = (nn.Conv2d(c, c, 1) for _ in range(4))

    def forward(self, x):
        g, theta, phi = (m(x).flatten(2) for m in (self.g, self.theta, self.phi))
        y = (theta.transpose(1, 2) @ phi).softmax(-1) @ g.transpose(1, 2)
        return x + self.conv_out(y.transpose(1, 2).reshape(x.shape))


class BalancedPyramid(nn.Module):
    """Libra R-CNN's, refined at the third level."""

    def __init__(self, c):
        super().__init__()
        self.refine = NonLocal(c)

    def forward(self, maps):
        size = maps[2].shape[2:]
        gathered = [F.adaptive_max_pool2d(p, size) if i < 2 else F.interpolate(p, size) for i, p in enumerate(maps)]
        y = self.refine(sum(gathered) / len(gathered))
        return [p + (F.interpolate(y, p.shape[2:]) if i < 2 else F.adaptive_max_pool2d(y, p.shape[2:]))
                for i, p in enumerate(maps)]


class BalancedBackbone(BackboneWithFPN):
    def forward(self, x):
        maps = super().forward(x)
        return dict(zip(maps, self.bfp(list(maps.values()))))


def din(proposals, best=1000):
    net = faster_rcnn_fpn(proposals, best)
    for stage in ("layer2", "layer3", "layer4"):
        for block in net.backbone.body[stage]:
            c = block.conv2.in_channels
            block.__class__, block.conv2.__class__ = DcnBottleneck, DeformConv
            block.conv2_offset = nn.Conv2d(c, 18, 3, block.conv2.stride, 1)
    net.backbone.__class__ = BalancedBackbone
    net.backbone.bfp = BalancedPyramid(256)
    return net


def detector(make, small, full, taps):
    """Few proposals: in long sorted lists neighbours change places between float and double."""
    return Net(lambda: make(12), small, full, taps, {"proposals": 12}, ["scores", "boxes"])


def pyramid(make, small, full, taps):
    """Few from each level, so that all levels matter."""
    return Net(lambda: make(24, 16), small, full, taps, {"best": 16, "proposals": 24}, ["scores", "boxes"])


NETWORKS = {
    "faster_rcnn": Net(
        lambda: faster_rcnn(3), [(1, 3, 96, 128), (2, 3, 77, 64)], [(1, 3, 600, 600), (1, 3, 256, 320)],
        ["extractor.4", "extractor.6", "rpn.score", "rpn.loc", "head.classifier.0"], {"proposals": 3}, ["scores", "boxes"]),
    "faster_rcnn_vgg16": detector(
        faster_rcnn_vgg16, [(1, 3, 64, 96), (2, 3, 57, 48)], [(1, 3, 600, 600), (1, 3, 256, 320)],
        ["rpn.score", "rpn.loc", "head.score"]),
    "faster_rcnn_fpn": pyramid(
        faster_rcnn_fpn, [(1, 3, 64, 96), (2, 3, 32, 64)], [(1, 3, 800, 800), (1, 3, 256, 320)],
        ["backbone.body.layer3", "backbone.fpn.layer_blocks.0.0", "backbone.fpn.layer_blocks.3.0"]),
    "din": pyramid(
        din, [(1, 3, 64, 96), (2, 3, 32, 64)], [(1, 3, 800, 800), (1, 3, 256, 320)],
        ["backbone.body.layer3", "backbone.bfp.refine"]),
    "ddn": detector(
        lambda k: Ddn(torchvision.models.resnet50(), k), [(1, 3, 96, 128), (2, 3, 75, 64)],
        [(1, 3, 600, 600), (1, 3, 256, 320)], ["backbone.layer4", "mfn", "rpn.score", "rpn.loc"]),
    "ddn_resnet34": detector(
        lambda k: Ddn(torchvision.models.resnet34(), k), [(1, 3, 96, 128)], [(1, 3, 600, 600)], ["backbone.layer4", "mfn"]),
}
