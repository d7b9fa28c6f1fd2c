#include "graph/ops/common.h"

IG_UNARY_OP(sigmoid, "y = 1 / (1 + exp(-x))", "torch.nn.Sigmoid",
            "1 add and 3 other (negation, exponential, division) per element");
