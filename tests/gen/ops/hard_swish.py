import torch

from gen_ops_cases import UNARY, case, with_costs

CASES = with_costs(UNARY, {"odd_image": (0, 630, 420)})
CASES += [case("far_out", [7], data=[[-100.0, -3.0, -1.5, 0.0, 2.75, 3.0, 50.0]])]


def reference(x, a):
    del a
    return torch.nn.functional.hardswish(x[0])
