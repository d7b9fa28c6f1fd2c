#include "graph/ops/common.h"

#include <string.h>

void ig_copy_problem(const ig_copy *copy, ig_op_emit emit, void *user)
{
    const ig_op_var vars[] = {{"OUTER", copy->outer},   {"LEN", copy->len},         {"IN_ROW", copy->in_row},
                              {"IN_OFF", copy->in_off}, {"OUT_ROW", copy->out_row}, {"OUT_OFF", copy->out_off},
                              {"AXIS", copy->axis},     {"INNER", copy->inner}};
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

void ig_copy_run(const ig_copy *copy, const float *in, float *out, ig_op_range rows)
{
    for (int64_t o = rows.begin; o < rows.end; o++)
        memcpy(out + o * copy->out_row + copy->out_off, in + o * copy->in_row + copy->in_off,
               (size_t)copy->len * sizeof *out);
}
