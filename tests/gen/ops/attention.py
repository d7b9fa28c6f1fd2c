import torch

from gen_ops_cases import case, refusal, some_nan

CASES = [
    case("packed_one_head", [2, 7, 9], cost=(588, 294, 196)),
    case("packed_heads", [2, 11, 36], heads=3, scale=0.5, cost=(5808, 2178, 2178)),
    case("packed_map", [2, 18, 3, 5], heads=2, layout="channels", scale=0.57735027),
    case("packed_pixels", [1, 3, 5, 24], heads=4),
    case("packed_matrices", [2, 3, 9, 12], layout="rows"),
    case("matrices", [2, 2, 13, 8], [2, 2, 13, 8], [2, 2, 13, 8], layout="rows", scale=0.35355339),
    case("matrix", [6, 5], [6, 5], [6, 5], layout="rows"),
    case("more_keys_than_queries", [2, 5, 12], [2, 19, 12], [2, 19, 12], heads=2, cost=(4560, 1140, 760)),
    case("fewer_keys", [1, 19, 8], [1, 3, 8], [1, 3, 8], scale=-0.25),
    case("maps", [2, 12, 5, 7], [2, 12, 5, 7], [2, 12, 5, 7], heads=3, layout="channels"),
    case("map_to_map", [1, 6, 5, 7], [1, 6, 2, 3], [1, 6, 2, 3], layout="channels", scale=2.0),
    case("heads_of_32", [1, 49, 192], heads=2, scale=0.1767767),
    case("long", [1, 1, 4], [1, 1031, 4], [1, 1031, 4]),
    case("widest_head", [1, 9, 768]),
    case("one_token", [3, 1, 6], heads=2),
    case("single", [1, 1, 3]),
    case("large_scores", [1, 5, 6], scale=2000.0),
    case("rising_scores", [1, 1, 1], [1, 6, 1], [1, 6, 1],
         data=[[8.0], [-100.0, -3.0, 5.0, 5.5, 20.0, 21.0], [1.0, 2.0, 3.0, 4.0, 5.0, -6.0]]),
    case("nan_in_a_query", [1, 4, 3], [1, 5, 3], [1, 5, 3], data=[some_nan(12, 4), some_nan(15), some_nan(15)]),
    case("nan_in_a_key", [2, 9, 2], [2, 5, 2], [2, 5, 2], data=[some_nan(36), some_nan(20, 17), some_nan(20)]),
    case("nan_in_a_value", [1, 9, 2], [1, 5, 2], [1, 5, 2], data=[some_nan(18), some_nan(10), some_nan(10, 9)]),
]
REFUSALS = [
    refusal("two_inputs", "inputs", [1, 4, 6], [1, 4, 6]),
    refusal("rank_2", "rank", [4, 6]),
    refusal("not_three_parts", "heads", [1, 4, 8]),
    refusal("odd_heads", "heads", [1, 4, 12], heads=3),
    refusal("heads_of_rows", "heads", [2, 4, 12], heads=2, layout="rows"),
    refusal("no_heads", "heads", [1, 4, 6], heads=0),
    refusal("other_batch", "fit", [2, 4, 6], [1, 4, 6], [1, 4, 6]),
    refusal("other_channels", "fit", [1, 4, 6], [1, 4, 8], [1, 4, 8]),
    refusal("fewer_values_than_keys", "fit", [1, 4, 6], [1, 5, 6], [1, 4, 6]),
    refusal("wide_head", "256", [1, 4, 771]),
]


def split(x, layout, heads):
    """[B, heads, tokens, channels of a head]"""
    if layout == "rows":
        return x.reshape(-1, 1, *x.shape[-2:])
    rows = x.reshape(x.shape[0], -1, x.shape[-1]) if layout == "tokens" else x.flatten(2).transpose(1, 2)
    return rows.reshape(*rows.shape[:2], heads, -1).transpose(1, 2)


def join(y, layout, shape):
    if layout == "channels":
        return y.transpose(2, 3).reshape(shape)
    return y.transpose(1, 2).reshape(shape)


def parts(x, layout):
    return x if len(x) >= 3 else x[0].chunk(3, 1 if layout == "channels" else -1)


def reference(x, a):
    layout, whole = a.get("layout", "tokens"), parts(x, a.get("layout", "tokens"))
    q, k, v = (split(part, layout, a.get("heads", 1)) for part in whole)
    y = torch.softmax(a.get("scale", 1.0) * (q @ k.transpose(2, 3)), -1) @ v
    return join(y, layout, whole[0].shape)
