import torch

from gen_ops_cases import UNARY, case, refusal, with_costs

CASES = with_costs([dict(c, attrs={"slope": 0.1}) for c in UNARY], {"odd_image": (0, 210, 210)})
CASES += [
    case("far_out", [7], data=[[-2000.0, -9.0, -0.001, 0.0, 0.5, 20.0, 3000.0]], slope=0.01),
    case("no_slope", [2, 3, 5], slope=0.0),
    case("identity", [2, 3, 5], slope=1.0),
    case("several_groups", [1, 5, 61, 59], slope=0.2),
]
REFUSALS = [
    refusal("two_inputs", "inputs", [2, 3], [2, 3], slope=0.1),
    refusal("negative_slope", "slope", [2, 3], slope=-0.1),
    refusal("slope_above_one", "slope", [2, 3], slope=1.5),
]


def reference(x, a):
    return torch.nn.functional.leaky_relu(x[0], a["slope"])
