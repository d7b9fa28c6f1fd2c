#include "graph/ops/common.h"

#include <string.h>

static void read_norm(ig_words *w, const char **path, double *eps)
{
    *path = ig_words_take(w);
    *eps = ig_words_take_double(w);
}

static void read_inner(ig_words *w, ig_inner *inner)
{
    inner->scope = ig_words_take(w);
    inner->out = ig_words_take_int(w, 1, IG_MAX_EXTENT);
    inner->bias = ig_words_take_if(w, "inner_bias");
    if (ig_words_take_if(w, "inner_norm"))
        read_norm(w, &inner->norm, &inner->norm_eps);
}

static void read_branch(ig_words *w, ig_branch *b)
{
    bool linear = false; /* in front of a convolution a shift would have to stop at the border */
    *b = (ig_branch){.kernel = {1, 1}, .factor = 1};
    if (ig_words_take_if(w, "conv")) {
        b->kernel[0] = ig_words_take_int(w, 1, IG_MAX_WINDOW);
        b->kernel[1] = ig_words_take_int(w, 1, IG_MAX_WINDOW);
        b->scope = ig_words_take(w);
        if (ig_words_take_if(w, "rows")) {
            b->row = ig_words_take_int(w, 0, IG_MAX_EXTENT);
            b->rows = ig_words_take_int(w, 1, IG_MAX_EXTENT);
        }
        if (ig_words_take_if(w, "columns")) {
            b->first = ig_words_take_int(w, 0, IG_MAX_EXTENT);
            b->total = ig_words_take_int(w, 1, IG_MAX_EXTENT);
        }
        if (ig_words_take_if(w, "through"))
            read_inner(w, &b->inner);
    } else if (ig_words_take_if(w, "linear")) {
        b->scope = ig_words_take(w);
        linear = true;
    } else if (!ig_words_take_if(w, "identity")) {
        w->failed = true;
    }
    b->bias = ig_words_take_if(w, "bias");
    if (linear && ig_words_take_if(w, "before"))
        read_norm(w, &b->before, &b->before_eps);
    b->unshifted = ig_words_take_if(w, "scaled");
    if (b->unshifted || ig_words_take_if(w, "after"))
        read_norm(w, &b->after, &b->after_eps);
    if (ig_words_take_if(w, "times"))
        b->times = ig_words_take(w);
    if (ig_words_take_if(w, "factor"))
        b->factor = ig_words_take_double(w);
}

/* Takes `count` slots where there is something to put there. */
static int take_slots(int *next, bool present, int count)
{
    int first = present ? *next : -1;
    *next += present ? count : 0;
    return first;
}

/* The widest branch owns the weight's slot, so that its shape is the merged one. */
static void number_slots(ig_branches *list, const int64_t kernel[2])
{
    int slot = IG_TAIL_NORM;
    bool widest = false;
    for (int i = 0; i < list->count; i++) {
        ig_branch *b = &list->item[i];
        bool first = b->scope && !widest && b->kernel[0] == kernel[0] && b->kernel[1] == kernel[1];
        widest = widest || first;
        b->weight_slot = first ? IG_TAIL_WEIGHT : b->scope ? slot++ : -1;
        b->inner.weight_slot = take_slots(&slot, b->inner.scope, 1);
        b->inner.bias_slot = take_slots(&slot, b->inner.bias, 1);
        b->inner.norm_slot = take_slots(&slot, b->inner.norm, IG_NORM_PARAMS);
        b->bias_slot = take_slots(&slot, b->bias, 1);
        b->times_slot = take_slots(&slot, b->times, 1);
        b->before_slot = take_slots(&slot, b->before, IG_NORM_PARAMS);
        b->after_slot = take_slots(&slot, b->after, IG_NORM_PARAMS);
    }
    if (!widest || slot > IG_MAX_PARAMS)
        list->count = 0;
}

bool ig_branches_read(const ig_attr *attr, const int64_t kernel[2], ig_branches *out)
{
    ig_words w = {.list = attr};
    *out = (ig_branches){0};
    while (w.at < attr->n_words && !w.failed && out->count < IG_MAX_BRANCHES)
        read_branch(&w, &out->item[out->count++]);
    if (w.failed || w.at < attr->n_words)
        out->count = 0;
    for (int i = 0; i < out->count; i++) /* narrower ones lie in the middle */
        for (int axis = 0; axis < 2; axis++)
            if (out->item[i].kernel[axis] > kernel[axis] || (kernel[axis] - out->item[i].kernel[axis]) % 2 != 0)
                out->count = 0;
    number_slots(out, kernel);
    return out->count > 0;
}

/* Columns of the weight that the branch uses. */
static int64_t used_columns(const ig_branch *b, int64_t channels)
{
    return b->inner.scope ? b->inner.out : channels;
}

int64_t ig_branch_columns(const ig_branch *b, int64_t channels)
{
    return b->total > 0 ? b->total : used_columns(b, channels);
}

/* Composed rows are made for one branch of single pixels. */
static bool inner_fits(const ig_branches *list, const ig_shape *weight)
{
    return list->count == 1 && weight->rank == 4 && weight->dim[2] == 1 && weight->dim[3] == 1 &&
           weight->dim[1] <= IG_MAX_COMPOSED;
}

bool ig_branches_fit(const ig_branches *list, const ig_shape *weight)
{
    for (int i = 0; i < list->count; i++) {
        const ig_branch *b = &list->item[i];
        if (b->total > 0 && (weight->rank != 4 || b->first + used_columns(b, weight->dim[1]) > b->total))
            return false;
        if (b->rows > 0 && (weight->rank != 4 || b->row + b->rows > weight->dim[0]))
            return false;
        if (b->inner.scope && !inner_fits(list, weight))
            return false;
    }
    return true;
}

static void declare_under(ig_op_context *call, int slot, const char *prefix, const char *suffix, ig_shape shape,
                          ig_param_kind kind)
{
    if (slot < 0)
        return;
    ig_op_declare(call, slot, suffix, shape, kind);
    call->params[slot].prefix = prefix;
}

void ig_branches_declare(ig_op_context *call, const ig_branches *list, ig_shape weight, ig_param_kind weight_kind,
                         ig_param_kind bias_kind)
{
    const int64_t in = weight.dim[1];
    for (int i = 0; i < list->count; i++) {
        const ig_branch *b = &list->item[i];
        const int64_t out = b->rows > 0 ? b->rows : weight.dim[0];
        ig_shape own = weight;
        if (weight.rank == 4)
            own = IG_SHAPE(out, ig_branch_columns(b, in), b->kernel[0], b->kernel[1]);
        declare_under(call, b->weight_slot, b->scope, "weight", own, weight_kind);
        declare_under(call, b->inner.weight_slot, b->inner.scope, "weight", IG_SHAPE(b->inner.out, in, 1, 1),
                      weight_kind);
        declare_under(call, b->inner.bias_slot, b->inner.scope, "bias", IG_SHAPE(b->inner.out), bias_kind);
        if (b->inner.norm)
            ig_norm_declare(call, b->inner.norm_slot, b->inner.norm, b->inner.out);
        declare_under(call, b->bias_slot, b->scope, "bias", IG_SHAPE(out), bias_kind);
        declare_under(call, b->times_slot, b->times, "", IG_SHAPE(out, 1, 1), IG_PARAM_OTHER);
        if (b->before)
            ig_norm_declare(call, b->before_slot, b->before, in);
        if (b->after)
            ig_norm_declare(call, b->after_slot, b->after, out);
    }
    call->params[IG_TAIL_WEIGHT].rows = weight.dim[0];
}

void ig_branches_pick(const ig_branches *list, int64_t channel, ig_branches *out)
{
    out->count = 0;
    for (int i = 0; i < list->count; i++) {
        const ig_branch *b = &list->item[i];
        if (b->rows == 0 || (channel >= b->row && channel < b->row + b->rows))
            out->item[out->count++] = *b;
    }
}

/* Of the inner convolution's output channel `m`. */
static ig_affine inner_affine(const ig_inner *inner, const ig_op_data *data, int64_t m)
{
    const double bias = inner->bias_slot >= 0 ? (double)data->params[inner->bias_slot][m] : 0;
    ig_affine norm = {1, 0};
    if (inner->norm_slot >= 0)
        norm = ig_norm_affine(data->params + inner->norm_slot, inner->norm_eps, m);
    return (ig_affine){norm.scale, bias * norm.scale + norm.shift};
}

/* What the inner convolution's shifts add to output channel `o`. */
static double inner_shift(const ig_branch *b, const ig_op_data *data, int64_t o)
{
    double sum = 0;
    for (int64_t m = 0; m < b->inner.out; m++)
        sum += (double)ig_branch_row(b, data, b->inner.out, o)[m] * inner_affine(&b->inner, data, m).shift;
    return sum;
}

ig_affine ig_branch_affine(const ig_branch *b, const ig_op_data *data, int64_t channel)
{
    const int64_t own = channel - b->row;
    double bias = b->bias_slot >= 0 ? (double)data->params[b->bias_slot][own] : 0;
    bias += inner_shift(b, data, channel);
    double times = b->factor * (b->times_slot >= 0 ? (double)data->params[b->times_slot][own] : 1);
    ig_affine norm = {1, 0};
    if (b->after_slot >= 0)
        norm = ig_norm_affine(data->params + b->after_slot, b->after_eps, own);
    if (b->unshifted)
        norm.shift = 0;
    return (ig_affine){times * norm.scale, times * (bias * norm.scale + norm.shift)};
}

ig_affine ig_branch_before(const ig_branch *b, const ig_op_data *data, int64_t channel)
{
    if (b->before_slot < 0)
        return (ig_affine){1, 0};
    return ig_norm_affine(data->params + b->before_slot, b->before_eps, channel);
}

const float *ig_branch_row(const ig_branch *b, const ig_op_data *data, int64_t channels, int64_t o)
{
    const int64_t column = (o - b->row) * ig_branch_columns(b, channels) + b->first;
    return data->params[b->weight_slot] + column * b->kernel[0] * b->kernel[1];
}

double ig_branch_tap(const ig_branch *b, const ig_op_data *data, const ig_shape *weight, const int64_t at[4])
{
    const int64_t kernel[2] = {weight->rank == 4 ? weight->dim[2] : 1, weight->rank == 4 ? weight->dim[3] : 1};
    const int64_t y = at[2] - (kernel[0] - b->kernel[0]) / 2, x = at[3] - (kernel[1] - b->kernel[1]) / 2;
    if (y < 0 || y >= b->kernel[0] || x < 0 || x >= b->kernel[1])
        return 0;
    if (b->weight_slot < 0) /* as many outputs as inputs: within its group, a channel passes on itself */
        return at[0] % weight->dim[1] == at[1];
    return (double)ig_branch_row(b, data, weight->dim[1], at[0])[(at[1] * b->kernel[0] + y) * b->kernel[1] + x];
}

void ig_branch_write_row(const ig_branch *b, const ig_op_data *data, const ig_shape *weight, int64_t o, double factor,
                         float *out)
{
    const int64_t length = ig_op_span(weight, 1, weight->rank);
    const float *row = ig_branch_row(b, data, weight->dim[1], o);
    for (int64_t i = 0; i < length && !b->inner.scope; i++)
        out[i] = (float)(factor * (double)row[i]);
    for (int64_t at = 0, n; at < length && b->inner.scope; at += n) {
        double sum[IG_TILE] = {0};
        n = ig_min(IG_TILE, length - at);
        for (int64_t m = 0; m < b->inner.out; m++) {
            const double w = (double)row[m] * inner_affine(&b->inner, data, m).scale;
            const float *inner = data->params[b->inner.weight_slot] + m * length + at;
            for (int64_t i = 0; i < n; i++)
                sum[i] += w * (double)inner[i];
        }
        for (int64_t i = 0; i < n; i++)
            out[at + i] = (float)(factor * sum[i]);
    }
}
