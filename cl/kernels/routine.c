#include "cl/kernels/kernel.h"

const ig_routine_spec ig_routine_specs[IG_ROUTINE_COUNT] = {
    [IG_ROUTINE_NONE] = {"", 0, 0},
    [IG_ROUTINE_CLBLAST_GEMM] = {"clblast_gemm", 3, 5},
};
