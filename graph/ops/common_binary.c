/* Element-wise functions of two broadcast inputs: one row of this table each. FN is the row's number, by which the
 * kernel (cl/kernels/binary_broadcast.cl) knows the function. */
#include "graph/ops/common.h"

#include <string.h>

static void add_row(const float *const *in, const int64_t *step, float *out, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = (float)((double)in[0][i * step[0]] + (double)in[1][i * step[1]]);
}

static void mul_row(const float *const *in, const int64_t *step, float *out, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = (float)((double)in[0][i * step[0]] * (double)in[1][i * step[1]]);
}

static void sub_row(const float *const *in, const int64_t *step, float *out, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = (float)((double)in[0][i * step[0]] - (double)in[1][i * step[1]]);
}

static const struct {
    const char *name;
    ig_broadcast_row row;
    ig_cost cost; /* of one output element */
} FUNCTIONS[] = {{"add", add_row, {.adds = 1}}, {"mul", mul_row, {.other = 1}}, {"sub", sub_row, {.adds = 1}}};

static int function_of(const ig_op_context *call)
{
    int index = 0;
    while (strcmp(FUNCTIONS[index].name, call->op->name) != 0)
        index++;
    return index;
}

void ig_binary_cost(const ig_op_context *call, ig_cost *out)
{
    const ig_cost *one = &FUNCTIONS[function_of(call)].cost;
    const int64_t elems = ig_op_elems(call);
    *out = (ig_cost){.adds = one->adds * elems, .other = one->other * elems};
}

void ig_binary_problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    ig_broadcast_problem(call, piece, emit, user);
    emit(user, "FN", function_of(call));
}

void ig_binary_reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    ig_broadcast_run(call, data, range, FUNCTIONS[function_of(call)].row);
}
