from gen_ops_cases import BROADCAST, BROADCAST_REFUSALS, with_costs

CASES = with_costs(BROADCAST, {"per_channel": (0, 210, 0)})
REFUSALS = BROADCAST_REFUSALS


def reference(x, a):
    del a
    return x[0] - x[1]
