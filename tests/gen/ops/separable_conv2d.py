import torch.nn.functional as F

from gen_ops import ACTIVATIONS, norm_params, param
from gen_ops_cases import case, refusal, some_nan

PLAIN = ["dw", "pw"]
FULL = ["dw", "bias", "norm", "dwn", '"0.25"', "pw", "bias", "norm", "pwn", '"1e-05"']


def same(name, shape, out, kernel=3, convs=PLAIN, **more):
    """A map that keeps its extents."""
    return case(name, shape, out=out, kernel=kernel, pad=kernel // 2, convs=convs, **more)


CASES = [
    same("plain", [2, 5, 7, 9], 6, cost=(9450, 0, 0)),
    same("full", [2, 5, 7, 9], 6, convs=FULL, between="relu6", cost=(9450, 4032, 1386)),
    same("bias_in_front", [1, 3, 4, 4], 2, convs=["dw", "bias", "pw"], between="relu"),
    same("norm_behind", [1, 3, 4, 4], 2, convs=["dw", "pw", "norm", "pwn", '"0.5"'], between="hard_swish"),
    same("rows_of_vectors", [1, 4, 6, 16], 7, convs=FULL, between="silu"),
    same("rows_left_over", [2, 3, 5, 32], 13, convs=FULL),
    same("narrow", [2, 9, 7, 7], 10, convs=FULL, between="gelu"),
    same("two_columns", [1, 3, 11, 2], 4, convs=FULL, between="tanh"),
    same("one_column", [1, 3, 19, 1], 4, convs=FULL),
    same("one_row", [1, 3, 1, 19], 4, convs=FULL, between="abs"),
    same("one_pixel", [3, 5, 1, 1], 4, convs=FULL, between="sigmoid"),
    same("two_pixels", [1, 5, 1, 2], 1, convs=FULL, between="hard_sigmoid"),
    same("five_by_five", [1, 3, 14, 14], 5, kernel=5, convs=FULL, between="hard_swish"),
    same("seven_by_seven", [1, 3, 9, 8], 4, kernel=7, convs=FULL),
    case("strided", [1, 3, 28, 28], out=9, kernel=3, stride=2, pad=1, convs=FULL, between="relu6"),
    case("strided_rows", [1, 4, 15, 16], out=5, kernel=3, stride=2, pad=1, convs=FULL, between="relu"),
    case("strided_by_three", [1, 4, 17, 23], out=5, kernel=3, stride=3, pad=1, convs=FULL),
    case("strided_columns", [1, 4, 9, 21], out=5, kernel=[3, 5], stride=[1, 2], pad=[0, 2], convs=FULL),
    case("dilated", [1, 4, 12, 16], out=5, kernel=3, pad=2, dilation=2, convs=FULL, between="relu"),
    case("dilated_narrow", [2, 4, 9, 6], out=5, kernel=3, pad=[3, 2], dilation=[3, 2], convs=FULL),
    case("no_padding", [2, 4, 6, 13], out=5, kernel=[2, 3], convs=FULL),
    case("wide_padding", [1, 2, 3, 3], out=3, kernel=3, pad=4, convs=FULL, between="relu"),
    case("one_tap", [2, 4, 6, 5], out=5, kernel=1, convs=FULL, between="relu6"),
    same("many_channels", [1, 70, 3, 4], 5, convs=FULL, between="relu6"),
    same("many_outputs", [1, 6, 4, 5], 37, convs=FULL, between="relu6"),
    same("nan", [1, 3, 5, 6], 4, convs=FULL, between="relu6", data=[some_nan(90, 40)]),
]
REFUSALS = [
    refusal("no_window", "window", [1, 2, 2, 2], out=2, kernel=3, convs=PLAIN),
    refusal("one_conv", "convs", [1, 2, 3, 3], out=2, kernel=3, convs=["dw", "bias"]),
    refusal("three_convs", "convs", [1, 2, 3, 3], out=2, kernel=3, convs=["a", "b", "c"]),
    refusal("no_eps", "convs", [1, 2, 3, 3], out=2, kernel=3, convs=["dw", "pw", "norm", "n"]),
    refusal("too_many_channels", "4096", [1, 4097, 1, 1], out=1, kernel=1, convs=PLAIN),
    refusal("rank_3", "rank", [2, 3, 3], out=2, kernel=3, convs=PLAIN),
    refusal("two_inputs", "inputs", [1, 2, 3, 3], [1, 2, 3, 3], out=2, kernel=3, convs=PLAIN),
]


def run_layer(x, words, shape, **window):
    """One convolution taken off the front of the words."""
    path, bias = words.pop(0), None
    weight = param(f"{path}.weight", shape, "weight")
    if words[:1] == ["bias"]:
        words.pop(0)
        bias = param(f"{path}.bias", shape[:1], "bias")
    y = F.conv2d(x, weight, bias, **window)
    if words[:1] == ["norm"]:
        y = F.batch_norm(y, *norm_params(words[1], shape[0]), eps=float(words[2].strip('"')))
        del words[:3]
    return y


def reference(x, a):
    channels, kernel, words = x[0].shape[1], a["kernel"], list(a["convs"])
    window = {"stride": a.get("stride", 1), "padding": a.get("pad", 0), "dilation": a.get("dilation", 1)}
    y = run_layer(x[0], words, [channels, 1, *(kernel if isinstance(kernel, list) else [kernel] * 2)], groups=channels,
                  **window)
    return run_layer(ACTIVATIONS.get(a.get("between"), lambda v: v)(y), words, [a["out"], channels, 1, 1])
