import torch

from gen_ops_cases import ADAPTIVE_POOL_REFUSALS, adaptive_pool, case

CASES = adaptive_pool(other_per_output=1) + [
    case("functional", [1, 2, 4, 4], size=2, module=False),
]
REFUSALS = ADAPTIVE_POOL_REFUSALS


def reference(x, a):
    return torch.nn.functional.adaptive_avg_pool2d(x[0], a["size"])
