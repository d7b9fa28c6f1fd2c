#include "graph/ops/common.h"

IG_BINARY_OP(add, "y = a + b, with NumPy broadcasting", "torch.add", "1 add per output element");
