import math

import torch

from gen_ops_cases import case, refusal

CASES = [
    case("edgenext", [1, 3, 28, 28], cost=(0, 0, 0)),
    case("batch", [3, 2, 5, 7]),
    case("tall", [1, 1, 67, 3], hidden=4),
    case("wide", [1, 1, 3, 301], hidden=4),
    case("other_temperature", [1, 1, 9, 11], hidden=6, temperature=20.0),
    case("one_wave_length", [1, 1, 8, 4], hidden=8, temperature=1.0),
    case("least_hidden", [1, 4, 4, 4], hidden=2),
    case("one_pixel", [1, 1, 1, 1]),
    case("one_row", [1, 1, 1, 17], hidden=10),
]
REFUSALS = [
    refusal("odd_hidden", "even", [1, 3, 4, 4], hidden=3),
    refusal("no_hidden", "hidden", [1, 3, 4, 4], hidden=0),
    refusal("temperature_below_one", "temperature", [1, 3, 4, 4], temperature=0.5),
    refusal("rank_3", "rank", [3, 4, 4]),
    refusal("two_inputs", "inputs", [1, 3, 4, 4], [1, 3, 4, 4]),
    refusal("too_large", "too large", [1, 1, 4096, 4096], hidden=128),
]


def reference(x, a):
    """PositionalEncodingFourier of timm's EdgeNeXt up to its projection, in double precision."""
    hidden, temperature = a.get("hidden", 32), a.get("temperature", 10000.0)
    height, width = x[0].shape[2:]
    ye = torch.arange(1, height + 1, dtype=torch.float64).reshape(height, 1, 1) / (height + 1e-6) * 2 * math.pi
    xe = torch.arange(1, width + 1, dtype=torch.float64).reshape(1, width, 1) / (width + 1e-6) * 2 * math.pi
    lengths = temperature ** (2 * torch.div(torch.arange(hidden), 2, rounding_mode="floor").double() / hidden)
    parts = []
    for places in (ye, xe):
        angles = places.expand(height, width, 1) / lengths
        parts.append(torch.stack((angles[..., 0::2].sin(), angles[..., 1::2].cos()), dim=-1).flatten(2))
    return torch.cat(parts, dim=2).permute(2, 0, 1).unsqueeze(0)
