#include "graph/ops/common.h"

IG_UNARY_OP(hard_swish, "y = x * min(max(x + 3, 0), 6) / 6", "torch.nn.Hardswish", "3 adds and 2 others per element");
