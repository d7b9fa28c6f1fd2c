import torch

from gen_ops import param
from gen_ops_cases import AXIS_REFUSALS, case, refusal

CASES = [
    case("tokens", [2, 5, 7], cost=(0, 280, 210)),
    case("channels", [2, 3, 5, 7], axis=1, cost=(0, 840, 630)),
    case("channels_negative", [2, 3, 5, 7], axis=-3, eps=1e-6),
    case("first", [4, 3], axis=0),
    case("middle", [2, 6, 3], axis=1),
    case("last_of_image", [1, 2, 3, 33], axis=3),
    case("rows_not_a_multiple", [67, 19]),
    case("long_row", [3, 4999]),
    case("long_channels", [1, 304, 5, 5], axis=1),
    case("very_long_channels", [1, 1201, 2, 1], axis=1),
    case("wide_map", [2, 9, 31, 37], axis=1),
    case("pixel_pairs", [2, 5, 1, 2], axis=1),
    case("one_pixel", [2, 5, 1, 1], axis=1),
    case("one_channel", [2, 1, 3, 4], axis=1),
    case("large_eps", [3, 8], eps=2.5),
    case("far_from_zero", [2, 4], data=[[1000.5, 1001.0, 999.5, 1000.0, -2.0, -2.25, -1.75, -3.0]]),
    case("function", [3, 8], module=False),
    case("single", [1]),
]
REFUSALS = AXIS_REFUSALS + [
    refusal("negative_eps", "eps", [2, 3], eps=-1.0),
    refusal("two_inputs", "inputs", [2, 3], [2, 3]),
]


def reference(x, a):
    moved = x[0].movedim(a.get("axis", -1), -1)
    weight, bias = (param(f"op.{n}", [moved.shape[-1]], f"norm_{n}") for n in ("weight", "bias"))
    y = torch.nn.functional.layer_norm(moved, moved.shape[-1:], weight, bias, a.get("eps", 1e-5))
    return y.movedim(-1, a.get("axis", -1))
