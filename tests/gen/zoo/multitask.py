"""The multitask network, its ablations and YOLOv5s, with the parameter names of their references."""
import torch
import torch.nn.functional as F
from torch import nn

from gen_models import Net


class Conv(nn.Module):
    def __init__(self, c_in, c_out, k=1, s=1, d=1, g=1, linear=False):
        super().__init__()
        self.conv = nn.Conv2d(c_in, c_out, k, s, 2 if k == 6 else d * (k // 2), d, g, bias=False)
        self.bn = nn.BatchNorm2d(c_out, eps=1e-3)
        self.act = nn.Identity() if linear else nn.SiLU()

    def forward(self, x):
        return self.act(self.bn(self.conv(x)))


class Bottleneck(nn.Module):
    def __init__(self, c, shortcut):
        super().__init__()
        self.cv1, self.cv2, self.shortcut = Conv(c, c), Conv(c, c, 3), shortcut

    def forward(self, x):
        y = self.cv2(self.cv1(x))
        return x + y if self.shortcut else y


class C3(nn.Module):
    def __init__(self, c_in, c_out, n=1, shortcut=True):
        super().__init__()
        half = c_out // 2
        self.cv1, self.cv2, self.cv3 = Conv(c_in, half), Conv(c_in, half), Conv(2 * half, c_out)
        self.m = nn.Sequential(*(Bottleneck(half, shortcut) for _ in range(n)))

    def forward(self, x):
        return self.cv3(torch.cat([self.m(self.cv1(x)), self.cv2(x)], 1))


class SPPF(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.cv1, self.cv2, self.m = Conv(c_in, c_in // 2), Conv(2 * c_in, c_out), nn.MaxPool2d(5, 1, 2)

    def forward(self, x):
        x = self.cv1(x)
        a = self.m(x)
        b = self.m(a)
        return self.cv2(torch.cat([x, a, b, self.m(b)], 1))


class Concat(nn.Module):
    def forward(self, maps):
        return torch.cat(maps, 1)


class Detect(nn.Module):
    SIZES = [[(10, 13), (16, 30), (33, 23)], [(30, 61), (62, 45), (59, 119)], [(116, 90), (156, 198), (373, 326)]]

    def __init__(self, nc, widths):
        super().__init__()
        self.columns = 5 + nc
        self.m = nn.ModuleList(nn.Conv2d(c, 3 * self.columns, 1) for c in widths)

    def decode(self, t, stride, sizes):
        n, _, h, w = t.shape
        s = torch.sigmoid(t).view(n, 3, self.columns, h, w).permute(0, 1, 3, 4, 2)
        gy, gx = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
        rows = torch.empty_like(s)
        rows[..., 0] = (2 * s[..., 0] - 0.5 + gx) * stride
        rows[..., 1] = (2 * s[..., 1] - 0.5 + gy) * stride
        for a, (width, height) in enumerate(sizes):
            rows[:, a, ..., 2] = (2 * s[:, a, ..., 2]) ** 2 * width
            rows[:, a, ..., 3] = (2 * s[:, a, ..., 3]) ** 2 * height
        rows[..., 4:] = s[..., 4:]
        return rows.reshape(n, -1, self.columns)

    def forward(self, maps):
        levels = [self.decode(m(x), 8 << i, self.SIZES[i]) for i, (m, x) in enumerate(zip(self.m, maps))]
        return torch.cat(levels, 1)


def up2():
    return nn.Upsample(scale_factor=2, mode="nearest")


ENCODER = [
    (Conv, 3, 32, 6, 2), (Conv, 32, 64, 3, 2), (C3, 64, 64), (Conv, 64, 128, 3, 2), (C3, 128, 128, 2),
    (Conv, 128, 256, 3, 2), (C3, 256, 256, 3), (Conv, 256, 512, 3, 2), (C3, 512, 512), (SPPF, 512, 512),
    (Conv, 512, 256), (up2,), (Concat,), (C3, 512, 256, 1, False), (Conv, 256, 128), (up2,), (Concat,),
    (C3, 256, 128, 1, False)]
PAN = [(Conv, 128, 128, 3, 2), (Concat,), (C3, 256, 256, 1, False), (Conv, 256, 256, 3, 2), (Concat,),
       (C3, 512, 512, 1, False)]
EARLIER = {12: 6, 16: 4, 19: 14, 22: 10}  # what a concat takes behind the newest result


class Yolov5s(nn.Module):
    def __init__(self, nc=6):
        super().__init__()
        rows = ENCODER + (PAN if nc else [])
        self.model = nn.ModuleList(row[0](*row[1:]) for row in rows)
        if nc:
            self.model.append(Detect(nc, [128, 256, 512]))

    def maps(self, x):
        """The results of all layers before Detect, by number."""
        kept = []
        for i, layer in enumerate(self.model):
            if isinstance(layer, Detect):
                break
            x = layer([x, kept[EARLIER[i]]]) if i in EARLIER else layer(x)
            kept.append(x)
        return kept

    def detect(self, kept):
        return self.model[24]([kept[17], kept[20], kept[23]])

    def forward(self, x):
        return self.detect(self.maps(x))


def resize(x, size, corners=True):
    return F.interpolate(x, list(size), mode="bilinear", align_corners=corners)


class Dense(nn.Module):
    """DenseASPP, or DDWASPP in one of its readings."""

    def __init__(self, c_in, c_out, unit, growth=64):
        super().__init__()
        self.m = nn.ModuleList()
        for d in (3, 6, 12, 18, 24):
            layers = nn.Module()
            c = c_in
            if unit in ("dense", "narrow"):
                layers.cv1, c = Conv(c_in, 2 * growth), 2 * growth
            if unit == "dense":
                layers.cv2 = Conv(c, growth, 3, d=d)
            else:
                layers.dw = Conv(c, c, 3, d=d, g=c)
                if unit != "depthwise":
                    layers.pw = Conv(c, growth)
            self.m.append(layers)
            c_in += c if unit == "depthwise" else growth
        self.project = Conv(c_in, c_out)

    def forward(self, x):
        for unit in self.m:
            y = x
            for layer in unit.children():
                y = layer(y)
            x = torch.cat([x, y], 1)
        return self.project(x)


class Aspp(nn.Module):
    def __init__(self, c=128):
        super().__init__()
        self.b0 = Conv(c, c)
        self.b1, self.b2, self.b3 = Conv(c, c, 3, d=6), Conv(c, c, 3, d=12), Conv(c, c, 3, d=18)
        self.pool, self.bg = nn.AdaptiveAvgPool2d(1), Conv(c, c)
        self.project = Conv(5 * c, c)

    def forward(self, x):
        mean = resize(self.bg(self.pool(x)), x.shape[2:])
        return self.project(torch.cat([self.b0(x), self.b1(x), self.b2(x), self.b3(x), mean], 1))


RATES = {"zeros": [(3, 1), (3, 2), (3, 3)], "scale": [(1, 1), (3, 1), (3, 2)], "floor": [(3, 1), (3, 1), (3, 2)]}


class AtrousResidual(nn.Module):
    def __init__(self, c, expand, k, d, fuse):
        super().__init__()
        self.expand, self.dw = Conv(c, expand * c), Conv(expand * c, expand * c, k, d=d, g=expand * c)
        self.project = Conv(expand * c, c, linear=True)
        self.fuse = Conv(2 * c, c) if fuse else None

    def forward(self, x):
        y = self.project(self.dw(self.expand(x)))
        return self.fuse(torch.cat([x, y], 1)) if self.fuse else y


class ResDwab(nn.Module):
    def __init__(self, c=64, expand=2, rates="zeros", arrangement="chain"):
        super().__init__()
        self.arrangement, wide, kernels = arrangement, expand * c, RATES[rates]
        if arrangement in ("chain", "chain_once", "single"):
            kernels = kernels[:1] if arrangement == "single" else kernels
            self.m = nn.Sequential(*(AtrousResidual(c, expand, k, d, arrangement != "chain_once") for k, d in kernels))
        else:
            self.expand = Conv(c, wide)
            self.dw = nn.Sequential(*(Conv(wide, wide, k, d=d, g=wide) for k, d in kernels))
            self.project = Conv(wide * (3 if arrangement == "parallel" else 1), c, linear=True)
        self.fuse = Conv(2 * c, c) if arrangement not in ("chain", "single") else None

    def forward(self, x):
        if self.arrangement in ("chain", "single"):
            return self.m(x)
        if self.arrangement == "chain_once":
            return self.fuse(torch.cat([x, self.m(x)], 1))
        e = self.expand(x)
        y = self.dw(e) if self.arrangement == "serial" else torch.cat([dw(e) for dw in self.dw], 1)
        return self.fuse(torch.cat([x, self.project(y)], 1))


class Head(nn.Module):
    """The segmentation side: `high` over model.17, then a decoder (None, "u" or "v"), a classifier, the enlargement."""

    TAPS = {"p3": (17, 128), "stacked": (16, 256), "p4": (13, 256), "sppf": (9, 512)}

    def __init__(self, high, decoder, resdwab=0, classes=7, width=128, low_width=48, high_level="p3",
                 low_level="stage", align="corners", atrous="pointwise", **block):
        super().__init__()
        self.from_high, c = self.TAPS[high_level]
        self.from_low, self.decoder, self.corners = {"stage": 2, "stem": 1}[low_level], decoder, align == "corners"
        self.high = {"aspp": Aspp, "dense": lambda: Dense(c, width, "dense"),
                     "dwaspp": lambda: Dense(c, width, atrous), None: nn.Identity}[high]()
        if resdwab:
            self.low = nn.Sequential(*(ResDwab(64, **block) for _ in range(resdwab)))
        last = 128
        if decoder == "v":
            self.reduce, last = Conv(64, low_width), width
            self.fuse = nn.Sequential(Conv(width + low_width, width, 3), Conv(width, width, 3))
        elif decoder == "u":
            self.u = nn.Sequential(Conv(192, 64, 3), Conv(64, 64, 3), Conv(96, 32, 3), Conv(32, 32, 3))
            last = 32
        self.cls = nn.Conv2d(last, classes, 1)

    def forward(self, maps, size):
        x, early = self.high(maps[self.from_high]), maps[self.from_low]
        if self.decoder == "v":
            early = self.low(early) if hasattr(self, "low") else early
            x = self.fuse(torch.cat([resize(x, early.shape[2:], self.corners), self.reduce(early)], 1))
        elif self.decoder == "u":
            x = self.u[1](self.u[0](torch.cat([resize(x, early.shape[2:]), early], 1)))
            x = self.u[3](self.u[2](torch.cat([resize(x, maps[0].shape[2:]), maps[0]], 1)))
        return resize(self.cls(x), size, self.corners)


class Multitask(Yolov5s):
    """Without classes to detect: one of the single-task networks."""

    def __init__(self, nc, *head, **options):
        super().__init__(nc)
        self.nc, self.seg = nc, Head(*head, **options)

    def forward(self, x):
        maps = self.maps(x)
        y = self.seg(maps, x.shape[2:])
        return (y, self.detect(maps)) if self.nc else y


SMALL = [(1, 3, 96, 64), (2, 3, 32, 64)]
LONG = [(1, 3, 224, 32)]  # so that the outer taps of large rates fall inside the map
FULL = [(1, 3, 256, 256), (1, 3, 224, 288)]


def ablation(high, decoder, taps):
    return Net(lambda: Multitask(0, high, decoder), [(1, 3, 224, 64), (2, 3, 32, 64)], FULL, taps)


def reading(shapes, **options):
    words = {k: v for k, v in options.items() if k != "resdwab"}
    # Some drown what the deepest bottleneck of the encoder adds, or leave its upper layers unused; the defaults do not.
    return Net(lambda: Multitask(0, "dwaspp", "v", options.get("resdwab", 4), **words), shapes, [], [], options,
               blind=r"model\.(8\.m|1\d)\.")


NETWORKS = {
    "yolov5s": Net(Yolov5s, [(1, 3, 96, 64), (3, 3, 64, 32)], FULL, ["model.2", "model.9", "model.17", "model.24.m.2"]),
    "yolov5s@80": Net(lambda: Yolov5s(80), [(1, 3, 64, 96)], [], ["model.24.m.0"], {"nc": 80}),
    "multitask": Net(
        lambda: Multitask(6, "dwaspp", "v", 4), LONG + [(2, 3, 32, 64)], FULL,
        ["model.2", "model.9", "model.17", "model.24.m.0", "model.24.m.1", "model.24.m.2", "seg.high", "seg.low.0",
         "seg.low.3", "seg.cls"], outputs=["segmentation", "detections"]),
    "multitask_baseline": ablation(None, None, ["model.13", "seg.cls"]),
    "multitask_aspp": ablation("aspp", None, ["seg.high.b3", "seg.high.bg", "seg.high"]),
    "multitask_denseaspp": ablation("dense", None, ["seg.high.m.0.cv2", "seg.high"]),
    "multitask_dwaspp": ablation("dwaspp", None, ["seg.high.m.4.dw", "seg.high"]),
    "multitask_unet": ablation(None, "u", ["seg.u.1", "seg.u.3"]),
    "multitask_v3plus": ablation(None, "v", ["seg.reduce", "seg.fuse.1"]),
    "multitask_aspp_v3plus": ablation("aspp", "v", ["seg.high"]),
    "multitask_dwaspp_v3plus": ablation("dwaspp", "v", ["seg.high"]),
    "multitask_resdwab": Net(lambda: Multitask(0, "dwaspp", "v", 4), LONG, FULL, ["seg.low.0", "seg.low.3"]),
    "multitask_resdwab@1": reading(LONG, resdwab=1),
    "multitask_resdwab@5": reading([(1, 3, 64, 32)], resdwab=5),
    "multitask_resdwab@scale": reading([(1, 3, 64, 32)], resdwab=1, rates="scale", expand=1, low_level="stem"),
    "multitask_resdwab@floor": reading([(1, 3, 64, 32)], resdwab=2, rates="floor", arrangement="single"),
    "multitask_resdwab@once": reading([(1, 3, 64, 32)], resdwab=2, arrangement="chain_once", align="half_pixel"),
    "multitask_resdwab@serial": reading([(1, 3, 32, 64)], resdwab=1, arrangement="serial", high_level="p4"),
    "multitask_resdwab@parallel": reading([(1, 3, 32, 64)], resdwab=1, arrangement="parallel", high_level="stacked"),
    "multitask_resdwab@narrow": reading(LONG, resdwab=1, atrous="narrow", width=64, low_width=32),
    "multitask_resdwab@depthwise": reading([(1, 3, 32, 64)], resdwab=1, atrous="depthwise", high_level="sppf"),
}
