import torch

from gen_ops_cases import case, refusal

CASES = [
    case("one_all_round", [2, 3, 4, 5], pad=[1, 1, 1, 1], cost=(0, 0, 0)),
    case("four_sides", [1, 2, 3, 4], pad=[1, 2, 3, 0]),
    case("right_and_bottom", [1, 2, 7, 6], pad=[0, 1, 0, 1]),
    case("none", [1, 2, 3, 5], pad=[0, 0, 0, 0]),
    case("zero_wide", [2, 3, 5, 67], pad=[2, 1, 9, 20]),
    case("reflect", [2, 3, 4, 5], pad=[1, 2, 3, 4], mode="reflect"),
    case("reflect_3", [1, 2, 16, 33], pad=[3, 3, 3, 3], mode="reflect"),
    case("reflect_most", [1, 1, 3, 4], pad=[2, 2, 3, 3], mode="reflect"),
    case("reflect_columns", [1, 2, 1, 40], pad=[0, 0, 17, 5], mode="reflect"),
    case("replicate", [2, 3, 4, 5], pad=[1, 2, 3, 4], mode="replicate"),
    case("replicate_far", [1, 2, 2, 3], pad=[5, 1, 21, 18], mode="replicate"),
    case("from_pixel", [2, 2, 1, 1], pad=[1, 0, 0, 2], mode="replicate"),
    case("zero_around_pixel", [1, 1, 1, 1], pad=[1, 1, 1, 1], mode="zero"),
    case("many_rows", [3, 5, 19, 9], pad=[1, 0, 0, 1]),
]
REFUSALS = [
    refusal("rank_3", "rank", [3, 4, 4], pad=[1, 1, 1, 1]),
    refusal("two_sides", "sides", [1, 1, 4, 4], pad=[1, 1]),
    refusal("six_sides", "sides", [1, 1, 4, 4], pad=[1, 1, 1, 1, 1, 1]),
    refusal("negative", "pad", [1, 1, 4, 4], pad=[1, -1, 0, 0]),
    refusal("reflect_too_far_down", "reflection", [1, 1, 3, 9], pad=[0, 3, 0, 0], mode="reflect"),
    refusal("reflect_too_far_left", "reflection", [1, 1, 9, 3], pad=[0, 0, 3, 0], mode="reflect"),
    refusal("too_large", "too large", [1, 1, 4, 4], pad=[65536, 0, 65536, 0]),
    refusal("two_inputs", "inputs", [1, 1, 4, 4], [1, 1, 4, 4], pad=[1, 1, 1, 1]),
]


def reference(x, a):
    top, bottom, left, right = a["pad"]
    mode = {"zero": "constant"}.get(a.get("mode", "zero"), a.get("mode"))
    return torch.nn.functional.pad(x[0], [left, right, top, bottom], mode)
