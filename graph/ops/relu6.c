#include "graph/ops/common.h"

IG_UNARY_OP(relu6, "y = min(max(x, 0), 6)", "torch.nn.ReLU6", "2 adds per element");
