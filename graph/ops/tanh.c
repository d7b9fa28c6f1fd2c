#include "graph/ops/common.h"

IG_UNARY_OP(tanh, "y = tanh(x)", "torch.nn.Tanh", "1 other per element");
