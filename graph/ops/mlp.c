#include "graph/mlp.h"

#include "graph/ops/common.h"

enum { DENSE, POOL };

static const char *const pools[IG_MLP_POOLS] = {
    [IG_MLP_NO_POOL] = "none", [IG_MLP_MEAN] = "mean", [IG_MLP_MAX] = "max", [IG_MLP_MEAN_MAX] = "mean_max"};

static const ig_attr_spec attrs[] = {
    [DENSE] = {.name = "dense",
               .type = IG_ATTR_WORDS,
               .internal = true,
               .doc = "two or three of `linear OUT PATH` or, of pixels, `conv OUT PATH`, each with `bias`, `norm PATH "
                      "EPS`"},
    [POOL] = {.name = "pool",
              .type = IG_ATTR_ENUM,
              .internal = true,
              .fallback = IG_MLP_NO_POOL,
              .choices = pools,
              .n_choices = IG_MLP_POOLS,
              .doc = "the vectors are what these make of the planes of a map, the only input"},
    IG_THEN_ATTR,
};

typedef struct layer {
    bool conv;
    int64_t in, out;
    ig_layer own;
} layer;

typedef struct mlp {
    layer layer[IG_MLP_MAX_LAYERS];
    int count;
} mlp;

static bool takes_mean(const ig_op_context *call)
{
    return call->attrs[POOL].i == IG_MLP_MEAN || call->attrs[POOL].i == IG_MLP_MEAN_MAX;
}

static bool takes_max(const ig_op_context *call)
{
    return call->attrs[POOL].i == IG_MLP_MAX || call->attrs[POOL].i == IG_MLP_MEAN_MAX;
}

static bool is_pooled(const ig_op_context *call)
{
    return call->attrs[POOL].i != IG_MLP_NO_POOL;
}

/* Vectors of an image that go through the layers. */
static int vectors_of(const ig_op_context *call)
{
    return is_pooled(call) ? takes_mean(call) + takes_max(call) : call->n_inputs;
}

static void read_layer(ig_words *w, int64_t in, layer *out)
{
    *out = (layer){.in = in, .conv = ig_words_take_if(w, "conv")};
    if (!out->conv && !ig_words_take_if(w, "linear"))
        w->failed = true;
    out->out = ig_words_take_int(w, 1, IG_MAX_EXTENT);
    ig_layer_read(w, &out->own);
}

static bool read_layers(const ig_op_context *call, mlp *out)
{
    ig_words w = {.list = &call->attrs[DENSE]};
    int64_t in = call->inputs[0].dim[1], room = is_pooled(call) ? (vectors_of(call) - 1) * in : 0;
    for (out->count = 0; w.at < w.list->n_words && !w.failed && out->count < IG_MLP_MAX_LAYERS; out->count++) {
        read_layer(&w, in, &out->layer[out->count]);
        room += in;
        in = out->layer[out->count].out;
    }
    return !w.failed && w.at == w.list->n_words && out->count >= 2 && room <= IG_GROUP_ROOM;
}

static mlp layers_of(const ig_op_context *call)
{
    mlp out = {.count = 0};
    read_layers(call, &out); /* inferred before */
    return out;
}

static ig_status declare(ig_op_context *call, const mlp *m, ig_error *error)
{
    for (int i = 0; i < m->count; i++) {
        const layer *l = &m->layer[i];
        ig_shape weight = l->conv ? IG_SHAPE(l->out, l->in, 1, 1) : IG_SHAPE(l->out, l->in);
        ig_status status = ig_op_need_limits(call, "weight", &weight, error);
        if (status != IG_OK)
            return status;
        ig_layer_declare(call, IG_LAYER_SLOTS * i, &l->own, weight,
                         l->conv ? IG_PARAM_CONV_WEIGHT : IG_PARAM_LINEAR_WEIGHT,
                         l->conv ? IG_PARAM_CONV_BIAS : IG_PARAM_LINEAR_BIAS);
    }
    return IG_OK;
}

static ig_status check_inputs(const ig_op_context *call, ig_error *error)
{
    const ig_shape *shape = &call->inputs[0];
    ig_status status = ig_op_need_rank(call, 0, is_pooled(call) ? 4 : 2, 4, error);
    if (status == IG_OK && is_pooled(call) && call->n_inputs != 1)
        return ig_op_refuse(call, error, "one map is pooled, not %d inputs", call->n_inputs);
    for (int k = 0; k < call->n_inputs && status == IG_OK && !is_pooled(call); k++)
        if (!ig_shape_equal(&call->inputs[k], shape) || ig_op_span(shape, 2, shape->rank) != 1)
            return ig_op_refuse(call, error,
                                "the inputs are no vectors [N, C] or pixels [N, C, 1, 1] of equal extents");
    return status;
}

/* A map's vectors are of the form its layers take: pixels or plain vectors. */
static ig_shape shape_of(const ig_op_context *call, const mlp *m)
{
    const layer *last = &m->layer[m->count - 1];
    ig_shape shape = call->inputs[0];
    shape.dim[1] = last->out;
    for (int axis = 2; axis < shape.rank; axis++)
        shape.dim[axis] = 1;
    if (is_pooled(call) && !last->conv)
        shape.rank = 2;
    return shape;
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    mlp m;
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = check_inputs(call, error);
    if (status != IG_OK)
        return status;
    if (!read_layers(call, &m))
        return ig_op_refuse(call, error, "`dense` is no list of two or three layers between short vectors");
    status = declare(call, &m, error);
    return status != IG_OK ? status : ig_op_set_output(call, shape_of(call, &m), error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    const mlp m = layers_of(call);
    const int64_t images = call->inputs[0].dim[0], vectors = images * vectors_of(call), elems = ig_op_elems(call);
    *out = (ig_cost){.adds = (vectors_of(call) - 1) * elems};
    if (is_pooled(call)) {
        out->adds += (ig_shape_elems(&call->inputs[0]) - images * m.layer[0].in) * vectors_of(call);
        out->other += takes_mean(call) ? images * m.layer[0].in : 0;
    }
    for (int i = 0; i < m.count; i++) {
        const layer *l = &m.layer[i];
        out->macs += vectors * l->in * l->out;
        out->adds += i < m.count - 1 ? vectors * l->out : 0;
        ig_layer_cost(&l->own, vectors * l->out, out);
    }
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const mlp m = layers_of(call);
    const ig_op_var vars[] = {
        {"N", call->inputs[0].dim[0]}, {"INPUTS", call->n_inputs},
        {"LAYERS", m.count},           {"K", m.layer[0].in},
        {"H1", m.layer[0].out},        {"H2", m.count > 2 ? m.layer[1].out : 0},
        {"O", call->output.dim[1]},    {"MEAN", takes_mean(call)},
        {"MAX", takes_max(call)},      {"S", ig_op_span(&call->inputs[0], 2, call->inputs[0].rank)}};
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

static int64_t units(const ig_op_context *call)
{
    return call->inputs[0].dim[0];
}

static const float *const *params_of(const ig_op_data *data, int64_t index)
{
    return data->params + index * IG_LAYER_SLOTS;
}

static void run_layer(const layer *l, const float *const *params, const double *x, double *y)
{
    for (int64_t o = 0; o < l->out; o++) {
        const ig_affine affine = ig_layer_affine(&l->own, params, o);
        double sum = 0;
        for (int64_t i = 0; i < l->in; i++)
            sum += (double)params[IG_TAIL_WEIGHT][o * l->in + i] * x[i];
        y[o] = affine.scale * sum + affine.shift;
    }
}

/* The vectors of image `n`: inputs, or what the pools make of the map's planes. */
static void take_vectors(const ig_op_context *call, const ig_op_data *data, int64_t n, double *room[2])
{
    const int64_t channels = call->inputs[0].dim[1], pixels = ig_op_span(&call->inputs[0], 2, call->inputs[0].rank);
    for (int k = 0; k < vectors_of(call); k++) {
        const float *x = data->inputs[is_pooled(call) ? 0 : k] + n * channels * pixels;
        for (int64_t c = 0; c < channels; c++)
            room[k][c] =
                k == 0 && takes_mean(call) ? ig_run_mean(x + c * pixels, pixels) : ig_run_max(x + c * pixels, pixels);
    }
}

/* The hidden vectors of the one in `room` stand behind it; the function returns the last. */
static double *run_hidden(const mlp *m, const ig_op_data *data, double *room)
{
    for (int i = 0; i < m->count - 1; i++) {
        const layer *l = &m->layer[i];
        double *hidden = room + l->in;
        run_layer(l, params_of(data, i), room, hidden);
        for (int64_t o = 0; o < l->out; o++)
            hidden[o] = ig_activation_apply(IG_ACT_RELU, hidden[o]);
        room = hidden;
    }
    return room;
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const mlp m = layers_of(call);
    const layer *last = &m.layer[m.count - 1];
    const float *const *params = params_of(data, m.count - 1);
    for (int64_t n = range.begin; n < range.end; n++) {
        double room[2][IG_GROUP_ROOM], *hidden[2] = {room[0], room[1]};
        take_vectors(call, data, n, hidden);
        for (int k = 0; k < vectors_of(call); k++)
            hidden[k] = run_hidden(&m, data, room[k]);
        for (int64_t o = 0; o < last->out; o++) {
            const ig_affine affine = ig_layer_affine(&last->own, params, o);
            double sum = 0;
            for (int k = 0; k < vectors_of(call); k++) {
                double product = 0;
                for (int64_t i = 0; i < last->in; i++)
                    product += (double)params[IG_TAIL_WEIGHT][o * last->in + i] * hidden[k][i];
                sum += affine.scale * product + affine.shift;
            }
            data->output[n * last->out + o] = (float)sum;
        }
    }
}

/* Weights and biases with the norms folded in. The last layer sees the sum of all hidden vectors, so that its
 * shift counts once for each. */
static int64_t device_param(const ig_op_context *call, const ig_op_data *data, int slot, float *out)
{
    const mlp m = layers_of(call);
    const int index = slot / IG_LAYER_SLOTS, part = slot % IG_LAYER_SLOTS;
    if (index >= m.count)
        return 0;
    const layer *l = &m.layer[index];
    const int64_t elems = ig_layer_device_param(&l->own, params_of(data, index), part, l->out, l->in, out);
    for (int64_t o = 0; out && part == IG_TAIL_BIAS && index == m.count - 1 && o < l->out; o++)
        out[o] *= (float)vectors_of(call);
    return elems;
}

const ig_op ig_op_mlp = {
    .name = "mlp",
    .doc = "y = sum over the inputs of f(x), f being two or three linear layers, each with its bias and norm, with "
           "relu between them: gates of channels and small heads. With `pool` the input is a map, and x the means of "
           "its planes, their largest elements, or each in turn. Input and hidden vectors together have at most 3072 "
           "elements.",
    .source =
        "squeeze-and-excitation gates (Hu et al. 2018); with two inputs the channel gate of CBAM (Woo et al. 2018)",
    .params_doc = "for each layer, under the paths in `dense`: `weight` [out, in], as a convolution [out, in, 1, 1]; "
                  "`bias` [out] with `bias`; `weight`, `bias`, `running_mean`, `running_var` [out] of its norm",
    .cost_doc = "in*out macs for each layer, input and sample; bias: 1 add; norm: 1 add and 1 other; relu: 1 add; "
                "second vector: 1 add; pools: as reduce_mean and reduce_max",
    .problem_doc = "N INPUTS LAYERS K H1 H2 O MEAN MAX S",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 1,
    .max_inputs = 2,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = units,
    .reference = reference,
    .device_param = device_param,
};
