#include "graph/ops/common.h"

IG_BINARY_OP(sub, "y = a - b, with NumPy broadcasting", "torch.sub", "1 add per output element");
