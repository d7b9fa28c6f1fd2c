#include "graph/ops/common.h"

enum { SIZE, MODE, ALIGN_CORNERS, SCALE };
enum { BILINEAR, NEAREST };

static const char *const modes[] = {"bilinear", "nearest"};

static const ig_attr_spec attrs[] = {
    [SIZE] = {.name = "size",
              .type = IG_ATTR_PAIR,
              .min = 0,
              .max = IG_MAX_EXTENT,
              .doc = "output height and width; 0 where scale gives them"},
    [MODE] = {.name = "mode",
              .type = IG_ATTR_ENUM,
              .fallback = BILINEAR,
              .choices = modes,
              .n_choices = IG_COUNT(modes),
              .doc = "how pixels between pixels are found"},
    [ALIGN_CORNERS] = {.name = "align_corners",
                       .type = IG_ATTR_BOOL,
                       .doc = "the centres of the corner pixels lie upon each other; bilinear only"},
    [SCALE] = {.name = "scale",
               .type = IG_ATTR_PAIR,
               .min = 0,
               .max = IG_MAX_EXTENT,
               .doc = "output height and width as multiples of the input's; 0 where size gives them"},
    IG_THEN_ATTR,
};

/* Exactly one of size and scale says how large the output is. */
static ig_status find_size(const ig_op_context *call, int64_t size[2], ig_error *error)
{
    const int64_t *exact = call->attrs[SIZE].list, *scale = call->attrs[SCALE].list;
    bool has_size = exact[0] > 0 && exact[1] > 0, has_scale = scale[0] > 0 && scale[1] > 0;
    bool is_mixed = (!has_size && exact[0] + exact[1] > 0) || (!has_scale && scale[0] + scale[1] > 0);
    if (has_size == has_scale || is_mixed) {
        ig_status status = ig_op_refuse(call, error, "the output's size is not given, or twice");
        ig_error_expected(error, "either size or scale, of at least 1");
        ig_error_found(error, "size [%lld, %lld], scale [%lld, %lld]", (long long)exact[0], (long long)exact[1],
                       (long long)scale[0], (long long)scale[1]);
        return status;
    }
    for (int i = 0; i < 2; i++)
        size[i] = has_size ? exact[i] : scale[i] * call->inputs[0].dim[2 + i];
    return IG_OK;
}

static ig_status check_align(const ig_op_context *call, ig_error *error)
{
    if (!call->attrs[ALIGN_CORNERS].i || call->attrs[MODE].i == BILINEAR)
        return IG_OK;
    ig_status status = ig_op_refuse(call, error, "align_corners is for mode: bilinear");
    ig_error_expected(error, "mode: bilinear, or align_corners: false");
    ig_error_found(error, "mode: %s", modes[call->attrs[MODE].i]);
    return status;
}

static ig_status infer(ig_op_context *call, ig_error *error)
{
    int64_t size[2] = {0, 0};
    ig_status status = ig_op_check(call, error);
    if (status == IG_OK)
        status = ig_op_need_rank(call, 0, 4, 4, error);
    if (status == IG_OK)
        status = check_align(call, error);
    if (status == IG_OK)
        status = find_size(call, size, error);
    if (status != IG_OK)
        return status;
    const ig_shape *in = &call->inputs[0];
    return ig_op_set_output(call, IG_SHAPE(in->dim[0], in->dim[1], size[0], size[1]), error);
}

static void cost(const ig_op_context *call, ig_cost *out)
{
    int64_t elems = call->attrs[MODE].i == BILINEAR ? ig_op_elems(call) : 0;
    *out = (ig_cost){.adds = 3 * elems, .other = 6 * elems};
}

static void problem(const ig_op_context *call, int piece, ig_op_emit emit, void *user)
{
    (void)piece;
    const ig_shape *in = &call->inputs[0], *out = &call->output;
    const ig_op_var vars[] = {{"N", in->dim[0]},
                              {"C", in->dim[1]},
                              {"H", in->dim[2]},
                              {"W", in->dim[3]},
                              {"OH", out->dim[2]},
                              {"OW", out->dim[3]},
                              {"MODE", call->attrs[MODE].i},
                              {"ALIGN", call->attrs[ALIGN_CORNERS].i}};
    ig_op_emit_vars(emit, user, vars, IG_COUNT(vars));
}

static int64_t units(const ig_op_context *call)
{
    return ig_op_span(&call->inputs[0], 0, 2);
}

/* The two input positions an output position lies between, and how far it is towards the second. */
typedef struct between {
    int64_t first, second;
    double fraction;
} between;

static between locate(const ig_op_context *call, int64_t dst, int64_t in, int64_t out)
{
    if (call->attrs[MODE].i == NEAREST)
        return (between){dst * in / out, dst * in / out, 0};
    double src = ((double)dst + 0.5) * (double)in / (double)out - 0.5;
    if (call->attrs[ALIGN_CORNERS].i)
        src = (double)(dst * (in - 1)) / (double)ig_max(out - 1, 1);
    src = src < 0 ? 0 : src;
    int64_t first = ig_min((int64_t)src, in - 1);
    return (between){first, ig_min(first + 1, in - 1), src - (double)first};
}

static void reference(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const ig_shape *in = &call->inputs[0], *out = &call->output;
    int64_t h = in->dim[2], w = in->dim[3], oh = out->dim[2], ow = out->dim[3];
    for (int64_t at = range.begin * oh; at < range.end * oh; at++) {
        between y = locate(call, at % oh, h, oh);
        const float *plane = data->inputs[0] + at / oh * h * w;
        const float *top = plane + y.first * w, *bottom = plane + y.second * w;
        for (int64_t ox = 0; ox < ow; ox++) {
            between x = locate(call, ox, w, ow);
            double left = 1 - x.fraction, upper = left * (double)top[x.first] + x.fraction * (double)top[x.second];
            double lower = left * (double)bottom[x.first] + x.fraction * (double)bottom[x.second];
            data->output[at * ow + ox] = (float)((1 - y.fraction) * upper + y.fraction * lower);
        }
    }
}

const ig_op ig_op_resize = {
    .name = "resize",
    .doc = "bilinear: src = max(0, (dst+0.5)*in/out - 0.5) per axis, between its two neighbours, the edge repeated; "
           "with align_corners src = dst*(in-1)/(out-1), or 0 where out is 1; nearest: src = floor(dst*in/out)",
    .source = "torch.nn.functional.interpolate",
    .cost_doc = "bilinear: 3 adds and 6 other per output element; nearest: none",
    .problem_doc = "N C H W OH OW MODE ALIGN",
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
