#include "graph/ops/common.h"

#include <inttypes.h>
#include <math.h>

enum { SIZE, SCALES, SAMPLING, ALIGNED, CANONICAL_SIZE, CANONICAL_LEVEL };
enum {
    MAX_MAPS = 4,
    MAX_GRID = 1024 /* samples of a bin along an axis: nothing is gained beyond the pixels under it */
};

static const ig_attr_spec attrs[] = {
    [SIZE] = {.name = "size",
              .type = IG_ATTR_PAIR,
              .required = true,
              .min = 1,
              .max = IG_MAX_WINDOW,
              .doc = "bins along height and width"},
    [SCALES] = {.name = "scales",
                .type = IG_ATTR_INTS,
                .required = true,
                .min = 1,
                .max = IG_MAX_WINDOW,
                .doc = "stride of each map: image pixels from one of its pixels to the next; several: powers of two, "
                       "each twice the one before"},
    [SAMPLING] = {.name = "sampling",
                  .type = IG_ATTR_INT,
                  .min = 0,
                  .max = MAX_GRID,
                  .fallback = 2,
                  .doc = "samples of a bin along each axis; 0: as many as it has pixels, rounded up"},
    [ALIGNED] = {.name = "aligned",
                 .type = IG_ATTR_BOOL,
                 .doc = "moves the region by half a pixel; else regions are at least a pixel high and wide"},
    [CANONICAL_SIZE] = {.name = "canonical_size",
                        .type = IG_ATTR_INT,
                        .min = 1,
                        .max = IG_MAX_WINDOW,
                        .fallback = 224,
                        .doc = "side of a square region that belongs to the canonical level"},
    [CANONICAL_LEVEL] = {.name = "canonical_level",
                         .type = IG_ATTR_INT,
                         .min = 0,
                         .max = 16,
                         .fallback = 4,
                         .doc = "its level: the binary logarithm of that map's stride"},
};

/* The maps' number of channels and batch agree with the first map and the regions. */
static ig_status check_maps(const ig_op_context *call, ig_error *error)
{
    char text[128];
    for (int i = 1; i < call->n_inputs; i++) {
        const ig_shape *map = &call->inputs[i];
        ig_status status = ig_op_need_rank(call, i, 4, 4, error);
        if (status != IG_OK)
            return status;
        if (map->dim[0] == call->inputs[0].dim[0] && map->dim[1] == call->inputs[1].dim[1])
            continue;
        status = ig_op_refuse(call, error, "input %d does not fit the regions and maps before it", i + 1);
        ig_error_expected(error, "%" PRId64 " images of %" PRId64 " channels", call->inputs[0].dim[0],
                          call->inputs[1].dim[1]);
        ig_error_found(error, "%s", ig_shape_text(map, text, sizeof text));
        return status;
    }
    return IG_OK;
}

static ig_status check_scales(const ig_op_context *call, ig_error *error)
{
    const ig_attr *scales = &call->attrs[SCALES];
    int maps = call->n_inputs - 1;
    bool fits = scales->n_list == maps;
    for (int i = 0; fits && maps > 1 && i < maps; i++)
        fits = scales->list[i] == scales->list[0] << i && (scales->list[i] & (scales->list[i] - 1)) == 0;
    if (fits)
        return IG_OK;
    ig_status status = ig_op_refuse(call, error, "the scales do not fit the maps");
    ig_error_expected(error, "%d, one a map%s", maps, maps > 1 ? ", powers of two, each twice the one before" : "");
    ig_error_found(error, "%d, the first %" PRId64, scales->n_list, scales->n_list > 0 ? scales->list[0] : 0);
    return status;
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    const ig_shape *rois = &call->inputs[0];
    char text[128];
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK && (rois->rank != 3 || rois->dim[2] < 4 || rois->dim[2] > 5)) {
        status = ig_op_refuse(call, error, "the regions are not rows of x1, y1, x2, y2 and perhaps a score");
        ig_error_expected(error, "[N, K, 4] or [N, K, 5]");
        ig_error_found(error, "%s", ig_shape_text(rois, text, sizeof text));
    }
    if (status == IG_OK)
        status = check_maps(call, error);
    if (status == IG_OK)
        status = check_scales(call, error);
    if (status != IG_OK)
        return status;
    const int64_t *size = call->attrs[SIZE].list;
    return ig_op_set_output(call, IG_SHAPE(rois->dim[0] * rois->dim[1], call->inputs[1].dim[1], size[0], size[1]),
                            error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    int64_t sampling = ig_max(1, call->attrs[SAMPLING].i), samples = ig_op_elems(call) * sampling * sampling;
    *out = (ig_cost){.adds = 4 * samples, .other = 4 * samples + ig_op_elems(call)};
}

static int64_t level_of_first(const ig_op_context *call)
{
    int64_t level = 0;
    while (call->attrs[SCALES].list[0] >> (level + 1) > 0)
        level++;
    return level;
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    static const char *const names[MAX_MAPS][3] = {
        {"H0", "W0", "S0"}, {"H1", "W1", "S1"}, {"H2", "W2", "S2"}, {"H3", "W3", "S3"}};
    (void)piece;
    const ig_op_var vars[] = {
        {"ROIS", call->output.dim[0]},
        {"K", call->inputs[0].dim[1]},
        {"COLS", call->inputs[0].dim[2]},
        {"C", call->output.dim[1]},
        {"OH", call->output.dim[2]},
        {"OW", call->output.dim[3]},
        {"SAMPLING", call->attrs[SAMPLING].i},
        {"ALIGNED", call->attrs[ALIGNED].i},
        {"SIDE", call->attrs[CANONICAL_SIZE].i},
        {"LIFT", level_of_first(call) - call->attrs[CANONICAL_LEVEL].i},
        {"MAPS", call->n_inputs - 1},
    };
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
    for (int i = 0; i < MAX_MAPS; i++) {
        bool given = i + 1 < call->n_inputs;
        emit(user, names[i][0], given ? call->inputs[i + 1].dim[2] : 1);
        emit(user, names[i][1], given ? call->inputs[i + 1].dim[3] : 1);
        emit(user, names[i][2], given ? call->attrs[SCALES].list[i] : 1);
    }
}

/* A unit is a region. */
static int64_t units(const ig_op_context *call)
{
    return call->output.dim[0];
}

/* floor(canonical_level + log2(side / canonical_size) + 1e-6) as comparisons of areas, in float as kernels do it: which
 * map is read must not hang on rounding. */
static int choose_map(const ig_op_context *call, const float *roi)
{
    float width = roi[2] - roi[0], height = roi[3] - roi[1], area = width * height;
    float side = (float)call->attrs[CANONICAL_SIZE].i, square = side * side * 0.99999861f; /* 2^-2e-6 */
    int64_t lift = level_of_first(call) - call->attrs[CANONICAL_LEVEL].i;
    int map = 0;
    for (int i = 1; i < call->n_inputs - 1; i++)
        map += area >= ldexpf(square, (int)(2 * (lift + i)));
    return map;
}

/* Bins and samples along one axis. */
typedef struct ruler {
    double start, bin;
    int64_t grid, extent;
} ruler;

static ruler ruler_of(const ig_op_context *call, int map, float first, float last, int axis)
{
    float factor = 1.0f / (float)call->attrs[SCALES].list[map], begin = first * factor, end = last * factor;
    float length = end - begin, bins = (float)call->attrs[SIZE].list[axis];
    if (!call->attrs[ALIGNED].i && length < 1)
        length = 1;
    ruler r = {.start = (double)begin - (call->attrs[ALIGNED].i ? 0.5 : 0),
               .bin = (double)length / (double)bins,
               .grid = call->attrs[SAMPLING].i,
               .extent = call->inputs[map + 1].dim[2 + axis]};
    while (call->attrs[SAMPLING].i == 0 && r.grid < MAX_GRID && (float)r.grid * bins < length)
        r.grid++;
    return r;
}

/* The two pixels around a sample and how far it is towards the second. */
typedef struct between {
    int64_t first, second;
    double fraction;
    bool outside;
} between;

static between locate(const ruler *r, int64_t bin, int64_t sample)
{
    double at = r->start + (double)bin * r->bin + ((double)sample + 0.5) * r->bin / (double)r->grid;
    if (isnan(at))
        return (between){.fraction = NAN};
    if (at < -1 || at > (double)r->extent)
        return (between){.outside = true};
    at = at < 0 ? 0 : at;
    int64_t first = ig_min((int64_t)at, r->extent - 1);
    if (first == r->extent - 1)
        at = (double)first;
    return (between){first, ig_min(first + 1, r->extent - 1), at - (double)first, false};
}

static double average(const float *plane, const ruler *y, const ruler *x, int64_t oy, int64_t ox)
{
    double sum = 0;
    for (int64_t i = 0; i < y->grid * x->grid; i++) {
        const between v = locate(y, oy, i / x->grid), u = locate(x, ox, i % x->grid);
        if (v.outside || u.outside)
            continue;
        const float *top = plane + v.first * x->extent, *bottom = plane + v.second * x->extent;
        double upper = (1 - u.fraction) * (double)top[u.first] + u.fraction * (double)top[u.second];
        double lower = (1 - u.fraction) * (double)bottom[u.first] + u.fraction * (double)bottom[u.second];
        sum += (1 - v.fraction) * upper + v.fraction * lower;
    }
    return sum / (double)ig_max(1, y->grid * x->grid);
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    int64_t channels = call->output.dim[1], bins = ig_op_span(&call->output, 2, 4), width = call->output.dim[3];
    for (int64_t unit = range.begin; unit < range.end; unit++) {
        const float *roi = data->inputs[0] + unit * call->inputs[0].dim[2];
        int map = choose_map(call, roi);
        const ruler y = ruler_of(call, map, roi[1], roi[3], 0), x = ruler_of(call, map, roi[0], roi[2], 1);
        int64_t image = unit / call->inputs[0].dim[1];
        for (int64_t i = 0; i < channels * bins; i++) {
            const float *plane = data->inputs[map + 1] + (image * channels + i / bins) * y.extent * x.extent;
            data->output[unit * channels * bins + i] =
                (float)average(plane, &y, &x, i % bins / width, i % bins % width);
        }
    }
}

const ig_op ig_op_roi_align = {
    .name = "roi_align",
    .doc = "y[n*K+k, c, i, j] = mean of bilinear samples of channel c spread evenly over bin (i,j) of region k of "
           "image n: x1, y1, x2, y2 divided by the map's stride, cut into size[0] x size[1] bins; samples more than "
           "a pixel outside count as 0. Of several maps, level floor(canonical_level + "
           "log2(sqrt(area)/canonical_size) + 1e-6) is read, or the nearest there is. At most 1024 x 1024 samples a "
           "bin",
    .source = "torchvision.ops.roi_align (Mask R-CNN) and MultiScaleRoIAlign (FPN)",
    .cost_doc = "4 adds and 4 other per sample, 1 other per output element; sampling 0 is counted as 1",
    .problem_doc = "ROIS K COLS C OH OW SAMPLING ALIGNED SIDE LIFT MAPS H0 W0 S0 H1 W1 S1 H2 W2 S2 H3 W3 S3",
    .attrs = attrs,
    .n_attrs = IG_COUNT(attrs),
    .min_inputs = 2,
    .max_inputs = MAX_MAPS + 1,
    .selects = true,
    .infer = infer,
    .cost = cost,
    .problem = problem,
    .units = units,
    .reference = reference,
};
