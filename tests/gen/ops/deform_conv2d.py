import torch
import torchvision

from gen_ops import pair, param, tail
from gen_ops_cases import case, refusal

FAR = [-1.0, -0.999, -1.001, 3.0, 2.999, 2.0, 0.5, -7.5, 100.0, -100.0, 1.25, 0.0, -0.5, 1e9, -1e9, 2.5, 0.125, -2.0]

CASES = [
    case("v1", [2, 3, 5, 7], [2, 18, 5, 7], out=4, kernel=3, pad=1, cost=(7560, 5670, 7560)),
    case("v2", [2, 3, 5, 7], [2, 18, 5, 7], [2, 9, 5, 7], out=4, kernel=3, pad=1, cost=(7560, 5670, 9450)),
    case("pointwise", [1, 5, 6, 4], [1, 2, 6, 4], out=3, kernel=1),
    case("strides_differ", [1, 3, 9, 10], [1, 12, 9, 6], out=5, kernel=[3, 2], stride=[1, 2], pad=[1, 1]),
    case("dilated", [2, 2, 9, 7], [2, 18, 9, 7], out=3, kernel=3, pad=2, dilation=2),
    case("dilations_differ", [1, 2, 11, 12], [1, 12, 11, 7], [1, 6, 11, 7], out=3, kernel=[3, 2], pad=[3, 0],
         dilation=[3, 5]),
    case("stride_2", [2, 5, 9, 8], [2, 18, 5, 4], out=7, kernel=3, stride=2, pad=1),
    case("groups", [1, 6, 5, 4], [1, 18, 5, 4], out=9, kernel=3, pad=1, groups=3),
    case("groups_wide", [1, 16, 5, 5], [1, 18, 5, 5], out=32, kernel=3, pad=1, groups=2),
    case("offset_groups", [2, 6, 5, 4], [2, 54, 5, 4], [2, 27, 5, 4], out=4, kernel=3, pad=1, offset_groups=3),
    case("both_groups", [1, 12, 4, 5], [1, 72, 4, 5], out=8, kernel=3, pad=1, groups=2, offset_groups=4),
    case("group_inside_offset_group", [1, 12, 4, 5], [1, 36, 4, 5], out=12, kernel=3, pad=1, groups=4,
         offset_groups=2),
    case("far_away", [1, 1, 3, 3], [1, 2, 3, 3], out=2, kernel=1, data=[[1.0, -2.0, 3.0, 0.5, 5.0, -6.0, 7.0, 8.0, 9.0],
                                                                    FAR]),
    case("bias", [1, 3, 4, 4], [1, 18, 4, 4], out=5, kernel=3, pad=1, bias=True, cost=(2160, 1376, 1728)),
    case("norm_relu", [2, 3, 4, 5], [2, 18, 4, 5], out=6, kernel=3, pad=1, norm="norm", then=["relu"]),
    case("bias_norm_silu", [1, 3, 4, 5], [1, 18, 4, 5], [1, 9, 4, 5], out=4, kernel=3, pad=1, bias=True, norm="norm",
         then=["silu"]),
    case("many_channels", [1, 67, 4, 3], [1, 18, 4, 3], out=35, kernel=3, pad=1),
    case("many_outputs", [1, 3, 3, 5], [1, 8, 2, 4], out=150, kernel=2),
    case("many_pixels", [1, 2, 19, 23], [1, 18, 19, 23], out=3, kernel=3, pad=1),
    case("single", [1, 1, 1, 1], [1, 2, 1, 1], out=1, kernel=1),
    case("kernel_5x5", [1, 2, 6, 5], [1, 50, 6, 5], out=3, kernel=5, pad=2),
]

REFUSALS = [
    refusal("rank_3", "rank", [3, 4, 4], [1, 2, 4, 4], out=4, kernel=1),
    refusal("one_input", "inputs", [1, 3, 4, 4], out=4, kernel=1),
    refusal("offset_channels", "offsets", [1, 3, 4, 4], [1, 9, 4, 4], out=4, kernel=3, pad=1),
    refusal("offset_extents", "offsets", [1, 3, 4, 4], [1, 18, 4, 4], out=4, kernel=3),
    refusal("mask_channels", "mask", [1, 3, 4, 4], [1, 18, 4, 4], [1, 18, 4, 4], out=4, kernel=3, pad=1),
    refusal("groups_do_not_divide", "groups", [1, 3, 4, 4], [1, 2, 4, 4], out=4, kernel=1, groups=2),
    refusal("offset_groups_do_not_divide", "offset_groups", [1, 3, 4, 4], [1, 4, 4, 4], out=4, kernel=1,
            offset_groups=2),
    refusal("does_not_fit", "window", [1, 3, 2, 2], [1, 18, 1, 1], out=4, kernel=3),
    refusal("weight_too_large", "weight", [1, 65536, 1, 1], [1, 2, 1, 1], out=65536, kernel=1),
    refusal("no_outputs", "out", [1, 3, 4, 4], [1, 2, 4, 4], out=0, kernel=1),
]


def reference(x, a):
    weight = param("op.weight", [a["out"], x[0].shape[1] // a.get("groups", 1), *pair(a["kernel"])], "weight")
    bias = param("op.bias", [a["out"]], "bias") if a.get("bias") else None
    stride, pad, dilation = pair(a.get("stride", 1)), pair(a.get("pad", 0)), pair(a.get("dilation", 1))
    y = torchvision.ops.deform_conv2d(x[0], x[1], weight, bias, stride, pad, dilation, x[2] if len(x) > 2 else None)
    return tail(y, a, 1)
