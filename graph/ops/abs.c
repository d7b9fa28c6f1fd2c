#include "graph/ops/common.h"

IG_UNARY_OP(abs, "y = |x|", "torch.abs", "1 add per element");
