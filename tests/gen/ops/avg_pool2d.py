import torch

from gen_ops_cases import case, refusal
from gen_ops import pair

CASES = [
    case("stem", [2, 3, 13, 11], kernel=3, stride=2, pad=1, cost=(0, 2016, 252)),
    case("stem_true_count", [2, 3, 13, 11], kernel=3, stride=2, pad=1, count_include_pad=False),
    case("default_stride", [2, 3, 7, 9], kernel=2),
    case("same_size", [1, 2, 5, 7], kernel=3, stride=1, pad=1),
    case("same_size_true_count", [2, 2, 5, 7], kernel=3, stride=1, pad=1, count_include_pad=False),
    case("same_size_wide", [2, 3, 17, 35], kernel=3, stride=1, pad=1, count_include_pad=False),
    case("no_pad", [1, 2, 9, 8], kernel=3, stride=2),
    case("asymmetric", [1, 2, 9, 8], kernel=[3, 2], stride=[1, 2], pad=[1, 0]),
    case("asymmetric_true_count", [1, 2, 9, 40], kernel=[2, 5], stride=[2, 3], pad=[1, 2], count_include_pad=False),
    case("floor", [1, 1, 6, 6], kernel=3, stride=2),
    case("ceil", [2, 3, 6, 8], kernel=3, stride=2, ceil_mode=True, cost=(0, 576, 72)),
    case("ceil_pad", [1, 2, 6, 8], kernel=3, stride=2, pad=1, ceil_mode=True),
    case("ceil_pad_true_count", [1, 2, 6, 8], kernel=3, stride=2, pad=1, ceil_mode=True, count_include_pad=False),
    case("ceil_last_left_off", [1, 2, 7, 5], kernel=2, stride=3, pad=1, ceil_mode=True),
    case("ceil_wide", [2, 2, 10, 76], kernel=[3, 4], stride=[2, 3], pad=[0, 1], ceil_mode=True),
    case("ceil_larger_than_input", [1, 2, 4, 3], kernel=5, stride=3, ceil_mode=True),
    case("larger_than_input", [1, 2, 3, 2], kernel=5, stride=1, pad=2),
    case("whole", [2, 3, 4, 5], kernel=[4, 5], cost=(0, 114, 6)),
    case("whole_padded", [2, 3, 5, 5], kernel=5, stride=2, pad=2),
    case("shuffle_tail", [2, 37, 7, 7], kernel=7),
    case("large_window", [1, 2, 33, 37], kernel=[31, 29], stride=1),
    case("single", [1, 1, 1, 1], kernel=1),
    case("functional", [1, 2, 4, 6], kernel=2, module=False),
]
REFUSALS = [
    refusal("rank_3", "rank", [3, 4, 4], kernel=2),
    refusal("pad_too_large", "pad", [1, 1, 4, 4], kernel=3, pad=2),
    refusal("does_not_fit", "window", [1, 1, 4, 4], kernel=5),
    refusal("does_not_fit_rounded_up", "window", [1, 1, 4, 4], kernel=8, stride=4, ceil_mode=True),
    refusal("no_kernel", "kernel", [1, 1, 4, 4], kernel=0),
    refusal("two_inputs", "inputs", [1, 1, 4, 4], [1, 1, 4, 4], kernel=2),
]


def reference(x, a):
    stride = [s or k for s, k in zip(pair(a.get("stride", 0)), pair(a["kernel"]))]
    return torch.nn.functional.avg_pool2d(x[0], pair(a["kernel"]), stride, pair(a.get("pad", 0)),
                                          a.get("ceil_mode", False), a.get("count_include_pad", True))
