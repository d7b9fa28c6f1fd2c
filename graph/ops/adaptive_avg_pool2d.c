#include "graph/ops/common.h"

static const ig_attr_spec attrs[] = {IG_ADAPTIVE_SIZE_ATTR, IG_MODULE_ATTR};

static void cost(const ig_op_context *call, ig_cost *out)
{
    int64_t elems = ig_op_elems(call);
    *out = (ig_cost){.adds = ig_adaptive_reads(call) - elems, .other = elems};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    ig_adaptive_problem(call, emit, user);
    emit(user, "MAX", 0);
}

static double mean(const float *x, int64_t row, int64_t height, int64_t width)
{
    double sum = 0;
    for (int64_t i = 0; i < height; i++) {
        for (int64_t j = 0; j < width; j++)
            sum += (double)x[i * row + j];
    }
    return sum / (double)(height * width);
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    ig_adaptive_run(call, data, range, mean);
}

const ig_op ig_op_adaptive_avg_pool2d = {
    .name = "adaptive_avg_pool2d",
    .doc =
        "y[n,c,u,v] = mean of x[n,c,i,j] over floor(u*H/OH) <= i < ceil((u+1)*H/OH) and j likewise: bins may overlap "
        "or repeat",
    .source = "torch.nn.AdaptiveAvgPool2d",
    .cost_doc = "one add per element of a bin but the first, and 1 other per output element",
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
