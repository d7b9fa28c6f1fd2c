#include "graph/attention.h"

#include "graph/ops/common.h"

#include <math.h>

enum { HEADS, EPS };

static const ig_attr_spec attrs[] = {
    [HEADS] = {.name = "heads",
               .type = IG_ATTR_INT,
               .min = 1,
               .max = IG_MAX_EXTENT,
               .fallback = 1,
               .doc = "equal groups of neighbouring channels that attend each for itself"},
    [EPS] = {.name = "eps",
             .type = IG_ATTR_FLOAT,
             .fmin = 1e-15, /* the square of anything smaller would leave the range of float32 */
             .fmax = 1e6,
             .ffallback = 1e-12,
             .doc = "least norm of a channel"},
};

/* The temperatures are the last input. */
static ig_status read_call(ig_op_context *call, ig_attention *out, ig_error *error)
{
    return ig_attention_infer(call, IG_LAYOUT_TOKENS, call->n_inputs - 1, out, error);
}

static ig_attention attention_of(const ig_op_context *call)
{
    return ig_attention_of(call, IG_LAYOUT_TOKENS, call->n_inputs - 1);
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_attention a;
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK && call->n_inputs == 3)
        status = ig_op_refuse(call, error, "wrong number of inputs: one packed tensor or three, and the temperatures");
    if (status == IG_OK)
        status = read_call(call, &a, error);
    if (status == IG_OK && a.queries != a.keys)
        status = ig_op_refuse(call, error, "queries and keys do not fit: they have different tokens");
    if (status == IG_OK && ig_shape_elems(&call->inputs[call->n_inputs - 1]) != a.heads)
        status = ig_op_refuse(call, error, "there must be one temperature for each of the heads");
    return status;
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    const ig_attention a = attention_of(call);
    const int64_t rows = a.batch * a.heads * a.size, scores = rows * a.size;
    *out = (ig_cost){
        .macs = 2 * scores * a.keys, .adds = 2 * rows * a.keys + 3 * scores, .other = 4 * rows * a.keys + 3 * scores};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_attention a = attention_of(call);
    const ig_op_var vars[] = {{"B", a.batch}, {"HEADS", a.heads}, {"T", a.keys}, {"D", a.size}, {"PACKED", a.packed}};
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

static int64_t units(const ig_op_context *call)
{
    const ig_attention a = attention_of(call);
    return a.batch * a.heads * a.size;
}

/* Channels of one head; their elements at neighbouring tokens stand `step` apart. */
typedef struct rows {
    const float *at;
    int64_t step, tokens;
} rows;

static double dot(const rows *x, int64_t i, const rows *y, int64_t j)
{
    double sum = 0;
    for (int64_t t = 0; t < x->tokens; t++)
        sum += (double)x->at[t * x->step + i] * (double)y->at[t * y->step + j];
    return sum;
}

static double norm_of(const rows *x, int64_t i, double eps)
{
    const double norm = sqrt(dot(x, i, x, i));
    return norm < eps ? eps : norm; /* a NaN stays one */
}

static void softmax(double *x, int64_t count)
{
    double largest = -INFINITY, sum = 0;
    for (int64_t j = 0; j < count; j++)
        largest = x[j] > largest || x[j] != x[j] ? x[j] : largest;
    for (int64_t j = 0; j < count; j++) {
        x[j] = exp(x[j] - largest);
        sum += x[j];
    }
    for (int64_t j = 0; j < count; j++)
        x[j] /= sum;
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const ig_attention a = attention_of(call);
    const double eps = call->attrs[EPS].f;
    for (int64_t unit = range.begin; unit < range.end; unit++) {
        const int64_t i = unit % a.size, h = unit / a.size % a.heads, b = unit / a.size / a.heads;
        double weight[IG_ATTENTION_MAX_SIZE];
        rows part[IG_ATTENTION_PARTS];
        for (int p = 0; p < IG_ATTENTION_PARTS; p++) {
            const ig_attention_map map = ig_attention_part(&a, p);
            const int64_t start = map.offset + b * map.stride[0] + h * map.stride[1];
            part[p] = (rows){data->inputs[a.packed ? 0 : p] + start, map.stride[2], a.keys};
        }
        const double factor = (double)data->inputs[call->n_inputs - 1][h] / norm_of(&part[0], i, eps);
        for (int64_t j = 0; j < a.size; j++)
            weight[j] = factor * dot(&part[0], i, &part[1], j) / norm_of(&part[1], j, eps);
        softmax(weight, a.size);
        for (int64_t t = 0; t < a.keys; t++) {
            double sum = 0;
            for (int64_t j = 0; j < a.size; j++)
                sum += weight[j] * (double)part[2].at[t * part[2].step + j];
            data->output[((b * a.keys + t) * a.heads + h) * a.size + i] = (float)sum;
        }
    }
}

const ig_op ig_op_cross_covariance_attention = {
    .name = "cross_covariance_attention",
    .doc = "attention among the channels of each image and head: y = softmax(temperature[head] * q k^T) v, where a row "
           "of q, k and v is one channel at all tokens, rows of q and k are divided by their norms, and the softmax "
           "goes along the channels of k. Inputs [B, T..., C]: q, k and v, or one tensor that holds them one behind "
           "the other along the channels; then the temperatures. A head has at most 256 channels.",
    .source = "El-Nouby et al., XCiT: Cross-Covariance Image Transformers (2021)",
    .cost_doc = "2*D*T macs, 2*T + 3*D adds and 4*T + 3*D other for each of B*HEADS*D channels",
    .problem_doc = "B HEADS T D PACKED",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 2,
    .max_inputs = 4,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = units,
    .reference = reference,
};
