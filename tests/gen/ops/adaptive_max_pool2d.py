import torch

from gen_ops_cases import case, refusal, some_nan

CASES = [
    case("global", [2, 3, 5, 7], size=1, cost=(0, 204, 0)),
    case("global_several_units", [2, 5, 37, 41], size=1),
    case("divides", [2, 3, 6, 8], size=[3, 2], cost=(0, 252, 0)),
    case("overlaps", [1, 2, 5, 7], size=3, cost=(0, 108, 0)),
    case("repeats", [2, 2, 3, 2], size=[5, 7]),
    case("identity", [1, 3, 4, 5], size=[4, 5], cost=(0, 0, 0)),
    case("rows", [2, 3, 9, 21], size=[9, 1]),
    case("columns", [2, 3, 21, 9], size=[1, 9]),
    case("pyramid_6", [2, 3, 32, 32], size=6),
    case("pyramid_3_wide", [1, 2, 33, 131], size=3),
    case("long_bins", [1, 1, 67, 301], size=[1, 2]),
    case("many_bins", [3, 5, 13, 12], size=[7, 6]),
    case("single", [1, 1, 1, 1], size=1),
    case("from_pixel", [2, 2, 1, 1], size=[3, 2]),
    case("all_negative", [1, 1, 3, 3], size=2, data=[[-3.0, -2.0, -5.0, -7.0, -1.5, -4.0, -9.0, -8.0, -6.0]]),
    case("nan", [1, 1, 6, 19], size=[3, 4], data=[some_nan(114, 0, 48, 113)]),
    case("nan_global", [1, 4, 5, 9], size=1, data=[some_nan(180, 0, 62, 179)]),
]
REFUSALS = [
    refusal("rank_3", "rank", [3, 4, 4], size=1),
    refusal("no_bins", "size", [1, 1, 4, 4], size=0),
    refusal("too_large", "too large", [1, 3, 4, 4], size=[65536, 65536]),
    refusal("two_inputs", "inputs", [1, 3, 4, 4], [1, 3, 4, 4], size=1),
]


def reference(x, a):
    return torch.nn.functional.adaptive_max_pool2d(x[0], a["size"])
