import torch

from gen_ops_cases import ADAPTIVE_POOL_REFUSALS, adaptive_pool, case, some_nan

CASES = adaptive_pool(other_per_output=0) + [
    case("all_negative", [1, 1, 3, 3], size=2, data=[[-3.0, -2.0, -5.0, -7.0, -1.5, -4.0, -9.0, -8.0, -6.0]]),
    case("nan", [1, 1, 6, 19], size=[3, 4], data=[some_nan(114, 0, 48, 113)]),
    case("nan_global", [1, 4, 5, 9], size=1, data=[some_nan(180, 0, 62, 179)]),
]
REFUSALS = ADAPTIVE_POOL_REFUSALS


def reference(x, a):
    return torch.nn.functional.adaptive_max_pool2d(x[0], a["size"])
