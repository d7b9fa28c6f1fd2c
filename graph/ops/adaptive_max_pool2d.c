#include "graph/ops/common.h"

static const ig_attr_spec attrs[] = {IG_ADAPTIVE_SIZE_ATTR};

static void cost(const ig_op_context *call, ig_cost *out)
{
    *out = (ig_cost){.adds = ig_adaptive_reads(call) - ig_op_elems(call)};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    ig_adaptive_problem(call, emit, user);
    emit(user, "MAX", 1);
}

static double largest(const float *x, int64_t row, int64_t height, int64_t width)
{
    double found = (double)x[0];
    for (int64_t i = 0; i < height; i++) {
        for (int64_t j = 0; j < width; j++) {
            double v = (double)x[i * row + j];
            found = v > found || v != v ? v : found; /* a NaN stays */
        }
    }
    return found;
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    ig_adaptive_run(call, data, range, largest);
}

const ig_op ig_op_adaptive_max_pool2d = {
    .name = "adaptive_max_pool2d",
    .doc = "y[n,c,u,v] = largest of x[n,c,i,j] over floor(u*H/OH) <= i < ceil((u+1)*H/OH) and j likewise: bins may "
           "overlap or repeat",
    .source = "torch.nn.AdaptiveMaxPool2d",
    .cost_doc = "one add per element of a bin but the first",
    .problem_doc = IG_ADAPTIVE_PROBLEM_DOC " MAX",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 1,
    .max_inputs = 1,
    .infer = ig_adaptive_infer,
    .cost = cost,
    .problem = problem,
    .units = ig_adaptive_units,
    .reference = reference,
};
