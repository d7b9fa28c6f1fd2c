#include "graph/ops/common.h"

ig_status ig_adaptive_infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 4, 4, error);
    if (status != IG_OK)
        return status;
    const ig_shape *in = &call->inputs[0];
    const int64_t *size = call->attrs[IG_ADAPTIVE_SIZE].list;
    return ig_op_set_output(call, IG_SHAPE(in->dim[0], in->dim[1], size[0], size[1]), error);
}

/* Input positions of bin `i` of `out`; where the extents do not divide, neighbours overlap. */
static ig_op_range get_bin(int64_t i, int64_t in, int64_t out)
{
    return (ig_op_range){i * in / out, ig_ceil_div((i + 1) * in, out)};
}

static int64_t axis_reads(int64_t in, int64_t out)
{
    int64_t reads = 0;
    for (int64_t i = 0; i < out; i++) {
        ig_op_range bin = get_bin(i, in, out);
        reads += bin.end - bin.begin;
    }
    return reads;
}

int64_t ig_adaptive_reads(const ig_op_context *call)
{
    const ig_shape *in = &call->inputs[0], *out = &call->output;
    return ig_op_span(in, 0, 2) * axis_reads(in->dim[2], out->dim[2]) * axis_reads(in->dim[3], out->dim[3]);
}

void ig_adaptive_problem(const ig_op_context *call, ig_op_emit emit, void *user)
{
    const ig_shape *in = &call->inputs[0], *out = &call->output;
    const int64_t plane = ig_op_span(in, 2, 4);
    const ig_op_var vars[] = {{"N", in->dim[0]},
                              {"C", in->dim[1]},
                              {"H", in->dim[2]},
                              {"W", in->dim[3]},
                              {"OH", out->dim[2]},
                              {"OW", out->dim[3]},
                              {"OUTER", ig_op_span(in, 0, 2)},
                              {"RED", ig_op_span(out, 2, 4) == 1 ? plane : 0},
                              {"INNER", 1},
                              {"OF", IG_ACT_NONE}};
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

int64_t ig_adaptive_units(const ig_op_context *call)
{
    return ig_op_span(&call->inputs[0], 0, 2);
}

void ig_adaptive_run(const ig_op_context *call, const ig_op_data *data, ig_op_range range, ig_bin_fold fold)
{
    const int64_t *in = call->inputs[0].dim, *out = call->output.dim;
    float *y = data->output + range.begin * out[2] * out[3];
    for (int64_t unit = range.begin; unit < range.end; unit++) {
        const float *plane = data->inputs[0] + unit * in[2] * in[3];
        for (int64_t i = 0; i < out[2] * out[3]; i++) {
            ig_op_range rows = get_bin(i / out[3], in[2], out[2]), cols = get_bin(i % out[3], in[3], out[3]);
            const float *first = plane + rows.begin * in[3] + cols.begin;
            *y++ = (float)fold(first, in[3], rows.end - rows.begin, cols.end - cols.begin);
        }
    }
}
