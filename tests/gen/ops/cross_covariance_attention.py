import torch
import torch.nn.functional as F

from gen_ops_cases import case, refusal, some_nan

CASES = [
    case("packed_one_head", [2, 7, 9], [1], cost=(252, 138, 222)),
    case("packed_heads", [2, 11, 36], [3, 1, 1], heads=3, cost=(2112, 816, 1344)),
    case("packed_pixels", [1, 3, 5, 24], [4], heads=4),
    case("three_tensors", [2, 13, 20], [2, 13, 20], [2, 13, 20], [1, 2, 1, 1], heads=2),
    case("three_maps", [1, 3, 4, 7], [1, 3, 4, 7], [1, 3, 4, 7], [1]),
    case("heads_of_12", [1, 784, 72], [2, 1, 1], heads=2, ranges=[[], [2, 3]]),
    case("heads_of_38", [1, 49, 228], [2, 1, 1], heads=2, ranges=[[], [4, 6]]),
    case("long", [1, 4999, 6], [1]),
    case("widest_head", [1, 5, 768], [1]),
    case("head_of_130", [1, 3, 390], [1]),
    case("head_of_1", [2, 5, 6], [2], heads=2),
    case("one_token", [3, 1, 12], [2], heads=2),
    case("zeros", [1, 2, 6], [1], data=[[0.0] * 4 + [1.0, 2.0] + [0.0] * 4 + [3.0, -4.0], [2.0]]),
    case("below_eps", [1, 3, 12], [2], heads=2, eps=2.5),
    case("negative_temperature", [1, 9, 15], [1], data=[[i * 5 % 13 - 6 for i in range(135)], [-3.0]]),
    case("nan_in_a_query", [1, 4, 12], [2], heads=2, data=[some_nan(48, 14), [1.0, 0.5]]),
    case("nan_in_a_key", [1, 5, 30], [2], heads=2, data=[some_nan(150, 43), [1.0, 0.5]]),
    case("nan_in_a_value", [1, 5, 30], [2], heads=2, data=[some_nan(150, 149), [1.0, 0.5]]),
]
REFUSALS = [
    refusal("three_inputs", "inputs", [1, 4, 6], [1, 4, 6], [1]),
    refusal("one_input", "inputs", [1, 4, 6]),
    refusal("rank_2", "rank", [4, 6], [1]),
    refusal("odd_heads", "heads", [1, 4, 12], [3], heads=3),
    refusal("other_tokens", "tokens", [1, 4, 6], [1, 5, 6], [1, 5, 6], [1]),
    refusal("other_batch", "fit", [2, 4, 6], [1, 4, 6], [1, 4, 6], [1]),
    refusal("too_many_temperatures", "temperature", [1, 4, 12], [4], heads=2),
    refusal("wide_head", "256", [1, 4, 771], [1]),
    refusal("no_eps", "eps", [1, 4, 6], [1], eps=0.0),
]


def rows(x, heads):
    """[B, heads, channels of a head, tokens]"""
    return x.reshape(x.shape[0], -1, heads, x.shape[-1] // heads).permute(0, 2, 3, 1)


def reference(x, a):
    heads, eps = a.get("heads", 1), a.get("eps", 1e-12)
    whole = x[:3] if len(x) == 4 else x[0].chunk(3, -1)
    q, k, v = (rows(part, heads) for part in whole)
    scores = F.normalize(q, dim=-1, eps=eps) @ F.normalize(k, dim=-1, eps=eps).transpose(2, 3)
    y = torch.softmax(scores * x[-1].reshape(heads, 1, 1), -1) @ v
    return y.permute(0, 3, 1, 2).reshape(whole[0].shape)
