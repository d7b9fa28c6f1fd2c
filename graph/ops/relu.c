#include "graph/ops/common.h"

IG_UNARY_OP(relu, "y = max(x, 0)", "torch.nn.ReLU", "1 add per element");
