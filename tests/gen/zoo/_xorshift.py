"""The fill rule of the MM and ILCS specification (section 6.2). Importing this adds it to gen_models as `mm_ilcs`."""
import math

import numpy as np
from gen_models import LAYERS, RULES


def xorshift_stream(name, count):
    """Numbers in [0,1) of xorshift32, seeded with FNV-1a of the name."""
    s = 2166136261
    for byte in name.encode():
        s = (s ^ byte) * 16777619 & 0xFFFFFFFF
    values = np.empty(count, np.uint32)
    for i in range(count):
        s = (s ^ s << 13) & 0xFFFFFFFF
        s ^= s >> 17
        s = (s ^ s << 5) & 0xFFFFFFFF
        values[i] = s
    return (values >> 8) / 2.0**24


def rule(name, shape, module, norms, ranges):
    del ranges
    u = xorshift_stream(name, math.prod(shape)) - 0.5
    leaf = name.rpartition(".")[2]
    if leaf in ("running_mean", "running_var"):
        return 0.2 * u if leaf == "running_mean" else 1 + 0.4 * u
    if isinstance(module, norms):
        return 1 + 0.2 * u if leaf == "weight" else 0.2 * u
    assert isinstance(module, LAYERS), name
    return 0.1 * u if leaf == "bias" else u * math.sqrt(24 / math.prod(shape[1:]))


RULES["mm_ilcs"] = (rule, xorshift_stream)
