import torch
from torchvision.ops import roi_align
from torchvision.ops.poolers import LevelMapper

from gen_ops import pair
from gen_ops_cases import case, refusal

SMALL = [4, 8, 4, 8, 8, 20, 8, 20]  # x1 y1 in [4,12], x2 y2 in [12,28]
WIDE = [100, 100, 100, 100, 150, 350, 150, 350]  # x1 y1 in [0,200], x2 y2 in [200,500]

CASES = [
    case("four_levels", [2, 9, 4], [2, 3, 40, 37], [2, 3, 20, 19], [2, 3, 10, 10], [2, 3, 5, 5], size=7,
         scales=[4, 8, 16, 32], canonical_size=64, ranges=[[40, 20, 40, 20, 60, 120, 60, 120], [], [], [], []],
         cost=(0, 42336, 44982)),
    case("two_levels", [1, 13, 5], [1, 5, 40, 40], [1, 5, 20, 20], size=[3, 2], scales=[8, 16],
         ranges=[WIDE + [1, 0], [], []], canonical_level=4),
    case("level_limits", [1, 6, 4], [1, 2, 12, 12], [1, 2, 6, 6], [1, 2, 3, 3], size=2, scales=[4, 8, 16],
         canonical_size=16, canonical_level=3,
         data=[[0.0, 0.0, 16.0, 16.0, 0.0, 0.0, 15.9375, 16.0, 8.0, 8.0, 40.0, 40.0, 3.0, 4.0, 5.0, 4.0, 1.0, 1.0, 33.0,
                33.0, 0.0, 0.0, 0.0, 0.0]] + [[i * i % 7 - i / 50 for i in range(n)] for n in (288, 72, 18)]),
    case("one_map", [2, 5, 4], [2, 3, 11, 13], size=[3, 4], scales=[2], ranges=[SMALL, []]),
    case("stride_3", [1, 5, 4], [1, 2, 11, 13], size=3, scales=[3], sampling=1, ranges=[SMALL, []],
         cost=(0, 360, 450)),
    case("aligned", [2, 5, 4], [2, 3, 11, 13], size=[3, 4], scales=[2], aligned=True, ranges=[SMALL, []]),
    case("adaptive", [2, 5, 5], [2, 3, 15, 13], size=[2, 3], scales=[2], sampling=0, ranges=[SMALL + [1, 0], []]),
    case("adaptive_aligned", [1, 7, 4], [1, 2, 15, 13], size=[3, 2], scales=[1], sampling=0, aligned=True,
         ranges=[[2, 2, 2, 2, 4, 6, 4, 6], []]),
    case("adaptive_whole_pixels", [1, 3, 4], [1, 1, 6, 6], size=2, scales=[1], sampling=0,
         data=[[0.0, 0.0, 4.0, 6.0, 1.0, 1.0, 3.0, 5.0, 2.0, 2.0, 2.0, 3.0], [i * i % 11 for i in range(36)]]),
    case("partly_outside", [1, 4, 4], [1, 2, 5, 6], size=3, scales=[1], sampling=3,
         ranges=[[6, -2, 6, -2, 6, 8, 6, 8], []]),
    case("inverted", [1, 3, 4], [1, 2, 5, 6], size=2, scales=[1], ranges=[[1, 4, 1, 4, 1, 2, 1, 2], []]),
    case("many_channels", [1, 2, 4], [1, 37, 7, 6], size=7, scales=[4], ranges=[SMALL, []]),
    case("empty_rows", [1, 3, 4], [1, 2, 4, 4], size=2, scales=[16],
         data=[[0.0] * 12, [0.5 * i - 3 for i in range(32)]]),
    case("single", [1, 1, 4], [1, 1, 1, 1], size=1, scales=[1]),
]

REFUSALS = [
    refusal("rank_2", "regions", [5, 4], [1, 2, 4, 4], size=2, scales=[1]),
    refusal("three_columns", "regions", [1, 5, 3], [1, 2, 4, 4], size=2, scales=[1]),
    refusal("map_rank", "rank", [1, 5, 4], [2, 4, 4], size=2, scales=[1]),
    refusal("other_batch", "fit", [1, 5, 4], [2, 2, 4, 4], size=2, scales=[1]),
    refusal("other_channels", "fit", [1, 5, 4], [1, 2, 4, 4], [1, 3, 2, 2], size=2, scales=[1, 2]),
    refusal("too_few_scales", "scales", [1, 5, 4], [1, 2, 4, 4], [1, 2, 2, 2], size=2, scales=[1]),
    refusal("not_twice", "scales", [1, 5, 4], [1, 2, 4, 4], [1, 2, 2, 2], size=2, scales=[4, 16]),
    refusal("no_power_of_two", "scales", [1, 5, 4], [1, 2, 4, 4], [1, 2, 2, 2], size=2, scales=[3, 6]),
    refusal("no_map", "inputs", [1, 5, 4], size=2, scales=[1]),
    refusal("zero_size", "size", [1, 5, 4], [1, 2, 4, 4], size=0, scales=[1]),
]


def reference(x, a):
    rois, maps = x[0][..., :4], x[1:]
    n, k = rois.shape[:2]
    table = torch.cat((torch.arange(n, dtype=torch.float64).repeat_interleave(k)[:, None], rois.reshape(-1, 4)), 1)
    first = a["scales"][0].bit_length() - 1
    mapper = LevelMapper(first, first + len(maps) - 1, a.get("canonical_size", 224), a.get("canonical_level", 4))
    levels = mapper([rois.reshape(-1, 4)]) if len(maps) > 1 else torch.zeros(n * k)
    y = torch.zeros(n * k, maps[0].shape[1], *pair(a["size"]), dtype=torch.float64)
    for i, (scale, feature) in enumerate(zip(a["scales"], maps)):
        y[levels == i] = roi_align(feature, table[levels == i], pair(a["size"]), 1 / scale, a.get("sampling", 2),
                                   a.get("aligned", False))
    return y
