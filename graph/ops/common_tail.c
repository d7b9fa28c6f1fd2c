#include "graph/ops/common.h"

#include <string.h>

static const char *norm_path(const ig_op_context *call)
{
    const char *path = ig_op_attr(call, "norm")->s;
    return path && *path ? path : NULL;
}

/* Only conv2d and linear can be sums of branches. */
static const ig_attr *branches_attr(const ig_op_context *call)
{
    int index = ig_op_attr_index(call->op, "branches");
    return index >= 0 && call->attrs[index].n_words > 0 ? &call->attrs[index] : NULL;
}

static const int64_t *kernel_of(const ig_op_context *call)
{
    static const int64_t POINT[2] = {1, 1};
    return ig_op_attr_index(call->op, "kernel") >= 0 ? ig_op_attr(call, "kernel")->list : POINT;
}

void ig_tail_branches(const ig_op_context *call, ig_branches *out)
{
    const ig_attr *words = branches_attr(call);
    if (words && ig_branches_read(words, kernel_of(call), out))
        return;
    *out = (ig_branches){.count = 1};
    out->item[0] = (ig_branch){.kernel = {kernel_of(call)[0], kernel_of(call)[1]},
                               .factor = 1,
                               .after_eps = ig_op_attr(call, "norm_eps")->f,
                               .weight_slot = IG_TAIL_WEIGHT,
                               .bias_slot = ig_op_attr(call, "bias")->i ? IG_TAIL_BIAS : -1,
                               .times_slot = -1,
                               .before_slot = -1,
                               .after_slot = norm_path(call) ? IG_TAIL_NORM : -1};
}

ig_status ig_tail_declare(ig_op_context *call, ig_shape weight, ig_param_kind weight_kind, ig_param_kind bias_kind,
                          ig_error *error)
{
    const ig_attr *words = branches_attr(call);
    ig_branches list;
    if (words && (!ig_branches_read(words, kernel_of(call), &list) || !ig_branches_fit(&list, &weight)))
        return ig_op_refuse(call, error, "`branches` is no sum of linear maps one of which fills the kernel");
    if (words) {
        ig_branches_declare(call, &list, weight, weight_kind, bias_kind);
        return IG_OK;
    }
    int64_t channels = weight.dim[0];
    ig_op_declare(call, IG_TAIL_WEIGHT, "weight", weight, weight_kind);
    if (ig_op_attr(call, "bias")->i)
        ig_op_declare(call, IG_TAIL_BIAS, "bias", IG_SHAPE(channels), bias_kind);
    if (norm_path(call))
        ig_norm_declare(call, IG_TAIL_NORM, norm_path(call), channels);
    return IG_OK;
}

bool ig_tail_has_bias(const ig_op_context *call)
{
    return ig_op_attr(call, "bias")->i || norm_path(call) || branches_attr(call);
}

void ig_tail_cost(const ig_op_context *call, ig_cost *out)
{
    int64_t elems = ig_op_elems(call);
    int64_t norm = norm_path(call) ? elems : 0;
    bool bias = ig_op_attr(call, "bias")->i || branches_attr(call);
    out->adds += norm + (bias ? elems : 0);
    out->other += norm;
}

ig_affine ig_tail_affine(const ig_op_context *call, const ig_op_data *data, int64_t channel)
{
    ig_branches list;
    ig_tail_branches(call, &list);
    return ig_branch_affine(&list.item[0], data, channel);
}

/* The merged bias of one output channel, as its branches make it: every branch's own, and what a norm in front of a
 * branch shifts. */
static double merged_bias(const ig_branches *list, const ig_op_data *data, const ig_shape *weight, int64_t channel)
{
    double sum = 0;
    for (int i = 0; i < list->count; i++) {
        const ig_branch *b = &list->item[i];
        ig_affine affine = ig_branch_affine(b, data, channel);
        sum += affine.shift;
        for (int64_t k = 0; b->before_slot >= 0 && k < weight->dim[1]; k++)
            sum += affine.scale * ig_branch_before(b, data, k).shift *
                   ig_branch_tap(b, data, weight, (const int64_t[]){channel, k, 0, 0});
    }
    return sum;
}

/* The merged weights of one output channel. */
static void merge_weights(const ig_branches *list, const ig_op_data *data, const ig_shape *weight, int64_t channel,
                          float *out)
{
    const int64_t kw = weight->rank == 4 ? weight->dim[3] : 1, area = ig_op_span(weight, 2, weight->rank);
    ig_affine affine[IG_MAX_BRANCHES];
    for (int b = 0; b < list->count; b++)
        affine[b] = ig_branch_affine(&list->item[b], data, channel);
    const ig_branch *first = &list->item[0];
    if (list->count == 1 && first->before_slot < 0 && first->kernel[0] * first->kernel[1] == area) {
        /* nothing to merge; and networks hold many millions */
        ig_branch_write_row(first, data, weight, channel, affine[0].scale, out);
        return;
    }
    for (int64_t i = 0; i < weight->dim[1] * area; i++) {
        const int64_t at[4] = {channel, i / area, i % area / kw, i % area % kw};
        double sum = 0;
        for (int b = 0; b < list->count; b++)
            sum += affine[b].scale * ig_branch_before(&list->item[b], data, at[1]).scale *
                   ig_branch_tap(&list->item[b], data, weight, at);
        out[i] = (float)sum;
    }
}

int64_t ig_tail_device_param(const ig_op_context *call, const ig_op_data *data, int slot, float *out)
{
    const ig_shape *weight = &call->params[IG_TAIL_WEIGHT].shape;
    int64_t channels = weight->dim[0], per_channel = ig_op_span(weight, 1, weight->rank);
    if (slot > IG_TAIL_BIAS || (slot == IG_TAIL_BIAS && !ig_tail_has_bias(call)))
        return 0;
    ig_branches all, list;
    ig_tail_branches(call, &all);
    for (int64_t c = 0; out && c < channels; c++) {
        ig_branches_pick(&all, c, &list);
        if (slot == IG_TAIL_BIAS)
            out[c] = (float)merged_bias(&list, data, weight, c);
        else
            merge_weights(&list, data, weight, c, out + c * per_channel);
    }
    return slot == IG_TAIL_BIAS ? channels : channels * per_channel;
}
