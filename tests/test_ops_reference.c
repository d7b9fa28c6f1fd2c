/* Runs tests/ops/<op>.yaml on the plain C operators.
 *
 *   test_ops_reference [--only CASE] FILE...
 *
 * Besides the expectation each case checks what every operator promises: units are independent and cover the output,
 * folded device parameters compute the same, problem() emits the documented names, a view moves nothing. */
#include "base/error.h"
#include "tests/support/op_case.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double TOLERANCE = 1e-6; /* double accumulation, results rounded to float32 once */

/* One case while it is checked. */
typedef struct trial {
    const op_case *c;
    ig_graph *graph;
    ig_weights *weights;
    ig_op_context call;
    ig_op_data data;
    float *input, *result, *again; /* `again` has room for the result too */
    int64_t elems;
    char why[1024];
} trial;

static bool complain(trial *t, const char *text)
{
    snprintf(t->why, sizeof t->why, "%s", text);
    return false;
}

static ig_status keep_result(void *user, const ig_tensor *value, ig_error *error)
{
    trial *t = user;
    (void)error;
    if (strcmp(value->name, "op") == 0)
        memcpy(t->result, value->data, (size_t)t->elems * sizeof(float));
    return IG_OK;
}

static bool check_expectation(trial *t)
{
    const ig_value *input = &t->graph->values[t->graph->input];
    const ig_tensor in = {.name = "in0", .shape = input->shape, .data = t->input};
    const ig_tensor result = {.name = "op", .shape = t->call.output, .data = t->result};
    const ig_reference_params params = {.input = &in, .visit = keep_result, .user = t, .threads = 3};
    ig_error error;
    if (ig_reference_run(t->graph, t->weights, &params, &error) != IG_OK)
        return complain(t, error.message);
    return op_case_check(t->c, &result, TOLERANCE, t->why, sizeof t->why);
}

static bool check_cost(trial *t)
{
    const op_expect *e = &t->c->expect;
    ig_cost cost = {0};
    ig_op_call_cost(&t->call, &cost);
    if (!e->has_cost || (cost.macs == e->cost.macs && cost.adds == e->cost.adds && cost.other == e->cost.other))
        return true;
    snprintf(t->why, sizeof t->why, "cost is %" PRId64 " macs, %" PRId64 " adds, %" PRId64 " other", cost.macs,
             cost.adds, cost.other);
    return false;
}

/* Each unit alone, last one first, onto a poisoned output: together they must make the very same result. */
static bool check_units(trial *t)
{
    int64_t units = t->call.op->units ? t->call.op->units(&t->call) : 1;
    for (int64_t i = 0; i < t->elems; i++)
        t->again[i] = NAN;
    t->data.output = t->again;
    for (int64_t unit = units; unit-- > 0;)
        t->call.op->reference(&t->call, &t->data, (ig_op_range){unit, unit + 1});
    ig_epilogue_apply(&t->call, &t->data, (ig_op_range){0, t->elems});
    if (memcmp(t->again, t->result, (size_t)t->elems * sizeof(float)) != 0)
        return complain(t, "the units one by one give another result");
    return true;
}

static void append_name(void *user, const char *name, int64_t value)
{
    char *names = user;
    size_t length = strlen(names);
    (void)value;
    snprintf(names + length, 256 - length, "%s%s", length > 0 ? " " : "", name);
}

static bool check_problem(trial *t)
{
    const ig_op *op = t->call.op;
    int pieces = op->pieces ? op->pieces(&t->call) : 1;
    for (int piece = 0; piece < pieces; piece++) {
        char names[256] = "";
        op->problem(&t->call, piece, append_name, names);
        if (strcmp(names, op->problem_doc) == 0)
            continue;
        snprintf(t->why, sizeof t->why, "the problem of piece %d is '%s', documented as '%s'", piece, names,
                 op->problem_doc);
        return false;
    }
    return true;
}

static bool check_view(trial *t)
{
    if (!ig_op_call_is_view(&t->call) || memcmp(t->data.inputs[0], t->result, (size_t)t->elems * sizeof(float)) == 0)
        return true;
    return complain(t, "a view changes the data");
}

/* Makes `call` the operator that devices see: no norm, its effect in weight and bias. */
static void use_folded(const ig_op_context *call, ig_op_context *plain, ig_attr *attrs, float *const folded[2],
                       ig_op_data *data)
{
    const ig_op *op = call->op;
    int norm = ig_op_attr_index(op, "norm"), bias = ig_op_attr_index(op, "bias");
    memcpy(attrs, call->attrs, (size_t)op->n_attrs * sizeof *attrs);
    attrs[norm].s = "";
    attrs[bias].i = folded[1] != NULL;
    *plain = *call;
    plain->attrs = attrs;
    for (int slot = 0; slot < IG_MAX_PARAMS; slot++)
        data->params[slot] = slot < 2 ? folded[slot] : NULL;
}

static bool check_folded(trial *t)
{
    const ig_op *op = t->call.op;
    float *folded[2] = {NULL, NULL};
    if (!op->device_param || ig_op_attr_index(op, "norm") < 0)
        return true;
    for (int slot = 0; slot < 2; slot++) {
        int64_t elems = op->device_param(&t->call, &t->data, slot, NULL);
        folded[slot] = elems > 0 ? malloc((size_t)elems * sizeof(float)) : NULL;
        if (folded[slot])
            op->device_param(&t->call, &t->data, slot, folded[slot]);
    }
    ig_op_context plain;
    ig_attr attrs[IG_MAX_ATTRS];
    ig_op_data data = t->data;
    use_folded(&t->call, &plain, attrs, folded, &data);
    op->reference(&plain, &data, (ig_op_range){0, op->units(&plain)});
    ig_epilogue_apply(&plain, &data, (ig_op_range){0, t->elems});
    free(folded[0]);
    free(folded[1]);
    double largest = t->c->expect.absmax > 1 ? t->c->expect.absmax : 1;
    for (int64_t i = 0; i < t->elems; i++) {
        bool both_nan = isnan(t->again[i]) && isnan(t->result[i]);
        if (!both_nan && !(fabs((double)t->again[i] - (double)t->result[i]) <= 1e-5 * largest))
            return complain(t, "folded device parameters give another result");
    }
    return true;
}

static bool prepare(trial *t)
{
    ig_error error;
    ig_status status = op_case_graph(t->c, &t->graph, &error);
    if (status == IG_OK)
        status = op_case_weights(t->c, t->graph, &t->weights, &error);
    if (status != IG_OK)
        return complain(t, error.message);
    const ig_node *node = op_case_node(t->graph);
    const int64_t in_elems = ig_shape_elems(&t->graph->values[t->graph->input].shape);
    ig_node_context(t->graph, node, &t->call);
    t->elems = ig_shape_elems(&t->call.output);
    t->input = malloc((size_t)in_elems * sizeof(float));
    t->result = malloc((size_t)t->elems * sizeof(float));
    t->again = malloc((size_t)t->elems * sizeof(float));
    if (!t->input || !t->result || !t->again)
        return complain(t, "out of memory");
    op_case_fill_input(t->c, t->input, in_elems);
    for (int k = 0; k < node->n_inputs; k++) {
        const char *name = t->graph->values[node->inputs[k]].name;
        t->data.inputs[k] = k == 0 ? t->input : ig_weights_get(t->weights, name);
    }
    for (int slot = 0; slot < IG_MAX_PARAMS; slot++) {
        if (node->params[slot] >= 0)
            t->data.params[slot] = ig_weights_get(t->weights, t->graph->params[node->params[slot]].name);
    }
    return true;
}

static bool run_case(trial *t)
{
    static bool (*const checks[])(trial *) = {prepare,       check_expectation, check_cost,  check_units,
                                              check_problem, check_view,        check_folded};
    bool passed = true;
    for (size_t i = 0; i < sizeof checks / sizeof checks[0] && passed; i++)
        passed = checks[i](t);
    free(t->input);
    free(t->result);
    free(t->again);
    ig_weights_destroy(&t->weights);
    ig_graph_destroy(&t->graph);
    return passed;
}

static bool run_refusal(trial *t)
{
    ig_error error;
    char text[4096];
    ig_status status = op_case_graph(t->c, &t->graph, &error);
    ig_graph_destroy(&t->graph);
    if (status == IG_OK)
        return complain(t, "was accepted");
    ig_error_format(&error, text, sizeof text);
    if (status == t->c->refusal_status && strstr(text, t->c->refusal) && error.line == t->c->line)
        return true;
    snprintf(t->why, sizeof t->why, "expected a %s error with the word '%s', got %s: %.800s",
             ig_status_name(t->c->refusal_status), t->c->refusal, ig_status_name(status), text);
    return false;
}

/* Number of failures. */
static int run_file(const char *path, const char *only)
{
    ig_arena *arena = ig_arena_create();
    ig_error error;
    op_suite suite;
    int failures = 0;
    if (!arena || op_suite_load(path, arena, &suite, &error) != IG_OK) {
        printf("FAIL %s:%d:%d: %s\n", path, arena ? error.line : 0, arena ? error.column : 0,
               arena ? error.message : "out of memory");
        ig_arena_destroy(&arena);
        return 1;
    }
    for (int i = 0; i < suite.n_cases; i++) {
        trial t = {.c = &suite.cases[i]};
        if (only && strcmp(only, t.c->name) != 0)
            continue;
        bool passed = t.c->refusal ? run_refusal(&t) : run_case(&t);
        printf("%s %s/%s\n", passed ? "ok  " : "FAIL", suite.op->name, t.c->name);
        if (!passed)
            printf("     %s:%d: %s\n     again: test_ops_reference --only %s %s\n", t.c->file, t.c->line, t.why,
                   t.c->name, path);
        failures += !passed;
    }
    ig_arena_destroy(&arena);
    return failures;
}

int main(int argc, char **argv)
{
    const char *only = argc > 2 && strcmp(argv[1], "--only") == 0 ? argv[2] : NULL;
    int failures = 0;
    for (int i = only ? 3 : 1; i < argc; i++)
        failures += run_file(argv[i], only);
    if (failures > 0)
        printf("%d failed\n", failures);
    return failures > 0 ? 1 : 0;
}
