#include "graph/ops/common.h"

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    for (int k = 0; k < 2 && status == IG_OK; k++)
        status = ig_op_need_rank(call, k, 2, IG_MAX_RANK, error);
    if (status != IG_OK)
        return status;
    const ig_shape *a = &call->inputs[0], *b = &call->inputs[1];
    int rank = a->rank;
    bool fits = b->rank == rank && a->dim[rank - 1] == b->dim[rank - 2];
    for (int i = 0; fits && i < rank - 2; i++)
        fits = a->dim[i] == b->dim[i];
    if (!fits) {
        char text[2][128];
        status = ig_op_refuse(call, error, "the matrices do not fit");
        ig_error_expected(error, "[..., M, K] and [..., K, P] with the same extents in front");
        ig_error_found(error, "%s and %s", ig_shape_text(a, text[0], sizeof text[0]),
                       ig_shape_text(b, text[1], sizeof text[1]));
        return status;
    }
    ig_shape out = *a;
    out.dim[rank - 1] = b->dim[rank - 1];
    return ig_op_set_output(call, out, error);
}

typedef struct sizes {
    int64_t batch, m, k, p;
} sizes;

static sizes sizes_of(const ig_op_context *call)
{
    const ig_shape *a = &call->inputs[0], *b = &call->inputs[1];
    int rank = a->rank;
    return (sizes){ig_op_span(a, 0, rank - 2), a->dim[rank - 2], a->dim[rank - 1], b->dim[rank - 1]};
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    *out = (ig_cost){.macs = ig_op_elems(call) * sizes_of(call).k};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    sizes s = sizes_of(call);
    const ig_op_var vars[] = {{"B", s.batch}, {"M", s.m}, {"K", s.k}, {"P", s.p}};
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

static int64_t units(const ig_op_context *call)
{
    sizes s = sizes_of(call);
    return s.batch * s.m;
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    sizes s = sizes_of(call);
    for (int64_t row = range.begin; row < range.end; row++) {
        const float *a = data->inputs[0] + row * s.k, *b = data->inputs[1] + row / s.m * s.k * s.p;
        for (int64_t at = 0; at < s.p; at += IG_TILE) {
            int64_t n = ig_min(IG_TILE, s.p - at);
            double acc[IG_TILE] = {0};
            for (int64_t k = 0; k < s.k; k++) {
                for (int64_t i = 0; i < n; i++)
                    acc[i] += (double)a[k] * (double)b[k * s.p + at + i];
            }
            for (int64_t i = 0; i < n; i++)
                data->output[row * s.p + at + i] = (float)acc[i];
        }
    }
}

const ig_op ig_op_matmul = {
    .name = "matmul",
    .doc = "y[..., m, p] = sum over k of a[..., m, k] * b[..., k, p], the same leading extents on both sides",
    .source = "torch.matmul",
    .cost_doc = "B*M*K*P macs",
    .problem_doc = "B M K P",
    .attrs = ig_then_attrs,
    .n_attrs = 1,
    .min_inputs = 2,
    .max_inputs = 2,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = units,
    .reference = reference,
};
