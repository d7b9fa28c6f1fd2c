/* Matrix products by CLBlast. */
#include "cl/internal.h"

#include <clblast_c.h>

#define CODE(name)                                                                                                     \
    {                                                                                                                  \
        CLBlast##name, "CLBlast" #name                                                                                 \
    }

/* Those that are not OpenCL's. */
static const ig_cl_code CODES[] = {
    CODE(NotImplemented),      CODE(InvalidMatrixA),       CODE(InvalidMatrixB),
    CODE(InvalidMatrixC),      CODE(InvalidDimension),     CODE(InvalidLeadDimA),
    CODE(InvalidLeadDimB),     CODE(InvalidLeadDimC),      CODE(InsufficientMemoryA),
    CODE(InsufficientMemoryB), CODE(InsufficientMemoryC),  CODE(InsufficientMemoryTemp),
    CODE(InvalidBatchCount),   CODE(InvalidLocalMemUsage), CODE(DatabaseError),
    CODE(UnknownError),        CODE(UnexpectedError),      {0, NULL},
};

/* `gemm` with count_a 1 or count. */
static CLBlastStatusCode multiply(cl_command_queue *queue, const ig_gemm *gemm, ig_floats a, ig_floats b, ig_floats c)
{
    const size_t m = (size_t)gemm->rows, n = (size_t)gemm->columns, k = (size_t)gemm->inner;
    const size_t a_step = gemm->count_a == 1 ? 0 : m * k;
    if (gemm->count == 1)
        return CLBlastSgemm(CLBlastLayoutRowMajor, CLBlastTransposeNo, CLBlastTransposeNo, m, n, k, 1.0f, a.buffer->mem,
                            (size_t)a.at, k, b.buffer->mem, (size_t)b.at, n, 0.0f, c.buffer->mem, (size_t)c.at, n,
                            queue, NULL);
    return CLBlastSgemmStridedBatched(CLBlastLayoutRowMajor, CLBlastTransposeNo, CLBlastTransposeNo, m, n, k, 1.0f,
                                      a.buffer->mem, (size_t)a.at, k, a_step, b.buffer->mem, (size_t)b.at, n, k * n,
                                      0.0f, c.buffer->mem, (size_t)c.at, n, m * n, (size_t)gemm->count, queue, NULL);
}

void ig_cl_clear_clblast(void)
{
    CLBlastClearCache();
}

ig_status ig_queue_gemm(ig_device *device, const ig_gemm *gemm, ig_floats a, ig_floats b, ig_floats c, ig_error *error)
{
    /* One matrix for all, or one each, is a batch of CLBlast; all in turn are several. */
    const int64_t turns = gemm->count_a == 1 ? 1 : gemm->count / gemm->count_a;
    ig_gemm turn = *gemm;
    turn.count /= turns;
    CLBlastStatusCode code = (CLBlastStatusCode)ig_cl_use_library(device, IG_LIBRARY_CLBLAST);
    for (int64_t i = 0; i < turns && code == CLBlastSuccess; i++) {
        code = multiply(&device->current, &turn, a, b, c);
        b.at += turn.count * turn.inner * turn.columns;
        c.at += turn.count * turn.rows * turn.columns;
    }
    return code == CLBlastSuccess ? IG_OK : ig_cl_fail_library(error, "CLBlast", CODES, code);
}
