#include "graph/ops/common.h"

#include <inttypes.h>
#include <math.h>

enum { SIZE, IMAGE };
enum { MAX_BINS = 128, FAR = 1 << 22 /* bins times pixels fit 32 bits */ };

static const ig_attr_spec attrs[] = {
    [SIZE] = {.name = "size",
              .type = IG_ATTR_PAIR,
              .required = true,
              .min = 1,
              .max = MAX_BINS,
              .doc = "bins along height and width"},
    [IMAGE] = {.name = "image",
               .type = IG_ATTR_PAIR,
               .required = true,
               .min = 1,
               .max = IG_MAX_EXTENT,
               .doc = "height and width of the image, in the regions' units"},
};

static ig_status infer(ig_op_context *call, ig_error *error)
{
    const ig_shape *rois = &call->inputs[0], *map = &call->inputs[1];
    char text[128];
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK && (rois->rank != 3 || rois->dim[2] < 4 || rois->dim[2] > 5)) {
        status = ig_op_refuse(call, error, "the regions are not rows of x1, y1, x2, y2 and perhaps a score");
        ig_error_expected(error, "[N, K, 4] or [N, K, 5]");
        ig_error_found(error, "%s", ig_shape_text(rois, text, sizeof text));
    }
    if (status == IG_OK)
        status = ig_op_need_rank(call, 1, 4, 4, error);
    if (status == IG_OK && map->dim[0] != rois->dim[0]) {
        status = ig_op_refuse(call, error, "the map does not fit the regions");
        ig_error_expected(error, "%" PRId64 " images", rois->dim[0]);
        ig_error_found(error, "%" PRId64, map->dim[0]);
    }
    if (status != IG_OK)
        return status;
    const int64_t *size = call->attrs[SIZE].list;
    return ig_op_set_output(call, IG_SHAPE(rois->dim[0] * rois->dim[1], map->dim[1], size[0], size[1]), error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    const int64_t *size = call->attrs[SIZE].list, *map = call->inputs[1].dim;
    *out = (ig_cost){.adds = ig_op_elems(call) * ig_ceil_div(map[2], size[0]) * ig_ceil_div(map[3], size[1])};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_op_var vars[] = {
        {"ROIS", call->output.dim[0]}, {"K", call->inputs[0].dim[1]}, {"COLS", call->inputs[0].dim[2]},
        {"C", call->output.dim[1]},    {"H", call->inputs[1].dim[2]}, {"W", call->inputs[1].dim[3]},
        {"OH", call->output.dim[2]},   {"OW", call->output.dim[3]},
    };
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

/* A unit is a region. */
static int64_t units(const ig_op_context *call)
{
    return call->output.dim[0];
}

/* Map pixels of a unit of the regions along height (0) or width (1). */
static float scale_of(const ig_op_context *call, int axis)
{
    return (float)call->inputs[1].dim[2 + axis] / (float)call->attrs[IMAGE].list[axis];
}

/* Slot 0: both scales, as a device's division may be off by a bit and change what is rounded. */
static int64_t device_param(const ig_op_context *call, const ig_op_data *data, int slot, float *out)
{
    (void)data;
    for (int axis = 0; out && slot == 0 && axis < 2; axis++)
        out[axis] = scale_of(call, axis);
    return slot == 0 ? 2 : 0;
}

/* The nearest pixel, halves away from zero, in float as kernels find it. */
static int64_t pixel_of(float at, float scale)
{
    float v = at * scale, far = (float)FAR;
    return (int64_t)roundf(v > far ? far : v > -far ? v : -far);
}

/* The pixels of bin `bin` of `bins` between the coordinates `first` and `last`. */
static ig_op_range bin_of(const ig_op_context *call, float first, float last, int axis, int64_t bin)
{
    int64_t bins = call->attrs[SIZE].list[axis], extent = call->inputs[1].dim[2 + axis];
    int64_t start = pixel_of(first, scale_of(call, axis)), end = pixel_of(last, scale_of(call, axis));
    int64_t length = ig_max(end - start + 1, 1);
    return (ig_op_range){ig_min(ig_max(bin * length / bins + start, 0), extent),
                         ig_min(ig_max(ig_ceil_div((bin + 1) * length, bins) + start, 0), extent)};
}

static float largest(const float *plane, int64_t width, ig_op_range rows, ig_op_range columns)
{
    float found = rows.begin < rows.end && columns.begin < columns.end ? -INFINITY : 0;
    for (int64_t y = rows.begin; y < rows.end; y++) {
        for (int64_t x = columns.begin; x < columns.end; x++) {
            float v = plane[y * width + x];
            found = v > found || isnan(v) ? v : found;
        }
    }
    return found;
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const int64_t *map = call->inputs[1].dim, *out = call->output.dim;
    for (int64_t unit = range.begin; unit < range.end; unit++) {
        const float *roi = data->inputs[0] + unit * call->inputs[0].dim[2];
        for (int64_t i = 0; i < out[2] * out[3]; i++) {
            ig_op_range rows = bin_of(call, roi[1], roi[3], 0, i / out[3]);
            ig_op_range columns = bin_of(call, roi[0], roi[2], 1, i % out[3]);
            for (int64_t c = 0; c < out[1]; c++) {
                const float *plane = data->inputs[1] + (unit / call->inputs[0].dim[1] * map[1] + c) * map[2] * map[3];
                data->output[(unit * out[1] + c) * out[2] * out[3] + i] = largest(plane, map[3], rows, columns);
            }
        }
    }
}

const ig_op ig_op_roi_pool = {
    .name = "roi_pool",
    .doc = "y[n*K+k, c, i, j] = largest pixel of channel c in bin (i,j) of region k of image n, 0 in an empty bin: "
           "x1, y1, x2, y2 times map extent / image extent, rounded (halves away from zero), length L = "
           "last-first+1 or 1; bin i of P covers first+floor(i*L/P) to first+ceil((i+1)*L/P), exclusive, within the "
           "map",
    .source = "torchvision.ops.roi_pool (Fast R-CNN)",
    .params_doc = "0 (no tensor of the checkpoint) [2] map extent / image extent of height and width",
    .cost_doc = "1 add per pixel of a bin, as if every region were the whole map",
    .problem_doc = "ROIS K COLS C H W OH OW",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 2,
    .max_inputs = 2,
    .selects = true,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = units,
    .reference = reference,
    .device_param = device_param,
};
