import torch

from gen_ops_cases import case, refusal, some_nan

CASES = [
    case("odd_extents", [2, 3, 5, 7], cost=(0, 280, 70)),
    case("blocks", [2, 16, 4, 6], then=["sigmoid"]),
    case("rest_of_a_block", [1, 19, 6, 5]),
    case("one_channel", [2, 1, 3, 5]),
    case("one_pixel", [3, 10, 1, 1]),
    case("few_pixels", [1, 4, 1, 3]),
    case("many_channels", [1, 520, 2, 3]),
    case("many_pixels", [1, 2, 23, 71]),
    case("nan", [2, 9, 4, 5], data=[some_nan(360, 0, 333)]),
]
REFUSALS = [
    refusal("rank_3", "rank", [2, 3, 5]),
    refusal("two_inputs", "inputs", [2, 3, 5, 7], [2, 3, 5, 7]),
]


def reference(x, a):
    del a
    return torch.cat([x[0].mean(1, keepdim=True), x[0].amax(1, keepdim=True)], 1)
