#include "graph/ops/common.h"

#include <math.h>

enum { SIGMA, RADIUS, BORDER };
enum { ZERO, REPLICATE };
enum { MAX_RADIUS = 64, MAX_TAPS = 2 * MAX_RADIUS + 1 };

static const char *const borders[] = {"zero", "replicate"};

static const ig_attr_spec attrs[] = {
    [SIGMA] = {.name = "sigma",
               .type = IG_ATTR_FLOAT,
               .required = true,
               .fmin = 1e-3,
               .fmax = 1e3,
               .doc = "standard deviation in pixels"},
    [RADIUS] = {.name = "radius",
                .type = IG_ATTR_PAIR,
                .required = true,
                .min = 0,
                .max = MAX_RADIUS,
                .doc = "taps on either side of the middle along height and width; 0 leaves that axis as it is"},
    [BORDER] = {.name = "border",
                .type = IG_ATTR_ENUM,
                .fallback = ZERO,
                .choices = borders,
                .n_choices = IG_COUNT(borders),
                .doc = "what lies outside of the map"},
    IG_THEN_ATTR,
};

static ig_status infer(ig_op_context *call, ig_error *error)
{
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 4, 4, error);
    return status == IG_OK ? ig_op_set_output(call, call->inputs[0], error) : status;
}

static int64_t taps_along(const ig_op_context *call, int axis)
{
    return 2 * call->attrs[RADIUS].list[axis] + 1;
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    *out = (ig_cost){.macs = ig_op_elems(call) * taps_along(call, 0) * taps_along(call, 1)};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_shape *in = &call->inputs[0];
    const ig_op_var vars[] = {{"N", in->dim[0]},
                              {"C", in->dim[1]},
                              {"H", in->dim[2]},
                              {"W", in->dim[3]},
                              {"KH", taps_along(call, 0)},
                              {"KW", taps_along(call, 1)},
                              {"BORDER", call->attrs[BORDER].i}};
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

static int64_t units(const ig_op_context *call)
{
    return ig_op_span(&call->inputs[0], 0, 2);
}

/* The bell along one axis, with sum 1. */
static void fill_axis(const ig_op_context *call, int axis, double taps[MAX_TAPS])
{
    int64_t count = taps_along(call, axis);
    double sum = 0;
    for (int64_t i = 0; i < count; i++) {
        double distance = (double)(i - count / 2) / call->attrs[SIGMA].f;
        taps[i] = exp(-distance * distance / 2);
        sum += taps[i];
    }
    for (int64_t i = 0; i < count; i++)
        taps[i] /= sum;
}

/* The taps are products rounded to float32 once, as a filter bank of PyTorch holds them; KH*KW of them. */
static void fill_taps(const ig_op_context *call, float *out)
{
    double y[MAX_TAPS], x[MAX_TAPS];
    int64_t width = taps_along(call, 1), count = taps_along(call, 0) * width;
    fill_axis(call, 0, y);
    fill_axis(call, 1, x);
    for (int64_t i = 0; i < count; i++)
        out[i] = (float)(y[i / width] * x[i % width]);
}

static double blur(const ig_op_context *call, const float *plane, const float *taps, int64_t oy, int64_t ox)
{
    int64_t height = call->inputs[0].dim[2], width = call->inputs[0].dim[3], columns = taps_along(call, 1);
    double sum = 0;
    for (int64_t i = 0; i < taps_along(call, 0) * columns; i++) {
        int64_t iy = oy + i / columns - call->attrs[RADIUS].list[0],
                ix = ox + i % columns - call->attrs[RADIUS].list[1];
        int64_t y = ig_max(0, ig_min(iy, height - 1)), x = ig_max(0, ig_min(ix, width - 1));
        if (call->attrs[BORDER].i == REPLICATE || (iy == y && ix == x))
            sum += (double)taps[i] * (double)plane[y * width + x];
    }
    return sum;
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    int64_t width = call->inputs[0].dim[3], plane = call->inputs[0].dim[2] * width;
    float taps[MAX_TAPS * MAX_TAPS];
    fill_taps(call, taps);
    for (int64_t i = range.begin * plane; i < range.end * plane; i++) {
        const float *in = data->inputs[0] + i / plane * plane;
        data->output[i] = (float)blur(call, in, taps, i % plane / width, i % width);
    }
}

/* The table of taps as parameter 0, which no checkpoint holds. */
static int64_t device_param(const ig_op_context *call, const ig_op_data *data, int slot, float *out)
{
    (void)data;
    if (slot != 0)
        return 0;
    if (out)
        fill_taps(call, out);
    return taps_along(call, 0) * taps_along(call, 1);
}

const ig_op ig_op_gaussian_blur = {
    .name = "gaussian_blur",
    .doc = "y[n,c,u,v] = sum of g[i] * g[j] * x[n,c,u+i,v+j] over |i| and |j| up to the radii, g[k] being "
           "exp(-k^2 / (2 sigma^2)) divided by its sum",
    .source = "difference-of-Gaussian pyramids",
    .cost_doc = "one mac per tap and element; a tap outside of the map counts too",
    .problem_doc = "N C H W KH KW BORDER",
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
