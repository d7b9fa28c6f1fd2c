import torch

from gen_ops_cases import case, refusal, some_nan

CASES = [
    case("odd_extents", [2, 3, 5, 7], cost=(0, 348, 72)),
    case("activation", [1, 4, 6, 9], then=["sigmoid"]),
    case("square", [3, 8, 14, 14]),
    case("one_row", [2, 3, 1, 9]),
    case("one_column", [2, 3, 9, 1]),
    case("one_pixel", [2, 3, 1, 1]),
    case("wide", [1, 2, 3, 1301]),
    case("tall", [1, 2, 1301, 3]),
    case("nan", [2, 2, 4, 5], data=[some_nan(80, 33)]),
]
REFUSALS = [
    refusal("rank_3", "rank", [2, 3, 5]),
    refusal("two_inputs", "inputs", [2, 3, 5, 7], [2, 3, 5, 7]),
]


def reference(x, a):
    del a
    return torch.cat([x[0].mean(3), x[0].mean(2)], 2).unsqueeze(3)
