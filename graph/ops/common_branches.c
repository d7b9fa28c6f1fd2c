#include "graph/ops/common.h"

#include <string.h>

static void read_norm(ig_words *w, const char **path, double *eps)
{
    *path = ig_words_take(w);
    *eps = ig_words_take_double(w);
}

static void read_branch(ig_words *w, ig_branch *b)
{
    bool linear = false; /* in front of a convolution a shift would have to stop at the border */
    *b = (ig_branch){.kernel = {1, 1}, .factor = 1};
    if (ig_words_take_if(w, "conv")) {
        b->kernel[0] = ig_words_take_int(w, IG_MAX_WINDOW);
        b->kernel[1] = ig_words_take_int(w, IG_MAX_WINDOW);
        b->scope = ig_words_take(w);
    } else if (ig_words_take_if(w, "linear")) {
        b->scope = ig_words_take(w);
        linear = true;
    } else if (!ig_words_take_if(w, "identity")) {
        w->failed = true;
    }
    b->bias = ig_words_take_if(w, "bias");
    if (linear && ig_words_take_if(w, "before"))
        read_norm(w, &b->before, &b->before_eps);
    if (ig_words_take_if(w, "after"))
        read_norm(w, &b->after, &b->after_eps);
    if (ig_words_take_if(w, "times"))
        b->times = ig_words_take(w);
    if (ig_words_take_if(w, "factor"))
        b->factor = ig_words_take_double(w);
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
        b->bias_slot = b->bias ? slot++ : -1;
        b->times_slot = b->times ? slot++ : -1;
        b->before_slot = b->before ? slot : -1;
        slot += b->before ? IG_NORM_PARAMS : 0;
        b->after_slot = b->after ? slot : -1;
        slot += b->after ? IG_NORM_PARAMS : 0;
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
    const int64_t out = weight.dim[0], in = weight.dim[1];
    for (int i = 0; i < list->count; i++) {
        const ig_branch *b = &list->item[i];
        ig_shape own = weight.rank == 4 ? IG_SHAPE(out, in, b->kernel[0], b->kernel[1]) : weight;
        declare_under(call, b->weight_slot, b->scope, "weight", own, weight_kind);
        declare_under(call, b->bias_slot, b->scope, "bias", IG_SHAPE(out), bias_kind);
        declare_under(call, b->times_slot, b->times, "", IG_SHAPE(out, 1, 1), IG_PARAM_OTHER);
        if (b->before)
            ig_norm_declare(call, b->before_slot, b->before, in);
        if (b->after)
            ig_norm_declare(call, b->after_slot, b->after, out);
    }
}

ig_affine ig_branch_affine(const ig_branch *b, const ig_op_data *data, int64_t channel)
{
    double bias = b->bias_slot >= 0 ? (double)data->params[b->bias_slot][channel] : 0;
    double times = b->factor * (b->times_slot >= 0 ? (double)data->params[b->times_slot][channel] : 1);
    ig_affine norm = {1, 0};
    if (b->after_slot >= 0)
        norm = ig_norm_affine(data->params + b->after_slot, b->after_eps, channel);
    return (ig_affine){times * norm.scale, times * (bias * norm.scale + norm.shift)};
}

ig_affine ig_branch_before(const ig_branch *b, const ig_op_data *data, int64_t channel)
{
    if (b->before_slot < 0)
        return (ig_affine){1, 0};
    return ig_norm_affine(data->params + b->before_slot, b->before_eps, channel);
}

double ig_branch_tap(const ig_branch *b, const ig_op_data *data, const ig_shape *weight, const int64_t at[4])
{
    const int64_t kernel[2] = {weight->rank == 4 ? weight->dim[2] : 1, weight->rank == 4 ? weight->dim[3] : 1};
    const int64_t y = at[2] - (kernel[0] - b->kernel[0]) / 2, x = at[3] - (kernel[1] - b->kernel[1]) / 2;
    if (y < 0 || y >= b->kernel[0] || x < 0 || x >= b->kernel[1])
        return 0;
    if (b->weight_slot < 0) /* as many outputs as inputs: within its group, a channel passes on itself */
        return at[0] % weight->dim[1] == at[1];
    return (double)
        data->params[b->weight_slot][((at[0] * weight->dim[1] + at[1]) * b->kernel[0] + y) * b->kernel[1] + x];
}
