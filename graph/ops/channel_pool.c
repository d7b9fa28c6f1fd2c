#include "graph/ops/common.h"

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 4, 4, error);
    const int64_t *in = call->inputs[0].dim;
    return status != IG_OK ? status : ig_op_set_output(call, IG_SHAPE(in[0], 2, in[2], in[3]), error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    const int64_t pixels = ig_op_elems(call) / 2;
    *out = (ig_cost){.adds = 2 * (ig_shape_elems(&call->inputs[0]) - pixels), .other = pixels};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_shape *in = &call->inputs[0];
    const ig_op_var vars[] = {{"N", in->dim[0]}, {"C", in->dim[1]}, {"S", ig_op_span(in, 2, 4)}};
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

static int64_t units(const ig_op_context *call)
{
    return call->inputs[0].dim[0];
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const int64_t channels = call->inputs[0].dim[1], pixels = ig_op_span(&call->inputs[0], 2, 4);
    for (int64_t n = range.begin; n < range.end; n++) {
        float *mean = data->output + n * 2 * pixels, *top = mean + pixels;
        for (int64_t p = 0; p < pixels; p++) {
            const float *x = data->inputs[0] + n * channels * pixels + p;
            double sum = 0, found = (double)x[0];
            for (int64_t c = 0; c < channels; c++) {
                const double v = (double)x[c * pixels];
                sum += v;
                found = v > found || v != v ? v : found; /* a NaN stays */
            }
            mean[p] = (float)(sum / (double)channels);
            top[p] = (float)found;
        }
    }
}

const ig_op ig_op_channel_pool = {
    .name = "channel_pool",
    .doc = "y[n,0] = the mean of the channels of x[n], pixel by pixel, and y[n,1] the largest of them",
    .source = "the spatial gate of CBAM (Woo et al. 2018)",
    .cost_doc = "C-1 adds per output element, and 1 other per mean",
    .problem_doc = "N C S",
    .attrs = ig_then_attrs,
    .n_attrs = IG_COUNT(ig_then_attrs),
    .min_inputs = 1,
    .max_inputs = 1,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = units,
    .reference = reference,
};
