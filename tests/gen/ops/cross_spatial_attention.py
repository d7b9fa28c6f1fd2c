import torch

from gen_ops_cases import case, refusal, some_nan

CASES = [
    case("maps", [2, 4, 5, 7], [2, 4, 5, 7], [2, 4, 5, 7], cost=(560, 732, 538)),
    case("sequences", [3, 5, 11], [3, 5, 11], [3, 5, 11]),
    case("volumes", [1, 3, 2, 3, 4], [1, 3, 2, 3, 4], [1, 3, 2, 3, 4]),
    case("groups_of_32", [4, 32, 14, 14], [4, 32, 14, 14], [4, 32, 14, 14]),
    case("one_pixel", [2, 6, 1, 1], [2, 6, 1, 1], [2, 6, 1, 1]),
    case("one_channel", [2, 1, 3, 3], [2, 1, 3, 3], [2, 1, 3, 3]),
    case("many_channels", [1, 512, 2, 3], [1, 512, 2, 3], [1, 512, 2, 3]),
    case("long_planes", [1, 3, 47, 101], [1, 3, 47, 101], [1, 3, 47, 101]),
    case("far_apart", [1, 2, 1, 2], [1, 2, 1, 2], [1, 2, 1, 2],
         data=[[1.0, 2.0, 3.0, 4.0], [200.0, 200.0, -200.0, -200.0], [0.5, -0.5, 90.0, -90.0]]),
    case("nan_in_x", [1, 3, 2, 5], [1, 3, 2, 5], [1, 3, 2, 5],
         data=[some_nan(30, 14), [i % 7 / 7 for i in range(30)], [i % 5 / 5 for i in range(30)]]),
    case("nan_in_a_branch", [2, 3, 2, 2], [2, 3, 2, 2], [2, 3, 2, 2],
         data=[[i % 7 / 7 for i in range(24)], some_nan(24, 5), [i % 5 / 5 for i in range(24)]]),
]
REFUSALS = [
    refusal("two_inputs", "inputs", [1, 4, 6], [1, 4, 6]),
    refusal("rank_2", "rank", [4, 6], [4, 6], [4, 6]),
    refusal("other_shape", "equal", [1, 4, 6], [1, 4, 6], [1, 4, 5]),
    refusal("wide", "512", [1, 513, 2], [1, 513, 2], [1, 513, 2]),
]


def reference(x, a):
    del a
    own, one, other = (m.flatten(2) for m in x)
    gate = sum(torch.softmax(p.mean(2), 1).unsqueeze(1) @ q for p, q in ((one, other), (other, one)))
    return (own * torch.sigmoid(gate)).reshape(x[0].shape)
