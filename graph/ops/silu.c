#include "graph/ops/common.h"

IG_UNARY_OP(silu, "y = x / (1 + exp(-x))", "torch.nn.SiLU", "1 add and 4 others per element");
