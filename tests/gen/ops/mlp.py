import torch
import torch.nn.functional as F

from gen_ops import norm_along, param
from gen_ops_cases import case, refusal, some_nan


def layer(kind, out, path, *more):
    """The words of one layer; numbers are texts there."""
    return [kind, f'"{out}"', path, *more]


def layers(*parts):
    return [word for part in parts for word in part]


GATE = layers(layer("linear", 3, "fc.0", "bias"), layer("linear", 12, "fc.2", "bias"))
PLAIN = layers(layer("linear", 3, "fc.0"), layer("linear", 12, "fc.2"))
PIXELS = layers(layer("conv", 4, "fc1", "bias"), layer("conv", 10, "fc2", "bias"))

CASES = [
    case("gate", [2, 12], dense=GATE, then=["sigmoid"], cost=(144, 60, 72)),
    case("no_bias_no_activation", [2, 12], dense=PLAIN, cost=(144, 6, 0)),
    case("mean_and_maximum", [2, 12], [2, 12], dense=GATE, then=["sigmoid"], cost=(288, 120, 72)),
    case("pixels", [3, 10, 1, 1], dense=PIXELS, then=["hard_sigmoid"]),
    case("two_pixels", [1, 10, 1, 1], [1, 10, 1, 1], dense=PIXELS),
    case("norm_between", [2, 9], then=["sigmoid"], cost=(324, 90, 72),
         dense=layers(layer("linear", 9, "fc.0", "bias", "norm", "norm", '"0.25"'), layer("linear", 9, "fc.3", "bias"))),
    case("norm_behind", [2, 5], [2, 5],
         dense=layers(layer("linear", 7, "a"), layer("linear", 11, "b", "bias", "norm", "norm", '"1e-05"'))),
    case("three_layers", [2, 33], then=["relu"],
         dense=layers(layer("linear", 21, "a", "bias"), layer("linear", 18, "b"), layer("linear", 5, "c", "bias"))),
    case("three_layers_two_inputs", [3, 6], [3, 6],
         dense=layers(layer("linear", 7, "a", "bias"), layer("linear", 5, "b"), layer("linear", 40, "c", "bias"))),
    case("squeeze_512", [2, 512], dense=layers(layer("linear", 32, "a", "bias"), layer("linear", 512, "b", "bias")),
         then=["sigmoid"]),
    case("wide_middle", [1, 3], dense=layers(layer("linear", 1301, "a", "bias"), layer("linear", 2, "b", "bias"))),
    case("largest", [1, 3000], dense=layers(layer("linear", 72, "a"), layer("linear", 1, "b", "bias"))),
    case("single", [1, 1], dense=layers(layer("linear", 1, "a"), layer("linear", 1, "b", "bias"))),
    case("mean_of_a_map", [2, 10, 5, 7], dense=PIXELS, pool="mean", then=["sigmoid"], cost=(160, 736, 80)),
    case("largest_of_a_map", [1, 12, 3, 3], dense=GATE, pool="max"),
    case("mean_and_largest_of_a_map", [2, 12, 4, 6], dense=GATE, pool="mean_max", then=["sigmoid"],
         cost=(288, 1224, 96)),
    case("pooled_vector", [2, 12, 1, 1], dense=GATE, pool="mean_max"),
    case("many_pixels", [1, 10, 14, 149], dense=PIXELS, pool="mean_max"),
    case("many_planes", [1, 130, 2, 1], pool="mean",
         dense=layers(layer("conv", 7, "a"), layer("conv", 9, "b"), layer("conv", 130, "c", "bias"))),
    case("nan_in_a_map", [2, 12, 3, 7], dense=GATE, pool="max", data=[some_nan(504, 300)]),
    case("nan", [2, 12], dense=GATE, then=["sigmoid"], data=[some_nan(24, 15)]),
]
REFUSALS = [
    refusal("one_layer", "dense", [2, 12], dense=layer("linear", 3, "a")),
    refusal("four_layers", "dense", [2, 12], dense=4 * layer("linear", 3, "a")),
    refusal("no_path", "dense", [2, 12], dense=["linear", '"3"', "a", "linear", '"3"']),
    refusal("no_number", "dense", [2, 12], dense=layers(layer("linear", "x", "a"), layer("linear", 3, "b"))),
    refusal("another_word", "dense", [2, 12], dense=layers(layer("dense", 3, "a"), layer("linear", 3, "b"))),
    refusal("too_long", "dense", [1, 3000], dense=layers(layer("linear", 73, "a"), layer("linear", 1, "b"))),
    refusal("two_maps", "one map", [2, 12, 3, 3], [2, 12, 3, 3], dense=GATE, pool="mean"),
    refusal("pooled_matrix", "rank", [2, 12, 3], dense=GATE, pool="mean"),
    refusal("too_long_with_both_pools", "dense", [1, 1500, 2, 2], pool="mean_max",
            dense=layers(layer("linear", 73, "a"), layer("linear", 1, "b"))),
    refusal("a_map", "pixels", [2, 10, 1, 2], dense=PIXELS),
    refusal("two_widths", "equal", [2, 12], [2, 11], dense=GATE),
    refusal("rank_1", "rank", [12], dense=GATE),
    refusal("three_inputs", "inputs", [2, 12], [2, 12], [2, 12], dense=GATE),
]


def run_layer(x, words):
    """One layer taken off the front of the words."""
    kind, out, path = words.pop(0), int(words.pop(0).strip('"')), words.pop(0)
    shape = [out, x.shape[1]] + ([1, 1] if kind == "conv" else [])
    weight, bias = param(f"{path}.weight", shape, "weight").reshape(shape[:2]), None
    if words[:1] == ["bias"]:
        words.pop(0)
        bias = param(f"{path}.bias", [out], "bias")
    y = F.linear(x, weight, bias)
    if words[:1] == ["norm"]:
        y = norm_along(y, 1, float(words[2].strip('"')))
        del words[:3]
    return y


def forward(y, words):
    words = list(words)
    y = run_layer(y, words)
    while words:
        y = run_layer(F.relu(y), words)
    return y


POOLS = {"mean": [torch.mean], "max": [torch.amax], "mean_max": [torch.mean, torch.amax]}


def reference(x, a):
    pools = POOLS.get(a.get("pool"))
    vectors = [pool(x[0], dim=(2, 3)) for pool in pools] if pools else [one.reshape(one.shape[:2]) for one in x]
    y = sum(forward(one, a["dense"]) for one in vectors)
    pixel = a["dense"][0] == "conv" if pools else x[0].dim() == 4
    return y.reshape(*y.shape, 1, 1) if pixel else y
