#include "graph/ops/common.h"

enum { ANCHORS, STRIDE };
enum { MAX_ANCHORS = IG_MAX_RANK / 2, BOX = 5 /* x, y, w, h and objectness; the classes follow */ };

static const ig_attr_spec attrs[] = {
    [ANCHORS] = {.name = "anchors",
                 .type = IG_ATTR_INTS,
                 .required = true,
                 .min = 1,
                 .max = IG_MAX_EXTENT,
                 .doc = "[w0, h0, w1, h1, w2, h2]: width and height of one to three anchors in image pixels"},
    [STRIDE] = {.name = "stride",
                .type = IG_ATTR_INT,
                .required = true,
                .min = 1,
                .max = IG_MAX_WINDOW,
                .doc = "image pixels from one cell of the map to the next"},
};

static ig_status refuse_anchors(const ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_refuse(call, error, "the anchors are not pairs of a width and a height");
    ig_error_expected(error, "2, 4 or %d numbers", 2 * MAX_ANCHORS);
    ig_error_found(error, "%d", call->attrs[ANCHORS].n_list);
    return status;
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 4, 4, error);
    if (status != IG_OK)
        return status;
    const ig_shape *in = &call->inputs[0];
    int n_list = call->attrs[ANCHORS].n_list, anchors = n_list / 2;
    if (n_list == 0 || n_list % 2 != 0)
        return refuse_anchors(call, error);
    int64_t columns = in->dim[1] / anchors;
    if (in->dim[1] % anchors != 0 || columns < BOX) {
        status = ig_op_refuse(call, error, "the channels do not fit the anchors");
        ig_error_expected(error, "%d times 5 plus the number of classes", anchors);
        ig_error_found(error, "%lld channels", (long long)in->dim[1]);
        return status;
    }
    return ig_op_set_output(call, IG_SHAPE(in->dim[0], anchors * in->dim[2] * in->dim[3], columns), error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    int64_t elems = ig_op_elems(call), rows = ig_op_span(&call->output, 0, 2);
    *out = ig_activation_cost(IG_ACT_SIGMOID, elems);
    out->adds += 4 * rows;
    out->other += 10 * rows;
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_shape *in = &call->inputs[0];
    const int64_t *anchor = call->attrs[ANCHORS].list;
    const ig_op_var vars[] = {
        {"N", in->dim[0]},
        {"A", call->attrs[ANCHORS].n_list / 2},
        {"H", in->dim[2]},
        {"W", in->dim[3]},
        {"AW0", anchor[0]},
        {"AH0", anchor[1]},
        {"AW1", anchor[2]},
        {"AH1", anchor[3]},
        {"AW2", anchor[4]},
        {"AH2", anchor[5]},
        {"COLS", call->output.dim[2]},
        {"STRIDE", call->attrs[STRIDE].i},
    };
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

static int64_t units(const ig_op_context *call)
{
    return call->inputs[0].dim[0] * (call->attrs[ANCHORS].n_list / 2);
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    int64_t width = call->inputs[0].dim[3], plane = call->inputs[0].dim[2] * width, columns = call->output.dim[2];
    double stride = (double)call->attrs[STRIDE].i;
    for (int64_t unit = range.begin; unit < range.end; unit++) { /* an anchor of an image */
        const int64_t *anchor = &call->attrs[ANCHORS].list[unit % (call->attrs[ANCHORS].n_list / 2) * 2];
        for (int64_t cell = 0; cell < plane; cell++) {
            float *row = data->output + (unit * plane + cell) * columns;
            for (int64_t c = 0; c < columns; c++) {
                double s = ig_activation_apply(IG_ACT_SIGMOID, data->inputs[0][(unit * columns + c) * plane + cell]);
                if (c < 2)
                    s = (2 * s - 0.5 + (double)(c == 0 ? cell % width : cell / width)) * stride;
                else if (c < 4)
                    s = 4 * s * s * (double)anchor[c - 2];
                row[c] = (float)s;
            }
        }
    }
}

const ig_op ig_op_yolo_decode = {
    .name = "yolo_decode",
    .doc = "x[n, a*COLS+k, v, u], s = sigmoid(x) -> y[n, (a*H+v)*W+u, k]: k = 0: (2s-0.5+u)*stride, 1: "
           "(2s-0.5+v)*stride, 2: (2s)^2 * width of anchor a, 3: (2s)^2 * its height (centre and size of the box in "
           "pixels), 4: objectness s, 5 and up: classes s",
    .source = "YOLOv5, Detect layer (since 2021)",
    .cost_doc = "1 add and 3 other per output element (sigmoid), 4 adds and 10 other per box",
    .problem_doc = "N A H W AW0 AH0 AW1 AH1 AW2 AH2 COLS STRIDE",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 1,
    .max_inputs = 1,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = units,
    .reference = reference,
};
