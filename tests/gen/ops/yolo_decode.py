import torch

from gen_ops_cases import case, refusal

CASES = [
    case("three_anchors", [2, 33, 3, 5], anchors=[10, 13, 16, 30, 33, 23], stride=8, cost=(0, 1350, 3870)),
    case("unit_scale", [2, 21, 4, 3], anchors=[1, 2, 3, 1, 2, 2], stride=1),
    case("one_anchor", [1, 85, 2, 3], anchors=[62, 45], stride=16),
    case("two_anchors", [3, 12, 1, 7], anchors=[2, 1, 1, 3], stride=2),
    case("no_class", [1, 15, 3, 3], anchors=[1, 1, 2, 2, 3, 3], stride=1),
    case("single_cell", [1, 6, 1, 1], anchors=[3, 4], stride=1, cost=(0, 10, 28)),
    case("several_groups", [2, 33, 19, 23], anchors=[1, 2, 2, 1, 3, 3], stride=1),
    case("saturated", [1, 6, 1, 2], anchors=[116, 90], stride=32,
         data=[[-200.0, 200.0, 90.0, -90.0, 20.0, -20.0, 200.0, -200.0, 0.0, 17.0, -5.0, 5.0]]),
]

REFUSALS = [
    refusal("rank_3", "rank", [33, 4, 4], anchors=[1, 1], stride=8),
    refusal("odd_anchors", "pairs", [1, 33, 4, 4], anchors=[1, 1, 2], stride=8),
    refusal("no_anchors", "pairs", [1, 33, 4, 4], anchors=[], stride=8),
    refusal("zero_anchor", "anchors", [1, 33, 4, 4], anchors=[1, 0], stride=8),
    refusal("channels_do_not_divide", "channels", [1, 33, 4, 4], anchors=[1, 1, 2, 2], stride=8),
    refusal("too_few_channels", "channels", [1, 12, 4, 4], anchors=[1, 1, 2, 2, 3, 3], stride=8),
    refusal("no_stride", "stride", [1, 33, 4, 4], anchors=[1, 1, 2, 2, 3, 3], stride=0),
    refusal("two_inputs", "inputs", [1, 6, 4, 4], [1, 6, 4, 4], anchors=[1, 1], stride=8),
]


def reference(x, a):
    n, channels, h, w = x[0].shape
    anchors = torch.tensor(a["anchors"], dtype=torch.float64).reshape(-1, 2)
    s = torch.sigmoid(x[0]).reshape(n, len(anchors), channels // len(anchors), h, w).permute(0, 1, 3, 4, 2)
    row, column = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
    grid = torch.stack((column, row), -1)
    centre = (s[..., :2] * 2 - 0.5 + grid) * a["stride"]
    size = (s[..., 2:4] * 2) ** 2 * anchors.reshape(1, -1, 1, 1, 2)
    return torch.cat((centre, size, s[..., 4:]), -1).reshape(n, -1, channels // len(anchors))
