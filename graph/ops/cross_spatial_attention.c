#include "graph/ops/common.h"

#include <math.h>

enum { MAX_CHANNELS = 512 }; /* four numbers of each lie in local memory */

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 3, IG_MAX_RANK, error);
    if (status != IG_OK)
        return status;
    const ig_shape *x = &call->inputs[0];
    for (int k = 1; k < call->n_inputs; k++)
        if (!ig_shape_equal(&call->inputs[k], x))
            return ig_op_refuse(call, error, "the maps are not equal in shape");
    if (x->dim[1] > MAX_CHANNELS)
        return ig_op_refuse(call, error, "more than %d channels", MAX_CHANNELS);
    return ig_op_set_output(call, *x, error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    const ig_shape *x = &call->inputs[0];
    const int64_t elems = ig_op_elems(call), weights = 2 * x->dim[0] * x->dim[1], pixels = elems / x->dim[1];
    *out = (ig_cost){.macs = 2 * elems,
                     .adds = 2 * elems - weights + 3 * weights + 2 * pixels,
                     .other = 3 * weights + 3 * pixels + elems};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_shape *in = &call->inputs[0];
    const ig_op_var vars[] = {{"N", in->dim[0]}, {"C", in->dim[1]}, {"S", ig_op_span(in, 2, in->rank)}};
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

static int64_t units(const ig_op_context *call)
{
    return call->inputs[0].dim[0];
}

/* The softmax, along the channels, of the means of one image's planes. */
static void weigh(const float *map, int64_t channels, int64_t pixels, double *weight)
{
    double largest = -INFINITY, sum = 0;
    for (int64_t c = 0; c < channels; c++) {
        weight[c] = 0;
        for (int64_t p = 0; p < pixels; p++)
            weight[c] += (double)map[c * pixels + p];
        weight[c] /= (double)pixels;
        largest = weight[c] > largest || weight[c] != weight[c] ? weight[c] : largest;
    }
    for (int64_t c = 0; c < channels; c++) {
        weight[c] = exp(weight[c] - largest);
        sum += weight[c];
    }
    for (int64_t c = 0; c < channels; c++)
        weight[c] /= sum;
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const ig_shape *in = &call->inputs[0];
    const int64_t channels = in->dim[1], pixels = ig_op_span(in, 2, in->rank);
    double of_one[MAX_CHANNELS], of_other[MAX_CHANNELS];
    for (int64_t n = range.begin; n < range.end; n++) {
        const int64_t start = n * channels * pixels;
        const float *one = data->inputs[1] + start, *other = data->inputs[2] + start;
        weigh(one, channels, pixels, of_one);
        weigh(other, channels, pixels, of_other);
        for (int64_t p = 0; p < pixels; p++) {
            double sum = 0;
            for (int64_t c = 0; c < channels; c++)
                sum += of_one[c] * (double)other[c * pixels + p] + of_other[c] * (double)one[c * pixels + p];
            for (int64_t c = 0; c < channels; c++)
                data->output[start + c * pixels + p] =
                    (float)((double)data->inputs[0][start + c * pixels + p] / (1 + exp(-sum)));
        }
    }
}

const ig_op ig_op_cross_spatial_attention = {
    .name = "cross_spatial_attention",
    .doc =
        "y[n,c,p] = x[n,c,p] * sigmoid(sum over k of softmax(mean of a)[n,k] * b[n,k,p] + softmax(mean of b)[n,k] * "
        "a[n,k,p]) of the maps x, a, b, equal in shape: the means go along the pixels, the softmax along the at most "
        "512 channels, so that each map says where the other counts",
    .source = "Ouyang et al., Efficient Multi-Scale Attention Module with Cross-Spatial Learning (2023)",
    .cost_doc = "2 macs, 2 adds and 1 other per element, 2 adds and 3 other per mean, 2 adds and 3 other per pixel",
    .problem_doc = "N C S",
    .attrs = ig_then_attrs,
    .n_attrs = IG_COUNT(ig_then_attrs),
    .min_inputs = 3,
    .max_inputs = 3,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = units,
    .reference = reference,
};
