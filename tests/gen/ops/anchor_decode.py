import torch
from torchvision.models.detection._utils import BoxCoder
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.ops import clip_boxes_to_image

from gen_ops import pair
from gen_ops_cases import case, refusal, some_nan

CASES = [
    case("nine_anchors", [2, 36, 3, 5], sizes=[128, 256, 512], ratios=[50, 100, 200], image=[48, 80], stride=16,
         cost=(0, 4320, 2700)),
    case("fpn_level", [2, 12, 4, 3], sizes=[32], ratios=[50, 100, 200], image=[37, 29], round=True),
    case("coarse_stride_61", [1, 12, 13, 13], sizes=[512], ratios=[50, 100, 200], image=800, round=True, clip=False),
    case("ties_to_even", [1, 12, 2, 3], sizes=[33, 35, 5], ratios=[100], stride=4, clip=False, round=True,
         cost=(0, 144, 180)),
    case("strides_differ", [1, 8, 5, 4], sizes=[7, 9], ratios=[100], image=[23, 37], clip=False),
    case("no_clamp", [1, 4, 3, 3], sizes=[10], ratios=[300], image=40, clamp=False),
    case("large_deltas", [1, 4, 1, 2], sizes=[4], ratios=[100], stride=8, clip=False,
         data=[[0.5, -2.0, 3.0, 0.25, 4.0, 5.0, 4.2, -60.0]]),
    case("six_by_six", [1, 144, 2, 1], sizes=[1, 2, 3, 4, 5, 6], ratios=[10, 50, 100, 150, 200, 1000], stride=2,
         clip=False),
    case("several_groups", [2, 8, 17, 23], sizes=[20], ratios=[100, 50], image=[68, 92]),
    case("nan", [1, 4, 3, 7], sizes=[8], ratios=[100], image=[30, 70], data=[some_nan(84, 0, 19, 30, 62, 83)]),
    case("single", [1, 4, 1, 1], sizes=[8], ratios=[100], image=16),
]

REFUSALS = [
    refusal("rank_3", "rank", [4, 4, 4], sizes=[8], ratios=[100], image=64),
    refusal("other_channels", "channels", [1, 8, 4, 4], sizes=[8], ratios=[100], image=64),
    refusal("no_sizes", "channels", [1, 4, 4, 4], sizes=[], ratios=[100], image=64),
    refusal("no_image_to_clip", "image", [1, 4, 4, 4], sizes=[8], ratios=[100], stride=16),
    refusal("no_image_for_stride", "image", [1, 4, 4, 4], sizes=[8], ratios=[100], clip=False),
    refusal("image_smaller_than_map", "image", [1, 4, 4, 4], sizes=[8], ratios=[100], image=[64, 3]),
    refusal("zero_size", "sizes", [1, 4, 4, 4], sizes=[0], ratios=[100], image=64),
    refusal("zero_ratio", "ratios", [1, 4, 4, 4], sizes=[8], ratios=[0], image=64),
    refusal("negative_stride", "stride", [1, 4, 4, 4], sizes=[8], ratios=[100], image=64, stride=-1),
]


def reference(x, a):
    n, _, h, w = x[0].shape
    image = pair(a.get("image", 0))
    ratios = torch.tensor(a["ratios"], dtype=torch.float64) / 100
    if a.get("round"):
        base = AnchorGenerator().generate_anchors(a["sizes"], ratios.tolist(), dtype=torch.float64)
    else:
        sizes, root = torch.tensor(a["sizes"], dtype=torch.float64), torch.sqrt(ratios)
        extents = torch.stack(((sizes / root[:, None]).reshape(-1), (sizes * root[:, None]).reshape(-1)), 1)
        base = torch.cat((-extents, extents), 1) / 2
    step = [a.get("stride") or image[0] // h, a.get("stride") or image[1] // w]
    y, z = torch.meshgrid(torch.arange(h) * step[0], torch.arange(w) * step[1], indexing="ij")
    anchors = (torch.stack((z, y, z, y), -1).reshape(-1, 1, 4) + base).reshape(-1, 4)
    coder = BoxCoder((1, 1, 1, 1)) if a.get("clamp", True) else BoxCoder((1, 1, 1, 1), float("inf"))
    deltas = x[0].reshape(n, -1, 4, h, w).permute(0, 3, 4, 1, 2).reshape(n, -1, 4)
    boxes = torch.stack([coder.decode_single(d, anchors) for d in deltas])
    return clip_boxes_to_image(boxes, image) if a.get("clip", True) else boxes
