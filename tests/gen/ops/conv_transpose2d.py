import torch

from gen_ops_cases import case, refusal
from gen_ops import pair, param

CASES = [
    case("double", [2, 3, 5, 7], out=4, kernel=2, stride=2, cost=(3360, 0, 0)),
    case("double_bias", [2, 3, 5, 7], out=5, kernel=2, stride=2, bias=True, cost=(4200, 1400, 0)),
    case("stride_1", [1, 3, 5, 6], out=4, kernel=3),
    case("same_3x3", [2, 2, 5, 9], out=3, kernel=3, pad=1),
    case("double_4x4", [2, 3, 4, 5], out=6, kernel=4, stride=2, pad=1),
    case("double_3x3", [1, 4, 7, 6], out=5, kernel=3, stride=2, pad=1, output_padding=1),
    case("stride_3_kernel_2", [1, 2, 4, 3], out=3, kernel=2, stride=3, bias=True),
    case("stride_beyond_width", [1, 2, 3, 1], out=3, kernel=[2, 3], stride=[1, 5], output_padding=[0, 1]),
    case("strides_differ", [1, 3, 5, 4], out=2, kernel=[3, 5], stride=[1, 2], pad=[0, 2], output_padding=[0, 1]),
    case("dilated", [1, 2, 5, 6], out=3, kernel=3, stride=2, pad=2, dilation=2, output_padding=1),
    case("dilations_differ", [1, 2, 6, 5], out=3, kernel=[3, 2], pad=[1, 0], dilation=[3, 5]),
    case("output_padding_within_dilation", [1, 2, 3, 4], out=2, kernel=2, dilation=3, output_padding=2),
    case("grouped", [2, 6, 4, 5], out=9, kernel=3, stride=2, pad=1, groups=3, bias=True, cost=(6480, 1134, 0)),
    case("depthwise", [2, 5, 4, 3], out=5, kernel=4, stride=2, pad=1, groups=5),
    case("many_channels", [1, 37, 5, 3], out=35, kernel=2, stride=2),
    case("wide_row", [1, 3, 2, 140], out=5, kernel=3, stride=2, pad=1),
    case("very_wide_row", [1, 2, 1, 301], out=3, kernel=[1, 5], stride=1, pad=[0, 2]),
    case("larger_than_input", [1, 2, 2, 3], out=3, kernel=7, pad=3),
    case("cut_to_pixel", [1, 2, 1, 1], out=3, kernel=3, pad=1),
    case("from_pixel", [2, 7, 1, 1], out=4, kernel=4, bias=True),
    case("single", [1, 1, 1, 1], out=1, kernel=1),
]
REFUSALS = [
    refusal("rank_3", "rank", [3, 4, 4], out=4, kernel=2),
    refusal("groups_do_not_divide_inputs", "groups", [1, 3, 4, 4], out=4, kernel=2, groups=2),
    refusal("groups_do_not_divide_outputs", "groups", [1, 4, 4, 4], out=3, kernel=2, groups=2),
    refusal("nothing_left_of_height", "height", [1, 3, 1, 4], out=4, kernel=2, pad=[1, 0]),
    refusal("nothing_left_of_width", "width", [1, 3, 4, 2], out=4, kernel=3, pad=[0, 2]),
    refusal("output_padding_too_large", "output_padding", [1, 3, 4, 4], out=4, kernel=2, stride=2, output_padding=2),
    refusal("no_outputs", "out", [1, 3, 4, 4], out=0, kernel=1),
    refusal("no_kernel", "kernel", [1, 3, 4, 4], out=4, kernel=0),
    refusal("no_stride", "stride", [1, 3, 4, 4], out=4, kernel=1, stride=0),
    refusal("weight_too_large", "weight", [1, 65536, 1, 1], out=65536, kernel=1),
    refusal("result_too_large", "output", [1, 1, 1024, 1024], out=65, kernel=4, stride=4),
    refusal("two_inputs", "inputs", [1, 3, 4, 4], [1, 3, 4, 4], out=4, kernel=1),
]


def reference(x, a):
    groups, kernel = a.get("groups", 1), pair(a["kernel"])
    weight = param("op.weight", [x[0].shape[1], a["out"] // groups, *kernel], "weight")
    bias = param("op.bias", [a["out"]], "bias") if a.get("bias") else None
    return torch.nn.functional.conv_transpose2d(
        x[0], weight, bias, pair(a.get("stride", 1)), pair(a.get("pad", 0)), pair(a.get("output_padding", 0)), groups,
        pair(a.get("dilation", 1)))
