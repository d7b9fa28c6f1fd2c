#include "graph/ops/common.h"

#include <inttypes.h>
#include <math.h>

enum { WEIGHTS, CLAMP, IMAGE };

static const ig_attr_spec attrs[] = {
    [WEIGHTS] = {.name = "weights",
                 .type = IG_ATTR_INTS,
                 .min = 1,
                 .max = IG_MAX_EXTENT,
                 .doc = "[wx, wy, ww, wh]: what dx, dy, dw and dh are divided by; all 1 when left out"},
    [CLAMP] = {.name = "clamp", .type = IG_ATTR_BOOL, .fallback = 1, .doc = "dw and dh count as log(1000/16) at most"},
    [IMAGE] = {.name = "image",
               .type = IG_ATTR_PAIR,
               .min = 0,
               .max = IG_MAX_EXTENT,
               .doc = "image height and width, to whose edges corners outside are moved; 0 leaves them"},
};

static ig_status check_weights(const ig_op_context *call, ig_error *error)
{
    const int64_t *image = call->attrs[IMAGE].list;
    int count = call->attrs[WEIGHTS].n_list;
    if (count != 0 && count != 4) {
        ig_status status = ig_op_refuse(call, error, "the weights are not four");
        ig_error_expected(error, "[wx, wy, ww, wh]");
        ig_error_found(error, "%d", count);
        return status;
    }
    if ((image[0] == 0) == (image[1] == 0))
        return IG_OK;
    ig_status status = ig_op_refuse(call, error, "the image has only one extent");
    ig_error_expected(error, "height and width, or 0 for both");
    ig_error_found(error, "%" PRId64 "x%" PRId64, image[0], image[1]);
    return status;
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    const ig_shape *rois = &call->inputs[0], *deltas = &call->inputs[1];
    char text[128];
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK && (rois->rank != 3 || rois->dim[2] < 4 || rois->dim[2] > 5)) {
        status = ig_op_refuse(call, error, "the boxes are not rows of x1, y1, x2, y2 and perhaps a score");
        ig_error_expected(error, "[N, K, 4] or [N, K, 5]");
        ig_error_found(error, "%s", ig_shape_text(rois, text, sizeof text));
    }
    if (status == IG_OK)
        status = check_weights(call, error);
    if (status != IG_OK)
        return status;
    if (deltas->rank != 2 || deltas->dim[0] != rois->dim[0] * rois->dim[1] || deltas->dim[1] % 4 != 0) {
        status = ig_op_refuse(call, error, "the deltas do not fit the boxes");
        ig_error_expected(error, "%" PRId64 " rows of 4 columns a class", rois->dim[0] * rois->dim[1]);
        ig_error_found(error, "%s", ig_shape_text(deltas, text, sizeof text));
        return status;
    }
    return ig_op_set_output(call, IG_SHAPE(rois->dim[0], rois->dim[1], deltas->dim[1] / 4, 4), error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    int64_t boxes = ig_op_span(&call->output, 0, 3);
    bool clips = call->attrs[IMAGE].list[0] > 0;
    *out = (ig_cost){.adds = (10 + (call->attrs[CLAMP].i ? 2 : 0) + (clips ? 8 : 0)) * boxes, .other = 16 * boxes};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_attr *weights = &call->attrs[WEIGHTS];
    bool given = weights->n_list > 0;
    const ig_op_var vars[] = {
        {"ROIS", call->inputs[1].dim[0]},         {"COLS", call->inputs[0].dim[2]},
        {"CLASSES", call->output.dim[2]},         {"WX", given ? weights->list[0] : 1},
        {"WY", given ? weights->list[1] : 1},     {"WW", given ? weights->list[2] : 1},
        {"WH", given ? weights->list[3] : 1},     {"IMAGE_H", call->attrs[IMAGE].list[0]},
        {"IMAGE_W", call->attrs[IMAGE].list[1]},  {"CLAMP", call->attrs[CLAMP].i},
        {"CLIP", call->attrs[IMAGE].list[0] > 0},
    };
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

/* A unit is an input box. */
static int64_t units(const ig_op_context *call)
{
    return call->inputs[1].dim[0];
}

/* First and last coordinate along x (0) or y (1); all pointers stand at their item for that axis. */
static void decode_axis(const ig_op_context *call, const float *roi, const float *delta, int axis, float *box)
{
    const ig_attr *weights = &call->attrs[WEIGHTS];
    double extent = (double)roi[2] - (double)roi[0], centre = (double)roi[0] + 0.5 * extent;
    double shift = (double)delta[0] / (weights->n_list > 0 ? (double)weights->list[axis] : 1);
    double growth = (double)delta[2] / (weights->n_list > 0 ? (double)weights->list[axis + 2] : 1);
    if (call->attrs[CLAMP].i && growth > log(1000.0 / 16))
        growth = log(1000.0 / 16);
    centre += shift * extent;
    extent *= exp(growth);
    for (int side = 0; side < 2; side++) {
        double at = centre + (side == 0 ? -0.5 : 0.5) * extent, last = (double)call->attrs[IMAGE].list[1 - axis];
        if (last > 0)
            at = at < 0 ? 0 : at > last ? last : at;
        box[2 * side] = (float)at;
    }
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    int64_t classes = call->output.dim[2];
    for (int64_t i = range.begin * classes; i < range.end * classes; i++) {
        const float *roi = data->inputs[0] + i / classes * call->inputs[0].dim[2], *delta = data->inputs[1] + 4 * i;
        for (int axis = 0; axis < 2; axis++)
            decode_axis(call, roi + axis, delta + axis, axis, data->output + 4 * i + axis);
    }
}

const ig_op ig_op_box_decode = {
    .name = "box_decode",
    .doc = "box (x1, y1, x2, y2) of centre c and extents w, h, deltas[n*K+k, 4*class+{0,1,2,3}] = dx, dy, dw, dh -> "
           "y[n, k, class] = x1, y1, x2, y2 of the box with centre (cx + dx/wx*w, cy + dy/wy*h) and extents "
           "w*exp(dw/ww), h*exp(dh/wh); a fifth column of the boxes is ignored",
    .source = "Faster R-CNN; torchvision's BoxCoder",
    .cost_doc = "10 adds and 16 other per result box; clamp: 2 adds; clipping: 8 adds",
    .problem_doc = "ROIS COLS CLASSES WX WY WW WH IMAGE_H IMAGE_W CLAMP CLIP",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 2,
    .max_inputs = 2,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = units,
    .reference = reference,
};
