#include "graph/ops/common.h"

IG_UNARY_OP(gelu, "y = x * (1 + erf(x / sqrt(2))) / 2", "torch.nn.GELU, without approximation",
            "1 add and 4 others per element");
