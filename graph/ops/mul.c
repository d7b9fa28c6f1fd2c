#include "graph/ops/common.h"

IG_BINARY_OP(mul, "y = a * b, with NumPy broadcasting", "torch.mul", "1 other per output element");
