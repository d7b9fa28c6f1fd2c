from gen_ops_cases import UNARY, case, refusal, with_costs

CASES = with_costs([dict(c, attrs={"factor": 0.75, "offset": -2.5}) for c in UNARY], {"odd_image": (0, 210, 210)})
CASES += [
    case("factor_only", [2, 3, 7], factor=255.0, cost=(0, 0, 42)),
    case("offset_only", [2, 3, 7], offset=1.0, cost=(0, 42, 0)),
    case("one_minus", [2, 3, 7], factor=-1.0, offset=1.0, cost=(0, 42, 42)),
    case("neither", [2, 3, 7], cost=(0, 0, 0)),
    case("constant", [3, 5], factor=0.0, offset=0.125),
    case("several_groups", [1, 5, 61, 59], factor=0.0625),
]
REFUSALS = [
    refusal("two_inputs", "inputs", [2, 3], [2, 3], factor=2.0),
    refusal("factor_too_large", "factor", [2, 3], factor=1e31),
    refusal("offset_too_large", "offset", [2, 3], offset=-1e31),
]


def reference(x, a):
    return a.get("factor", 1.0) * x[0] + a.get("offset", 0.0)
