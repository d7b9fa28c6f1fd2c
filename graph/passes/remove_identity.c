/* Nodes that change nothing are left out; who read them reads what they read.
 *
 *   before   x -> relu "a" -> relu "b" -> conv2d "c" -> y      after   x -> relu "a" -> conv2d "c" -> y
 *
 * Some change nothing because of their attributes and extents (a pool of single pixels), others because of where their
 * input's elements lie (a second relu). Outputs and kept values stay: they are asked for by name. */
#include "graph/rewrite.h"

#include "base/error.h"
#include "base/shape.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- by attributes and extents --------------------------------------------------------------------------------------
 */

/* Bins, windows, cuts and sums of one element each, and a map enlarged to its own size: pixels lie upon pixels. */
static bool has_same_shape(const ig_op_context *call)
{
    return ig_shape_equal(&call->inputs[0], &call->output);
}

static bool reduces_nothing(const ig_op_context *call)
{
    return has_same_shape(call) && ig_op_attr(call, "of")->i == IG_ACT_NONE;
}

static bool has_pixel_windows(const ig_op_context *call)
{
    const int64_t *kernel = ig_op_attr(call, "kernel")->list;
    return kernel[0] == 1 && kernel[1] == 1 && has_same_shape(call);
}

static bool has_one_input(const ig_op_context *call)
{
    return call->n_inputs == 1;
}

static bool keeps_order(const ig_op_context *call)
{
    const ig_attr *dims = ig_op_attr(call, "dims");
    for (int i = 0; i < dims->n_list; i++)
        if (ig_shape_axis(&call->inputs[0], dims->list[i]) != i)
            return false;
    return true;
}

static bool is_times_one(const ig_op_context *call)
{
    return ig_op_attr(call, "factor")->f == 1 && ig_op_attr(call, "offset")->f == 0;
}

static bool has_slope_one(const ig_op_context *call)
{
    return ig_op_attr(call, "slope")->f == 1;
}

static const struct {
    const char *op;
    bool (*changes_nothing)(const ig_op_context *call);
} identities[] = {
    {"adaptive_avg_pool2d", has_same_shape},
    {"adaptive_max_pool2d", has_same_shape},
    {"avg_pool2d", has_pixel_windows},
    {"concat", has_one_input},
    {"leaky_relu", has_slope_one},
    {"max_pool2d", has_pixel_windows},
    {"pad2d", has_same_shape},
    {"permute", keeps_order},
    {"reduce_max", reduces_nothing},
    {"reduce_mean", reduces_nothing},
    {"reshape", has_same_shape},
    {"resize", has_same_shape},
    {"scale", is_times_one},
    {"slice", has_same_shape},
};

static bool changes_nothing(const ig_graph *graph, const ig_node *node)
{
    ig_op_context call;
    for (size_t i = 0; i < sizeof identities / sizeof identities[0]; i++) {
        if (strcmp(identities[i].op, node->op->name) != 0)
            continue;
        ig_node_context(graph, node, &call);
        return identities[i].changes_nothing(&call);
    }
    return false;
}

/* --- by where elements lie ------------------------------------------------------------------------------------------
 */

/* Every element is at least `least` and at most `most`. */
typedef struct bounds {
    double least, most;
} bounds;

static const bounds ANYWHERE = {-INFINITY, INFINITY};

/* Within `passed`, an operator's input comes out as it went in; its results lie within `result`. */
static const struct {
    const char *op;
    bounds passed, result;
} clamps[] = {
    {"abs", {0, INFINITY}, {0, INFINITY}},
    {"hard_sigmoid", {NAN, NAN}, {0, 1}},
    {"leaky_relu", {0, INFINITY}, {-INFINITY, INFINITY}},
    {"relu", {0, INFINITY}, {0, INFINITY}},
    {"relu6", {0, 6}, {0, 6}},
    {"sigmoid", {NAN, NAN}, {0, 1}},
    {"softmax", {NAN, NAN}, {0, 1}},
};

/* Their results are elements of their inputs, or means of some. */
static const char *const within[] = {
    "adaptive_avg_pool2d", "adaptive_max_pool2d", "concat",  "max_pool2d", "permute",
    "reduce_max",          "reduce_mean",         "reshape", "resize",     "slice",
};

static bool stays_within(const ig_node *node)
{
    const ig_attr *of = ig_node_attr(node, "of"); /* an activation before the reduction */
    for (size_t i = 0; i < sizeof within / sizeof within[0]; i++)
        if (strcmp(within[i], node->op->name) == 0)
            return !of || of->i == IG_ACT_NONE;
    return false;
}

/* What holds of the elements of all inputs. */
static bounds bound_inputs(const ig_node *node, const bounds *of)
{
    bounds all = {INFINITY, -INFINITY};
    for (int i = 0; i < node->n_inputs; i++)
        all = (bounds){fmin(all.least, of[node->inputs[i]].least), fmax(all.most, of[node->inputs[i]].most)};
    return all;
}

static bool clamps_nothing(const ig_node *node, bounds *of)
{
    const bounds in = bound_inputs(node, of);
    of[node->output] = stays_within(node) ? in : ANYWHERE;
    for (size_t i = 0; i < sizeof clamps / sizeof clamps[0]; i++) {
        if (strcmp(clamps[i].op, node->op->name) != 0)
            continue;
        bool passes = in.least >= clamps[i].passed.least && in.most <= clamps[i].passed.most;
        of[node->output] = passes ? in : clamps[i].result;
        return passes;
    }
    return false;
}

/* ---------------------------------------------------------------------------------------------------------------------
 */

static ig_status rewrite(ig_rewrite *rewriting, bounds *of, ig_error *error)
{
    const ig_graph *in = rewriting->in;
    ig_status status = IG_OK;
    of[in->input] = ANYWHERE;
    for (int i = 0; i < in->n_nodes && status == IG_OK; i++) {
        const ig_node *node = &in->nodes[i];
        const bool plain = !ig_node_has_epilogue(node);
        bool idle = plain && changes_nothing(in, node);
        if (idle)
            of[node->output] = of[node->inputs[0]];
        else if (plain)
            idle = clamps_nothing(node, of);
        else
            of[node->output] = ANYWHERE;
        if (idle && !ig_rewrite_is_asked_for(rewriting, node->output))
            rewriting->value[node->output] = rewriting->value[node->inputs[0]];
        else
            status = ig_rewrite_copy(rewriting, node, NULL, NULL, error);
    }
    return status;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    ig_rewrite rewriting;
    ig_status status = ig_rewrite_begin(&rewriting, in, keep, error);
    bounds *of = calloc((size_t)in->n_values, sizeof *of);
    if (status == IG_OK && !of)
        status = ig_fail_memory(error, (size_t)in->n_values * sizeof *of);
    if (status == IG_OK)
        status = rewrite(&rewriting, of, error);
    free(of);
    return ig_rewrite_end(&rewriting, status, out, error);
}

extern const ig_pass ig_pass_remove_identity;
const ig_pass ig_pass_remove_identity = {
    .name = "remove_identity",
    .doc = "nodes that change nothing, by their attributes or by where their input's elements lie, are left out",
    .run = run,
};
