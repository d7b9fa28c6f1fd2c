#include "graph/ops/common.h"

#include <math.h>

enum { SIZES, RATIOS, IMAGE, STRIDE, ROUND, CLAMP, CLIP };

static const ig_attr_spec attrs[] = {
    [SIZES] = {.name = "sizes",
               .type = IG_ATTR_INTS,
               .required = true,
               .min = 1,
               .max = IG_MAX_EXTENT,
               .doc = "anchor sizes in pixels: square roots of their areas"},
    [RATIOS] = {.name = "ratios",
                .type = IG_ATTR_INTS,
                .required = true,
                .min = 1,
                .max = 1000000,
                .doc = "height over width of the anchors, in hundredths"},
    [IMAGE] = {.name = "image",
               .type = IG_ATTR_PAIR,
               .min = 0,
               .max = IG_MAX_EXTENT,
               .doc = "image height and width in pixels; needed to clip and for stride 0"},
    [STRIDE] = {.name = "stride",
                .type = IG_ATTR_INT,
                .min = 0,
                .max = IG_MAX_EXTENT,
                .doc = "pixels from one cell to the next; 0 stands for floor(image extent / map extent) per axis"},
    [ROUND] = {.name = "round",
               .type = IG_ATTR_BOOL,
               .doc = "rounds half the anchors' extents to whole pixels, ties to even"},
    [CLAMP] = {.name = "clamp", .type = IG_ATTR_BOOL, .fallback = 1, .doc = "dw and dh count as log(1000/16) at most"},
    [CLIP] = {.name = "clip",
              .type = IG_ATTR_BOOL,
              .fallback = 1,
              .doc = "moves corners outside the image to its edge"},
};

static int64_t anchors_of(const ig_op_context *call)
{
    return (int64_t)call->attrs[SIZES].n_list * call->attrs[RATIOS].n_list;
}

/* Pixels from cell to cell along height (0) or width (1). */
static int64_t stride_of(const ig_op_context *call, int axis)
{
    int64_t stride = call->attrs[STRIDE].i;
    return stride > 0 ? stride : call->attrs[IMAGE].list[axis] / call->inputs[0].dim[2 + axis];
}

static ig_status check_image(const ig_op_context *call, ig_error *error)
{
    bool needed = call->attrs[CLIP].i || call->attrs[STRIDE].i == 0;
    for (int axis = 0; axis < 2 && needed; axis++) {
        int64_t extent = call->attrs[IMAGE].list[axis];
        if (extent >= 1 && stride_of(call, axis) >= 1)
            continue;
        ig_status status = ig_op_refuse(call, error, "the image is not given or smaller than the map");
        ig_error_expected(error, "an image of at least %lldx%lld pixels", (long long)call->inputs[0].dim[2],
                          (long long)call->inputs[0].dim[3]);
        ig_error_found(error, "%lldx%lld", (long long)call->attrs[IMAGE].list[0],
                       (long long)call->attrs[IMAGE].list[1]);
        ig_error_hint(error, "give `image`, or a stride and `clip: false`");
        return status;
    }
    return IG_OK;
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 4, 4, error);
    if (status == IG_OK)
        status = check_image(call, error);
    if (status != IG_OK)
        return status;
    const ig_shape *in = &call->inputs[0];
    int64_t anchors = anchors_of(call);
    if (anchors == 0 || in->dim[1] != 4 * anchors) {
        status = ig_op_refuse(call, error, "the channels do not fit the anchors");
        ig_error_expected(error, "4 for each pair of a size and a ratio: %lld", (long long)(4 * anchors));
        ig_error_found(error, "%lld channels", (long long)in->dim[1]);
        return status;
    }
    return ig_op_set_output(call, IG_SHAPE(in->dim[0], in->dim[2] * in->dim[3] * anchors, 4), error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    int64_t boxes = ig_op_span(&call->output, 0, 2);
    *out = (ig_cost){.adds = (call->attrs[CLIP].i ? 14 : 6) * boxes + (call->attrs[CLAMP].i ? 2 : 0) * boxes,
                     .other = 10 * boxes};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_shape *in = &call->inputs[0];
    const ig_op_var vars[] = {
        {"N", in->dim[0]},
        {"A", anchors_of(call)},
        {"H", in->dim[2]},
        {"W", in->dim[3]},
        {"STEP_Y", stride_of(call, 0)},
        {"STEP_X", stride_of(call, 1)},
        {"IMAGE_H", call->attrs[IMAGE].list[0]},
        {"IMAGE_W", call->attrs[IMAGE].list[1]},
        {"CLAMP", call->attrs[CLAMP].i},
        {"CLIP", call->attrs[CLIP].i},
    };
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

static int64_t units(const ig_op_context *call)
{
    return call->inputs[0].dim[0] * anchors_of(call);
}

/* Width (0) or height (1) of an anchor. */
static double anchor_extent(const ig_op_context *call, int64_t anchor, int axis)
{
    int n_sizes = call->attrs[SIZES].n_list;
    double size = (double)call->attrs[SIZES].list[anchor % n_sizes];
    double root = sqrt((double)call->attrs[RATIOS].list[anchor / n_sizes] / 100);
    double extent = axis == 0 ? size / root : size * root;
    return call->attrs[ROUND].i ? 2 * nearbyint(extent / 2) : extent;
}

/* Slot 0: width and height of every anchor. */
static int64_t device_param(const ig_op_context *call, const ig_op_data *data, int slot, float *out)
{
    (void)data;
    if (slot != 0)
        return 0;
    int64_t elems = 2 * anchors_of(call);
    for (int64_t i = 0; out && i < elems; i++)
        out[i] = (float)anchor_extent(call, i / 2, (int)(i % 2));
    return elems;
}

/* First and last coordinate of a box along one axis, 0 being x; `delta` points at dx or dy of the box. */
static void decode_axis(const ig_op_context *call, const float *delta, int64_t plane, double centre, double extent,
                        int axis, float *box)
{
    double shift = (double)delta[0], growth = (double)delta[2 * plane];
    if (call->attrs[CLAMP].i && growth > log(1000.0 / 16))
        growth = log(1000.0 / 16);
    centre += shift * extent;
    extent *= exp(growth);
    for (int side = 0; side < 2; side++) {
        double at = centre + (side == 0 ? -0.5 : 0.5) * extent, last = (double)call->attrs[IMAGE].list[1 - axis];
        if (call->attrs[CLIP].i)
            at = at < 0 ? 0 : at > last ? last : at;
        box[2 * side] = (float)at;
    }
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const ig_shape *in = &call->inputs[0];
    int64_t anchors = anchors_of(call), width = in->dim[3], plane = in->dim[2] * width;
    for (int64_t unit = range.begin; unit < range.end; unit++) {
        int64_t image = unit / anchors, anchor = unit % anchors;
        for (int64_t cell = 0; cell < plane; cell++) {
            const float *delta = data->inputs[0] + unit * 4 * plane + cell;
            float *box = data->output + ((image * plane + cell) * anchors + anchor) * 4;
            for (int axis = 0; axis < 2; axis++) {
                int64_t index = axis == 0 ? cell % width : cell / width;
                double centre = (double)(index * stride_of(call, 1 - axis));
                decode_axis(call, delta + axis * plane, plane, centre, anchor_extent(call, anchor, axis), axis,
                            box + axis);
            }
        }
    }
}

const ig_op ig_op_anchor_decode = {
    .name = "anchor_decode",
    .doc =
        "x[n, a*4+{0,1,2,3}, v, u] = dx, dy, dw, dh -> y[n, (v*W+u)*A+a] = x1, y1, x2, y2 of the box with centre "
        "(u*stride + dx*w, v*stride + dy*h) and extents w*exp(dw), h*exp(dh); anchor a = ratio_index*sizes+size_index "
        "has w = size/sqrt(ratio), h = size*sqrt(ratio)",
    .source = "Faster R-CNN; torchvision's AnchorGenerator and BoxCoder",
    .cost_doc = "6 adds and 10 other per box; clamp: 2 adds; clip: 8 adds",
    .problem_doc = "N A H W STEP_Y STEP_X IMAGE_H IMAGE_W CLAMP CLIP",
    .params_doc = "0 (no tensor of the checkpoint) [A, 2] width and height of the anchors",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 1,
    .max_inputs = 1,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = units,
    .reference = reference,
    .device_param = device_param,
};
