#include "cl/kernels/kernel.h"

const ig_routine_spec ig_routine_specs[IG_ROUTINE_COUNT] = {
    [IG_ROUTINE_NONE] = {"", 0, 0, false},
    [IG_ROUTINE_CLBLAST_GEMM] = {"clblast_gemm", 3, 5, false},
    [IG_ROUTINE_CLFFT_FORWARD] = {"clfft_forward", 2, 3, true},
    [IG_ROUTINE_CLFFT_BACKWARD] = {"clfft_backward", 2, 3, true},
};
