import torch

from gen_ops_cases import AXIS_REFUSALS, case, refusal

CASES = [
    case("rows", [2, 5, 7], cost=(0, 70, 140)),
    case("channels", [2, 3, 5, 7], axis=1, cost=(0, 210, 420)),
    case("middle_negative", [2, 6, 3], axis=-2),
    case("first", [4, 3], axis=0),
    case("worked_example", [2, 2], data=[[3.0, 4.0, -5.0, 12.0]], printed=[0.6, 0.8, -0.384615385, 0.923076923]),
    case("zeros", [2, 3], data=[[0.0, 0.0, 0.0, 0.0, -2.0, 0.0]]),
    case("below_eps", [2, 2], eps=0.5, data=[[0.125, 0.25, 3.0, 4.0]]),
    case("attention", [3, 8, 6, 49]),
    case("rows_not_a_multiple", [67, 19]),
    case("long_row", [3, 4999]),
    case("long_channels", [1, 304, 5, 5], axis=1),
    case("very_long_channels", [1, 1201, 2, 1], axis=1),
    case("wide_map", [2, 9, 31, 37], axis=1),
    case("one_pixel", [2, 5, 1, 1], axis=1),
    case("one_channel", [2, 1, 3, 4], axis=1),
    case("single", [1]),
]
REFUSALS = AXIS_REFUSALS + [
    refusal("no_eps", "eps", [2, 3], eps=0.0),
    refusal("two_inputs", "inputs", [2, 3], [2, 3]),
]


def reference(x, a):
    return torch.nn.functional.normalize(x[0], dim=a.get("axis", -1), eps=a.get("eps", 1e-12))
