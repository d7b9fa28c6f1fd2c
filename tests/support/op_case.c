#include "tests/support/op_case.h"

#include "base/error.h"
#include "base/hash.h"
#include "base/shape.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void input_name(int index, char out[16])
{
    snprintf(out, 16, "in%d", index);
}

/* Inputs behind the first: tensors of their own, so that a network of one input can hold the operator. */
static ig_status add_input(ig_graph *graph, const ig_shape *shape, int index, int *value, ig_error *error)
{
    char name[16];
    const ig_op *parameter = ig_op_find("parameter");
    ig_attr attrs[IG_MAX_ATTRS];
    ig_attr *extents = &attrs[ig_op_attr_index(parameter, "shape")];
    input_name(index, name);
    ig_op_attr_defaults(parameter, attrs);
    extents->n_list = shape->rank;
    memcpy(extents->list, shape->dim, sizeof shape->dim);
    const ig_node_spec spec = {.op = parameter, .path = name, .scope = name, .attrs = attrs};
    return ig_graph_add_node(graph, &spec, value, error);
}

static ig_status fill_graph(const op_case *c, ig_graph *graph, ig_error *error)
{
    const ig_shape nothing = {.rank = 1, .dim = {1}}; /* the input of a graph whose operator has none */
    int inputs[IG_MAX_INPUTS], value = 0;
    ig_status status = IG_OK;
    graph->name = c->op->name;
    graph->seeded_norm_base = 0.5; /* as tests/gen/gen_ops.py fills norm weights */
    graph->seeded_norm_span = 0.4;
    graph->input = inputs[0] = ig_graph_add_value(graph, "in0", c->n_inputs > 0 ? &c->inputs[0] : &nothing, -1);
    if (graph->input < 0)
        return ig_fail_memory(error, sizeof *graph);
    for (int k = 1; k < c->n_inputs && status == IG_OK; k++)
        status = add_input(graph, &c->inputs[k], k, &inputs[k], error);
    if (status != IG_OK)
        return status;
    const ig_node_spec spec = {.op = c->op,
                               .path = "op",
                               .scope = "op",
                               .inputs = inputs,
                               .n_inputs = c->n_inputs,
                               .attrs = c->attrs,
                               .file = c->file,
                               .line = c->line,
                               .column = 1};
    status = ig_graph_add_node(graph, &spec, &value, error);
    if (status == IG_OK && !(ig_graph_add_output(graph, "op", value) && ig_graph_seal(graph)))
        status = ig_fail_memory(error, sizeof *graph);
    return status;
}

ig_status op_case_graph(const op_case *c, ig_graph **out, ig_error *error)
{
    *out = ig_graph_create();
    if (!*out)
        return ig_fail_memory(error, sizeof **out);
    ig_status status = fill_graph(c, *out, error);
    if (status != IG_OK)
        ig_graph_destroy(out);
    return status;
}

const ig_node *op_case_node(const ig_graph *graph)
{
    return &graph->nodes[graph->n_nodes - 1];
}

static void fill_input(const op_case *c, int index, float *data, int64_t elems)
{
    char name[16];
    input_name(index, name);
    if (c->data[index])
        memcpy(data, c->data[index], (size_t)elems * sizeof *data);
    else
        ig_fill_seeded_input(name, data, elems);
    for (int64_t i = 0; c->n_ranges[index] > 0 && i < elems; i++) {
        const float *range = c->ranges[index] + i % c->n_ranges[index] * 2;
        data[i] = (float)((double)range[0] * (double)data[i] + (double)range[1]);
    }
}

void op_case_fill_input(const op_case *c, float *data, int64_t elems)
{
    if (c->n_inputs > 0)
        fill_input(c, 0, data, elems);
    else
        data[0] = 0;
}

typedef struct fill_context {
    const op_case *c;
    const ig_weights *seeded;
} fill_context;

static void fill_param(void *user, const ig_param_info *param, float *data, int64_t elems)
{
    const fill_context *context = user;
    char name[16];
    for (int k = 1; k < context->c->n_inputs; k++) {
        input_name(k, name);
        if (strcmp(name, param->name) == 0) {
            fill_input(context->c, k, data, elems);
            return;
        }
    }
    memcpy(data, ig_weights_get(context->seeded, param->name), (size_t)elems * sizeof *data);
}

ig_status op_case_weights(const op_case *c, const ig_graph *graph, ig_weights **out, ig_error *error)
{
    ig_weights *seeded = NULL;
    ig_status status = ig_weights_seeded(graph, &seeded, error);
    if (status == IG_OK) {
        fill_context context = {c, seeded};
        status = ig_weights_fill(graph, fill_param, &context, out, error);
    }
    ig_weights_destroy(&seeded);
    return status;
}

/* What the expectation sums up, measured on a result. Each NaN counts as 0. */
typedef struct summary {
    double mean, absmean, absmax, dot;
    int64_t nans;
} summary;

static summary summarise(const float *data, int64_t elems)
{
    const uint32_t seed = ig_hash_fnv32("probe");
    summary s = {0};
    for (int64_t i = 0; i < elems; i++) {
        double value = isnan(data[i]) ? 0 : (double)data[i];
        s.nans += isnan(data[i]);
        s.mean += value;
        s.absmean += fabs(value);
        s.absmax = fabs(value) > s.absmax ? fabs(value) : s.absmax;
        s.dot += value * (2 * ig_hash_uniform(seed, (uint32_t)i + 1) - 1);
    }
    s.mean /= (double)elems;
    s.absmean /= (double)elems;
    s.dot /= (double)elems;
    return s;
}

/* Written so that a NaN is near nothing but a NaN. */
static bool is_near(double found, double expected, double bound)
{
    return isnan(expected) ? isnan(found) : fabs(found - expected) <= bound;
}

bool op_case_check(const op_case *c, const ig_tensor *result, double tolerance, char *why, size_t why_size)
{
    const op_expect *e = &c->expect;
    char text[2][96];
    if (!ig_shape_equal(&result->shape, &e->shape)) {
        snprintf(why, why_size, "shape is %s, expected %s", ig_shape_text(&result->shape, text[0], sizeof text[0]),
                 ig_shape_text(&e->shape, text[1], sizeof text[1]));
        return false;
    }
    double bound = tolerance * (e->absmax > 0 ? e->absmax : 1);
    for (int i = 0; i < e->n_probes; i++) {
        const op_probe *probe = &e->probes[i];
        double found = result->data[probe->index];
        if (!is_near(found, probe->value, bound)) {
            snprintf(why, why_size, "element %lld is %.9g, expected %.9g (bound %.3g)", (long long)probe->index, found,
                     probe->value, bound);
            return false;
        }
    }
    const summary s = summarise(result->data, ig_shape_elems(&result->shape));
    const struct {
        const char *name;
        double found, expected;
    } sums[] = {{"mean", s.mean, e->mean},
                {"absmean", s.absmean, e->absmean},
                {"absmax", s.absmax, e->absmax},
                {"dot", s.dot, e->dot}};
    if (s.nans != e->nans) {
        snprintf(why, why_size, "%lld elements are NaN, expected %lld", (long long)s.nans, (long long)e->nans);
        return false;
    }
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        if (!is_near(sums[i].found, sums[i].expected, bound)) {
            snprintf(why, why_size, "%s is %.9g, expected %.9g (bound %.3g)", sums[i].name, sums[i].found,
                     sums[i].expected, bound);
            return false;
        }
    }
    return true;
}
