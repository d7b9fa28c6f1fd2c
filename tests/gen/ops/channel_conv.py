import torch
import torch.nn.functional as F

from gen_ops import norm_along, param
from gen_ops_cases import case, refusal, some_nan

CASES = [
    case("gate", [2, 12, 5, 7], kernel=[1, 5], conv=["eca"], then=["sigmoid"], cost=(120, 840, 96)),
    case("upright", [2, 9, 3, 3], kernel=[3, 1], conv=["eca", "bias"], cost=(54, 162, 18)),
    case("one_tap", [1, 7, 4, 4], kernel=1, conv=["eca", "bias"]),
    case("norm", [2, 10, 2, 5], kernel=[1, 3], conv=["eca", "bias", "norm", "norm", '"0.25"'], cost=(60, 220, 40)),
    case("more_taps_than_channels", [2, 3, 4, 6], kernel=[1, 9], conv=["eca"]),
    case("one_channel", [2, 1, 5, 5], kernel=[1, 3], conv=["eca"]),
    case("one_pixel", [3, 20, 1, 1], kernel=[5, 1], conv=["eca"]),
    case("many_channels", [1, 600, 2, 1], kernel=[1, 5], conv=["eca"], then=["hard_sigmoid"]),
    case("many_pixels", [1, 3, 14, 149], kernel=[1, 3], conv=["eca"]),
    case("nan", [2, 8, 3, 3], kernel=[1, 3], conv=["eca"], data=[some_nan(144, 100)]),
]
REFUSALS = [
    refusal("even", "odd", [2, 8, 3, 3], kernel=[1, 4], conv=["eca"]),
    refusal("a_window", "row or column", [2, 8, 3, 3], kernel=3, conv=["eca"]),
    refusal("no_path", "conv", [2, 8, 3, 3], kernel=[1, 3]),
    refusal("a_word_too_many", "conv", [2, 8, 3, 3], kernel=[1, 3], conv=["eca", "norm", "norm", '"0.25"', "bias"]),
    refusal("too_many_channels", "channels", [1, 3070, 1, 1], kernel=[1, 3], conv=["eca"]),
    refusal("a_vector", "rank", [2, 8], kernel=[1, 3], conv=["eca"]),
    refusal("two_inputs", "inputs", [2, 8, 3, 3], [2, 8, 3, 3], kernel=[1, 3], conv=["eca"]),
]


def reference(x, a):
    kernel = [a["kernel"]] * 2 if isinstance(a["kernel"], int) else a["kernel"]
    row = x[0].mean((2, 3)).unsqueeze(1)
    bias = param("eca.bias", [1], "bias") if "bias" in a["conv"] else None
    y = F.conv1d(row, param("eca.weight", [1, 1, *kernel], "weight").reshape(1, 1, -1), bias, padding=max(kernel) // 2)
    if "norm" in a["conv"]:
        y = norm_along(y, 1, 0.25)
    return y.unsqueeze(3 if kernel[1] == 1 else 2)
