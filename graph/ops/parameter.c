#include "graph/ops/common.h"

#include <string.h>

enum { SHAPE, NORM };

static const ig_attr_spec attrs[] = {
    [SHAPE] = {.name = "shape",
               .type = IG_ATTR_INTS,
               .required = true,
               .min = 1,
               .max = IG_MAX_EXTENT,
               .doc = "extents of the tensor"},
    [NORM] = {.name = "of_norm",
              .type = IG_ATTR_WORDS,
              .internal = true,
              .doc =
                  "`scale PATH EPS` or `shift PATH EPS`: what the batch norm of that path multiplies channels by, or "
                  "adds to them, instead of a tensor of its own"},
};

/* What the tensor is of a batch norm. */
typedef struct norm_part {
    const char *path; /* NULL: of none, it is its own */
    bool shift;
    double eps;
} norm_part;

static bool read_norm(const ig_op_context *call, norm_part *out)
{
    ig_words w = {.list = &call->attrs[NORM]};
    *out = (norm_part){.path = NULL};
    if (w.list->n_words == 0)
        return true;
    out->shift = ig_words_take_if(&w, "shift");
    if (!out->shift && !ig_words_take_if(&w, "scale"))
        return false;
    out->path = ig_words_take(&w);
    out->eps = ig_words_take_double(&w);
    return !w.failed && w.at == w.list->n_words;
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    if (status != IG_OK)
        return status;
    if (call->attrs[SHAPE].n_list == 0)
        return ig_op_refuse(call, error, "the shape is empty");
    norm_part norm;
    if (!read_norm(call, &norm))
        return ig_op_refuse(call, error, "`of_norm` is neither `scale PATH EPS` nor `shift PATH EPS`");
    ig_shape shape = ig_shape_make(call->attrs[SHAPE].n_list, call->attrs[SHAPE].list);
    status = ig_op_set_output(call, shape, error);
    if (status == IG_OK && norm.path)
        ig_norm_declare(call, 0, norm.path, ig_op_elems(call));
    else if (status == IG_OK)
        ig_op_declare(call, 0, "", shape, IG_PARAM_OTHER);
    return status;
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    (void)call;
    *out = (ig_cost){0};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    emit(user, "ELEMS", ig_op_elems(call));
}

/* The tensor of slot 0; the others take part in it. */
static int64_t device_param(const ig_op_context *call, const ig_op_data *data, int slot, float *out)
{
    norm_part norm;
    (void)read_norm(call, &norm); /* inferred before */
    const int64_t elems = slot == 0 ? ig_op_elems(call) : 0;
    if (out && !norm.path)
        memcpy(out, data->params[0], (size_t)elems * sizeof *out);
    for (int64_t c = 0; out && norm.path && c < elems; c++) {
        const ig_affine affine = ig_norm_affine(data->params, norm.eps, c);
        out[c] = (float)(norm.shift ? affine.shift : affine.scale);
    }
    return elems;
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    (void)range;
    (void)device_param(call, data, 0, data->output);
}

const ig_op ig_op_parameter = {
    .name = "parameter",
    .doc = "y = a learned tensor of its own; the node's path is the tensor's name",
    .source = "torch.nn.Parameter",
    .params_doc =
        "0 the tensor itself, under the node's own path; with `of_norm` 0 `weight`, 1 `bias`, 2 `running_mean`, 3 "
        "`running_var` of that norm, one element for each of the tensor's",
    .cost_doc = "none",
    .problem_doc = "ELEMS",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .is_constant = true,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .reference = reference,
    .device_param = device_param,
};
