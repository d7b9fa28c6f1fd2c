/* Parameter tensors as kernels want them, each once for all steps that ask for the same. */
#include "plan/plan.h"

#include "base/error.h"

#include <string.h>

static int64_t align_up(int64_t count, int64_t step)
{
    return (count + step - 1) / step * step;
}

static int64_t packed_elems(const ig_plan_param *param, const ig_param_decl *decl)
{
    if (param->elems == 0)
        return 1; /* the dummy a kernel gets for a parameter this call does not have */
    if (param->pack == IG_PACK_NONE)
        return param->elems;
    const ig_shape *shape = &decl->shape;
    const ig_spectrum *s = &param->spectrum;
    if (param->pack == IG_PACK_SPECTRUM && shape->rank != 4) /* one filter for all channels */
        return param->tile * s->fh * (s->fw / 2 + 1) * 2;
    const int64_t rows = ig_op_param_rows(decl), taps = shape->rank == 4 ? shape->dim[2] * shape->dim[3] : 1;
    const int64_t columns = param->elems / rows / taps, side = param->winograd.m + 2;
    const int64_t points = param->pack == IG_PACK_WINOGRAD   ? side * side
                           : param->pack == IG_PACK_SPECTRUM ? s->fh * (s->fw / 2 + 1) * 2
                                                             : taps;
    return align_up(rows, param->tile) * align_up(columns, param->block) * points;
}

/* A tensor that no checkpoint holds (a table) is made of attributes and extents: those must agree. */
static bool same_call(const ig_graph *graph, const ig_node *x, const ig_node *y)
{
    for (int i = 0; i < x->op->n_attrs; i++) {
        const ig_attr *a = &x->attrs[i], *b = &y->attrs[i];
        if (a->i != b->i || a->f != b->f || a->n_list != b->n_list || memcmp(a->list, b->list, sizeof a->list) != 0)
            return false;
    }
    for (int i = 0; i < x->n_inputs; i++)
        if (i >= y->n_inputs || !ig_shape_equal(&graph->values[x->inputs[i]].shape, &graph->values[y->inputs[i]].shape))
            return false;
    return true;
}

static bool same_words(const ig_attr *a, const ig_attr *b)
{
    bool same = a->n_words == b->n_words;
    for (int i = 0; i < a->n_words && same; i++)
        same = strcmp(a->words[i], b->words[i]) == 0;
    return same;
}

static bool same_param(const ig_plan *plan, const ig_plan_param *a, const ig_plan_param *b)
{
    const ig_node *x = &plan->graph->nodes[a->node], *y = &plan->graph->nodes[b->node];
    if (a->slot != b->slot || a->pack != b->pack || a->tile != b->tile || a->block != b->block ||
        memcmp(&a->winograd, &b->winograd, sizeof a->winograd) != 0 ||
        memcmp(&a->spectrum, &b->spectrum, sizeof a->spectrum) != 0 || a->elems != b->elems || x->op != y->op ||
        memcmp(x->params, y->params, sizeof x->params) != 0)
        return false;
    for (int i = 0; i < x->op->n_attrs; i++) /* eps of a folded norm changes the weights */
        if (x->attrs[i].f != y->attrs[i].f || !same_words(&x->attrs[i], &y->attrs[i]))
            return false;
    return x->params[a->slot] >= 0 || same_call(plan->graph, x, y);
}

ig_status ig_plan_add_param(ig_plan *plan, const ig_plan_param *param, int *index, ig_error *error)
{
    for (int i = 0; param->elems && i < plan->n_params; i++)
        if (same_param(plan, &plan->params[i], param)) {
            *index = i;
            return IG_OK;
        }
    if (!ig_arena_grow(plan->arena, (void **)&plan->params, &plan->cap_params, plan->n_params + 1, sizeof *param))
        return ig_fail_memory(error, sizeof *param);
    plan->params[plan->n_params] = *param;
    *index = plan->n_params++;
    return IG_OK;
}

static int64_t param_elems(const ig_op_context *call, int slot)
{
    if (call->op->device_param)
        return call->op->device_param(call, NULL, slot, NULL);
    return call->params[slot].suffix ? ig_shape_elems(&call->params[slot].shape) : 0;
}

static bool get_winograd(const ig_step *step, ig_plan_param *param)
{
    ig_winograd *out = &param->winograd;
    return ig_kernel_vars_get(&step->vars, "M", &out->m) && ig_kernel_vars_get(&step->vars, "NEAR", &out->near) &&
           ig_kernel_vars_get(&step->vars, "FAR", &out->far) && ig_kernel_vars_get(&step->vars, "IB", &param->block);
}

static bool get_spectrum(const ig_step *step, ig_spectrum *out)
{
    const ig_kernel_vars *vars = &step->vars;
    return ig_kernel_vars_get(vars, "KH", &out->kh) && ig_kernel_vars_get(vars, "KW", &out->kw) &&
           ig_kernel_vars_get(vars, "DH", &out->dh) && ig_kernel_vars_get(vars, "DW", &out->dw) &&
           ig_kernel_vars_get(vars, "FH", &out->fh) && ig_kernel_vars_get(vars, "FW", &out->fw);
}

ig_status ig_plan_lower_param(ig_plan *plan, const ig_op_context *call, const ig_step *step, const ig_karg *karg,
                              ig_plan_arg *arg, ig_error *error)
{
    ig_plan_param param = {.node = step->node, .slot = karg->index, .pack = karg->pack, .tile = 1, .block = 1};
    if (karg->index >= IG_MAX_PARAMS)
        return ig_fail(error, IG_E_INTERNAL, "kernel %s asks for parameter slot %d", step->kernel->name, karg->index);
    param.elems = param_elems(call, karg->index);
    if (karg->pack != IG_PACK_NONE) {
        ig_status status = ig_kernel_eval(step->kernel, karg->pack_size, &step->vars, &param.tile, error);
        if (status)
            return status;
    }
    if (param.pack == IG_PACK_OC_TILE_BLOCKED)
        (void)ig_kernel_vars_get(&step->vars, "IN_BLOCK", &param.block);
    if ((param.pack == IG_PACK_WINOGRAD && !get_winograd(step, &param)) ||
        (param.pack == IG_PACK_SPECTRUM && !get_spectrum(step, &param.spectrum)))
        return ig_fail(error, IG_E_INTERNAL, "kernel %s does not say how '%s' is packed", step->kernel->name,
                       karg->name);
    if (param.tile < 1)
        return ig_fail(error, IG_E_INTERNAL, "kernel %s packs by a tile below 1", step->kernel->name);
    param.pack_elems = packed_elems(&param, &call->params[karg->index]);
    return ig_plan_add_param(plan, &param, &arg->index, error);
}
