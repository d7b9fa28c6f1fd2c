import numpy as np
import torch

from gen_ops_cases import case, refusal
from gen_ops import pair, tensor

CASES = [
    case("dog_5x5", [2, 3, 7, 9], sigma=0.613136749, radius=2, cost=(9450, 0, 0)),
    case("dog_5x5_wide", [1, 4, 16, 33], sigma=0.973293921, radius=2),
    case("pyramid_rows", [1, 3, 17, 21], sigma=1.226273498, radius=[4, 0], border="replicate", cost=(9639, 0, 0)),
    case("pyramid_columns", [1, 3, 17, 21], sigma=1.226273498, radius=[0, 4], border="replicate"),
    case("largest_of_pyramid", [2, 2, 16, 40], sigma=1.946587841, radius=6, border="replicate"),
    case("radii_differ", [1, 2, 9, 10], sigma=1.5, radius=[1, 3]),
    case("radii_differ_replicate", [1, 2, 9, 10], sigma=1.5, radius=[3, 1], border="replicate"),
    case("map_smaller_than_filter", [2, 3, 2, 3], sigma=2.0, radius=5),
    case("map_smaller_than_filter_replicate", [2, 3, 2, 3], sigma=2.0, radius=5, border="replicate"),
    case("narrow", [3, 5, 19, 3], sigma=0.8, radius=2, border="replicate"),
    case("flat_bell", [1, 1, 8, 8], sigma=1000.0, radius=3),
    case("sharp_bell", [1, 2, 5, 5], sigma=0.001, radius=2),
    case("not_blurred", [1, 2, 3, 20], sigma=1.0, radius=0),
    case("single", [1, 1, 1, 1], sigma=1.0, radius=1),
    case("many_maps", [3, 37, 6, 11], sigma=0.772503897, radius=2),
]
REFUSALS = [
    refusal("rank_3", "rank", [3, 4, 4], sigma=1.0, radius=1),
    refusal("no_sigma", "sigma", [1, 1, 4, 4], sigma=0.0, radius=1),
    refusal("negative_sigma", "sigma", [1, 1, 4, 4], sigma=-1.0, radius=1),
    refusal("negative_radius", "radius", [1, 1, 4, 4], sigma=1.0, radius=-1),
    refusal("huge_radius", "radius", [1, 1, 4, 4], sigma=1.0, radius=65),
    refusal("two_inputs", "inputs", [1, 1, 4, 4], [1, 1, 4, 4], sigma=1.0, radius=1),
]


def bell(sigma, radius):
    g = np.exp(-np.arange(-radius, radius + 1.0) ** 2 / (2 * sigma**2))
    return g / g.sum()


def reference(x, a):
    ry, rx = pair(a["radius"])
    channels = x[0].shape[1]
    taps = tensor(np.outer(bell(a["sigma"], ry), bell(a["sigma"], rx)), [1, 1, 2 * ry + 1, 2 * rx + 1])
    mode = "replicate" if a.get("border") == "replicate" else "constant"
    padded = torch.nn.functional.pad(x[0], [rx, rx, ry, ry], mode)
    return torch.nn.functional.conv2d(padded, taps.repeat(channels, 1, 1, 1), groups=channels)
