#include "graph/ops/common.h"

IG_UNARY_OP(hard_sigmoid, "y = min(max(x + 3, 0), 6) / 6", "torch.nn.Hardsigmoid", "3 adds and 1 other per element");
