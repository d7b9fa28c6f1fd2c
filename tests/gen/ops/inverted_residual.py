from gen_ops import ACTIVATIONS
from gen_ops_cases import case, refusal, some_nan
from ops.separable_conv2d import run_layer

PLAIN = ["ew", "dw", "pw"]
FULL = ["ew", "bias", "norm", "en", '"0.5"', "dw", "bias", "norm", "dn", '"0.25"', "pw", "bias", "norm", "pn",
        '"1e-05"']
SOME = ["ew", "bias", "dw", "norm", "dn", '"0.5"', "pw"]


def same(name, shape, hidden, out, kernel=3, convs=PLAIN, **more):
    """A map that keeps its extents."""
    return case(name, shape, hidden=hidden, out=out, kernel=kernel, pad=kernel // 2, convs=convs, **more)


BOTH = {"convs": FULL, "ahead": "relu6", "between": "relu6"}
CASES = [
    same("plain", [2, 3, 5, 6], 7, 4, cost=(6720, 0, 0)),
    same("full", [2, 3, 5, 6], 7, 4, convs=FULL, ahead="relu6", between="hard_swish", cost=(6720, 4260, 1920)),
    same("some_biases_and_norms", [1, 3, 4, 4], 5, 2, convs=SOME, ahead="relu"),
    same("padding_behind_the_activation", [1, 3, 4, 5], 6, 3, convs=FULL, ahead="sigmoid", between="silu"),
    same("many_hidden", [1, 5, 7, 5], 37, 6, **BOTH),
    same("many_outputs", [1, 5, 5, 6], 9, 37, **BOTH),
    same("many_channels", [1, 40, 4, 4], 11, 5, **BOTH),
    same("regions", [1, 3, 11, 13], 9, 5, **BOTH),
    same("one_column", [1, 3, 9, 1], 6, 4, **BOTH),
    same("one_pixel", [3, 4, 1, 1], 6, 4, **BOTH),
    same("seven_by_seven", [1, 3, 6, 9], 5, 4, kernel=7, convs=FULL, ahead="relu"),
    case("strided", [2, 4, 9, 10], hidden=10, out=9, kernel=3, stride=2, pad=1, **BOTH),
    case("strided_columns", [1, 4, 6, 11], hidden=10, out=5, kernel=[3, 5], stride=[1, 2], pad=[0, 2], convs=FULL),
    case("dilated", [1, 4, 9, 8], hidden=6, out=5, kernel=3, pad=2, dilation=2, convs=FULL, ahead="relu"),
    case("wide_padding", [1, 2, 3, 3], hidden=4, out=3, kernel=3, pad=4, convs=FULL, ahead="sigmoid"),
    case("one_tap", [2, 4, 5, 4], hidden=6, out=5, kernel=1, convs=FULL, ahead="relu6"),
    same("nan", [1, 3, 5, 6], 7, 4, data=[some_nan(90, 40)], **BOTH),
]
REFUSALS = [
    refusal("no_window", "window", [1, 2, 2, 2], hidden=2, out=2, kernel=3, convs=PLAIN),
    refusal("two_convs", "convs", [1, 2, 3, 3], hidden=2, out=2, kernel=3, convs=["ew", "dw", "bias"]),
    refusal("four_convs", "convs", [1, 2, 3, 3], hidden=2, out=2, kernel=3, convs=["a", "b", "c", "d"]),
    refusal("wide_window", "7", [1, 2, 9, 9], hidden=2, out=2, kernel=3, dilation=4, convs=PLAIN),
    refusal("long_stride", "stride", [1, 2, 9, 9], hidden=2, out=2, kernel=3, stride=3, convs=PLAIN),
    refusal("rank_3", "rank", [2, 3, 3], hidden=2, out=2, kernel=3, convs=PLAIN),
    refusal("two_inputs", "inputs", [1, 2, 3, 3], [1, 2, 3, 3], hidden=2, out=2, kernel=3, convs=PLAIN),
]


def reference(x, a):
    kernel, hidden, words = a["kernel"], a["hidden"], list(a["convs"])
    window = {"stride": a.get("stride", 1), "padding": a.get("pad", 0), "dilation": a.get("dilation", 1)}
    act = {name: ACTIVATIONS.get(a.get(name), lambda v: v) for name in ("ahead", "between")}
    y = act["ahead"](run_layer(x[0], words, [hidden, x[0].shape[1], 1, 1]))
    y = run_layer(y, words, [hidden, 1, *(kernel if isinstance(kernel, list) else [kernel] * 2)], groups=hidden,
                  **window)
    return run_layer(act["between"](y), words, [a["out"], hidden, 1, 1])
