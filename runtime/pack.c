/* Parameters as kernels want them: norms folded in, output channels tiled. Done once per session, on the host. */
#include "runtime/session.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* [O][I][KH][KW] seen through the packing; a tensor of lower rank has extents of 1. The checkpoint's tensor may have
 * more input channels than the device's, and fewer outputs. */
typedef struct extents {
    int64_t o, i, kh, kw;
} extents;

static extents get_extents(const ig_param_decl *decl, int64_t elems)
{
    const ig_shape *shape = &decl->shape;
    const int64_t rows = ig_op_param_rows(decl);
    extents e = {.o = rows, .i = elems / rows, .kh = 1, .kw = 1};
    if (shape->rank == 4)
        e = (extents){rows, e.i / (shape->dim[2] * shape->dim[3]), shape->dim[2], shape->dim[3]};
    return e;
}

static void pack_oc_tile(const float *in, extents e, int64_t tile, float *out)
{
    const int64_t row = e.i * e.kh * e.kw;
    for (int64_t o = 0; o < e.o; o++)
        for (int64_t r = 0; r < row; r++)
            out[(o / tile * row + r) * tile + o % tile] = in[o * row + r];
}

static void pack_oc_tile_hiw(const float *in, extents e, int64_t tile, float *out)
{
    for (int64_t o = 0; o < e.o; o++)
        for (int64_t i = 0; i < e.i; i++)
            for (int64_t y = 0; y < e.kh; y++)
                for (int64_t x = 0; x < e.kw; x++) {
                    const int64_t from = ((o * e.i + i) * e.kh + y) * e.kw + x;
                    const int64_t to = ((o / tile * e.kh + y) * e.i + i) * e.kw + x;
                    out[to * tile + o % tile] = in[from];
                }
}

static void pack_oc_tile_blocked(const float *in, extents e, int64_t tile, int64_t block, float *out)
{
    const int64_t blocks = (e.i + block - 1) / block;
    for (int64_t o = 0; o < e.o; o++)
        for (int64_t i = 0; i < e.i; i++)
            for (int64_t y = 0; y < e.kh; y++)
                for (int64_t x = 0; x < e.kw; x++) {
                    const int64_t from = ((o * e.i + i) * e.kh + y) * e.kw + x;
                    const int64_t to = (((o / tile * blocks + i / block) * e.kh + y) * e.kw + x) * block + i % block;
                    out[to * tile + o % tile] = in[from];
                }
}

/* A filter for all channels is no weight that a checkpoint holds: it has no shape. */
static bool pack_spectrum(const ig_plan_param *param, const ig_param_decl *decl, const float *in, float *out)
{
    extents e = {.o = 1, .i = 1};
    if (decl->shape.rank == 4)
        e = get_extents(decl, param->elems);
    return ig_pack_spectrum(in, e.o, e.i, param, out);
}

/* False: out of memory. */
static bool pack(const ig_plan_param *param, const ig_param_decl *decl, const float *in, float *out)
{
    memset(out, 0, (size_t)param->pack_elems * sizeof *out);
    switch (param->pack) {
    case IG_PACK_NONE: memcpy(out, in, (size_t)param->elems * sizeof *out); break;
    case IG_PACK_OC_TILE: pack_oc_tile(in, get_extents(decl, param->elems), param->tile, out); break;
    case IG_PACK_OC_TILE_BLOCKED:
        pack_oc_tile_blocked(in, get_extents(decl, param->elems), param->tile, param->block, out);
        break;
    case IG_PACK_WINOGRAD:
        ig_pack_winograd(in, get_extents(decl, param->elems).o, get_extents(decl, param->elems).i, param, out);
        break;
    case IG_PACK_OC_TILE_HIW: pack_oc_tile_hiw(in, get_extents(decl, param->elems), param->tile, out); break;
    case IG_PACK_SPECTRUM: return pack_spectrum(param, decl, in, out);
    }
    return true;
}

static ig_status gather_raw(const ig_graph *graph, const ig_node *node, const ig_weights *weights, ig_op_data *data,
                            ig_error *error)
{
    for (int slot = 0; slot < IG_MAX_PARAMS; slot++) {
        if (node->params[slot] < 0)
            continue;
        const char *name = graph->params[node->params[slot]].name;
        data->params[slot] = ig_weights_get(weights, name);
        if (!data->params[slot])
            return ig_fail(error, IG_E_DATA, "the weights hold no tensor '%s'", name);
    }
    return IG_OK;
}

ig_status ig_session_pack_param(const ig_plan *plan, int index, const ig_weights *weights, float *out, ig_error *error)
{
    const ig_plan_param *param = &plan->params[index];
    const ig_node *node = &plan->graph->nodes[param->node];
    if (param->elems == 0) {
        out[0] = 0;
        return IG_OK;
    }
    ig_op_data data = {0};
    ig_status status = gather_raw(plan->graph, node, weights, &data, error);
    if (status)
        return status;
    ig_op_context call;
    ig_node_context(plan->graph, node, &call);
    const ig_param_decl *decl = &call.params[param->slot];
    if (!node->op->device_param)
        return pack(param, decl, data.params[param->slot], out) ? IG_OK : ig_fail_memory(error, 0);
    float *folded = malloc((size_t)param->elems * sizeof *folded);
    if (!folded)
        return ig_fail_memory(error, (size_t)param->elems * sizeof *folded);
    node->op->device_param(&call, &data, param->slot, folded);
    const bool packed = pack(param, decl, folded, out);
    free(folded);
    return packed ? IG_OK : ig_fail_memory(error, 0);
}
