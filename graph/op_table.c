#include "base/text.h"
#include "graph/ops/common.h"

#include <string.h>

#define IG_OP(name) &ig_op_##name,
const ig_op *const ig_op_table[] = {
#include "graph/ops.def"
};
#undef IG_OP

const int ig_op_count = (int)(sizeof ig_op_table / sizeof ig_op_table[0]);

const ig_op *ig_op_find(const char *name)
{
    for (int i = 0; i < ig_op_count; i++) {
        if (strcmp(ig_op_table[i]->name, name) == 0)
            return ig_op_table[i];
    }
    return NULL;
}

int ig_op_attr_index(const ig_op *op, const char *name)
{
    for (int i = 0; i < op->n_attrs; i++) {
        if (ig_text_equal(op->attrs[i].name, name))
            return i;
    }
    return -1;
}

const ig_attr *ig_op_attr(const ig_op_context *call, const char *name)
{
    static const ig_attr absent; /* a caller's mistake reads zeros, not foreign memory */
    int index = ig_op_attr_index(call->op, name);
    return index < 0 ? &absent : &call->attrs[index];
}

int64_t ig_op_param_rows(const ig_param_decl *param)
{
    return param->rows > 0 ? param->rows : param->shape.dim[0];
}

bool ig_op_call_is_view(const ig_op_context *call)
{
    if (call->then.count > 0)
        return false;
    return call->op->is_view_call ? call->op->is_view_call(call) : call->op->is_view;
}

void ig_op_attr_defaults(const ig_op *op, ig_attr *attrs)
{
    for (int i = 0; i < op->n_attrs; i++) {
        const ig_attr_spec *spec = &op->attrs[i];
        attrs[i] = (ig_attr){.f = spec->ffallback, .s = ""};
        if (spec->type == IG_ATTR_PAIR) {
            attrs[i].n_list = 2;
            attrs[i].list[0] = attrs[i].list[1] = spec->fallback;
        } else {
            attrs[i].i = spec->fallback;
        }
    }
}
