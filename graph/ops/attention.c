#include "graph/attention.h"

#include "graph/ops/common.h"

#include <math.h>

enum { HEADS, LAYOUT, SCALE };

static const ig_attr_spec attrs[] = {
    [HEADS] = {.name = "heads",
               .type = IG_ATTR_INT,
               .min = 1,
               .max = IG_MAX_EXTENT,
               .fallback = 1,
               .doc = "equal groups of neighbouring channels that attend each for itself; 1 with the layout rows"},
    [LAYOUT] = {.name = "layout",
                .type = IG_ATTR_ENUM,
                .choices = ig_attention_layouts,
                .n_choices = IG_LAYOUT_COUNT,
                .doc = "order of the axes: tokens [B, T..., C], channels [B, C, T...], rows [B..., T, C]"},
    [SCALE] = {.name = "scale",
               .type = IG_ATTR_FLOAT,
               .fmin = -1e30,
               .fmax = 1e30,
               .ffallback = 1,
               .doc = "factor of the scores, mostly 1 / sqrt(D)"},
};

static ig_status read_call(ig_op_context *call, ig_attention *out, ig_error *error)
{
    return ig_attention_infer(call, (ig_attention_layout)call->attrs[LAYOUT].i, call->n_inputs, out, error);
}

static ig_attention attention_of(const ig_op_context *call)
{
    return ig_attention_of(call, (ig_attention_layout)call->attrs[LAYOUT].i, call->n_inputs);
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_attention unused;
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK && call->n_inputs == 2)
        status = ig_op_refuse(call, error, "wrong number of inputs: one packed tensor, or queries, keys and values");
    return status != IG_OK ? status : read_call(call, &unused, error);
}

static int64_t scores_of(const ig_attention *a)
{
    return a->batch * a->heads * a->queries * a->keys;
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    const ig_attention a = attention_of(call);
    const int64_t scaled = call->attrs[SCALE].f != 1 ? 1 : 0;
    *out =
        (ig_cost){.macs = 2 * a.size * scores_of(&a), .adds = 3 * scores_of(&a), .other = (2 + scaled) * scores_of(&a)};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_attention a = attention_of(call);
    const ig_op_var vars[] = {{"B", a.batch},
                              {"HEADS", a.heads},
                              {"T", a.queries},
                              {"S", a.keys},
                              {"D", a.size},
                              {"PACKED", a.packed},
                              {"CHANNELS_FIRST", a.layout == IG_LAYOUT_CHANNELS}};
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

static int64_t units(const ig_op_context *call)
{
    const ig_attention a = attention_of(call);
    return a.batch * a.heads * a.queries;
}

static double dot(const float *q, int64_t q_step, const float *k, int64_t k_step, int64_t size)
{
    double sum = 0;
    for (int64_t d = 0; d < size; d++)
        sum += (double)q[d * q_step] * (double)k[d * k_step];
    return sum;
}

/* The part's first token of (b, h). */
static int64_t start_of(const ig_attention_map *map, int64_t b, int64_t h)
{
    return map->offset + b * map->stride[0] + h * map->stride[1];
}

/* One query: its scores are worked out twice, so that none need be kept. */
static void attend(const ig_attention_map map[IG_ATTENTION_PARTS + 1], const float *const part[IG_ATTENTION_PARTS],
                   double scale, float *out)
{
    const int64_t keys = map[1].extent[2], size = map[0].extent[3];
    double largest = -INFINITY, sum = 0, mixed[IG_ATTENTION_MAX_SIZE] = {0};
    for (int64_t s = 0; s < keys; s++) {
        double v = scale * dot(part[0], map[0].stride[3], part[1] + s * map[1].stride[2], map[1].stride[3], size);
        largest = v > largest || v != v ? v : largest; /* a NaN stays */
    }
    for (int64_t s = 0; s < keys; s++) {
        double v = scale * dot(part[0], map[0].stride[3], part[1] + s * map[1].stride[2], map[1].stride[3], size);
        double weight = exp(v - largest);
        const float *value = part[2] + s * map[2].stride[2];
        sum += weight;
        for (int64_t d = 0; d < size; d++)
            mixed[d] += weight * (double)value[d * map[2].stride[3]];
    }
    for (int64_t d = 0; d < size; d++)
        out[d * map[3].stride[3]] = (float)(mixed[d] / sum);
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const ig_attention a = attention_of(call);
    ig_attention_map map[IG_ATTENTION_PARTS + 1];
    for (int p = 0; p <= IG_ATTENTION_PARTS; p++)
        map[p] = ig_attention_part(&a, p);
    for (int64_t unit = range.begin; unit < range.end; unit++) {
        const int64_t t = unit % a.queries, h = unit / a.queries % a.heads, b = unit / a.queries / a.heads;
        const float *part[IG_ATTENTION_PARTS];
        for (int p = 0; p < IG_ATTENTION_PARTS; p++)
            part[p] = data->inputs[a.packed ? 0 : p] + start_of(&map[p], b, h);
        part[0] += t * map[0].stride[2];
        attend(map, part, call->attrs[SCALE].f, data->output + start_of(&map[3], b, h) + t * map[3].stride[2]);
    }
}

const ig_op ig_op_attention = {
    .name = "attention",
    .doc =
        "y = softmax(scale * q k^T) v for each image and head, the softmax along the keys; the inputs are q, k and v, "
        "or one tensor that holds them one behind the other along the channels. A head has at most 256 channels.",
    .source = "torch.nn.functional.scaled_dot_product_attention, without mask",
    .cost_doc = "2*D macs, 3 adds and 2 other for each of B*HEADS*T*S scores; scale other than 1: 1 other more",
    .problem_doc = "B HEADS T S D PACKED CHANNELS_FIRST",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 1,
    .max_inputs = 3,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = units,
    .reference = reference,
};
