#include "graph/match.h"

#include "base/error.h"
#include "base/text.h"
#include "graph/view.h"

#include <stdlib.h>
#include <string.h>

const ig_node *ig_match_producer(const ig_rewrite *rewrite, int value)
{
    const int producer = rewrite->in->values[value].producer;
    return producer >= 0 ? &rewrite->in->nodes[producer] : NULL;
}

const ig_node *ig_match_only_reader(const ig_rewrite *rewrite, int value)
{
    const bool alone = rewrite->uses[value] == 1 && rewrite->reader[value] >= 0 && !rewrite->keep[value];
    return alone ? &rewrite->in->nodes[rewrite->reader[value]] : NULL;
}

const ig_node *ig_match_inner(const ig_rewrite *rewrite, int value, const char *op)
{
    const ig_node *node = ig_match_producer(rewrite, value);
    return ig_match_only_reader(rewrite, value) && ig_node_is(node, op) ? node : NULL;
}

int ig_match_before_view(const ig_rewrite *rewrite, int value)
{
    int source = value, steps = 0;
    for (; ig_match_inner(rewrite, source, "permute") || ig_match_inner(rewrite, source, "reshape"); steps++)
        source = ig_match_producer(rewrite, source)->inputs[0];
    const ig_view whole = ig_view_identity(rewrite->in, source);
    ig_view view;
    return ig_view_back(rewrite->in, value, steps, &view) && ig_view_same(&view, &whole) ? source : value;
}

static const ig_node *private_producer(const ig_rewrite *rewrite, int value)
{
    return ig_match_only_reader(rewrite, value) ? ig_match_producer(rewrite, value) : NULL;
}

/* The activation that is all a convolution does beside summing; false when it does more. */
static bool read_epilogue(const ig_graph *graph, const ig_node *conv, ig_activation *out)
{
    static const char *const MORE[] = {IG_GATE_ATTR, IG_PLANE_NORM_ATTR, IG_MAX_POOL_ATTR};
    ig_op_context call;
    ig_node_context(graph, conv, &call);
    *out = call.then.count > 0 ? call.then.steps[0].activation : IG_ACT_NONE;
    for (size_t i = 0; i < sizeof MORE / sizeof *MORE; i++)
        if (ig_node_attr(conv, MORE[i])->i)
            return false;
    return call.then.count == 0 || (call.then.count == 1 && *out != IG_ACT_NONE);
}

const ig_node *ig_match_conv_before(const ig_rewrite *rewrite, const ig_node *node, ig_activation *between)
{
    const ig_node *before = private_producer(rewrite, node->inputs[0]);
    const ig_activation own =
        before && !ig_node_has_epilogue(before) ? ig_activation_find(before->op->name) : IG_ACT_NONE;
    if (own != IG_ACT_NONE)
        before = private_producer(rewrite, before->inputs[0]);
    if (!before || strcmp(before->op->name, "conv2d") != 0 || !read_epilogue(rewrite->in, before, between))
        return NULL;
    if (own == IG_ACT_NONE)
        return before;
    const bool first = *between == IG_ACT_NONE;
    *between = own;
    return first ? before : NULL;
}

ig_attr *ig_match_set(ig_replacement *out, const char *name)
{
    ig_attr *attr = ig_rewrite_attr(out->op, out->attrs, name);
    attr->given = true;
    return attr;
}

bool ig_match_put_layer(const ig_rewrite *rewrite, const ig_node *node, const char **words, int *count)
{
    char eps[IG_DOUBLE_TEXT];
    const char *norm = ig_node_attr(node, "norm")->s;
    words[(*count)++] = node->scope;
    if (ig_node_attr(node, "bias")->i)
        words[(*count)++] = "bias";
    if (norm[0] == '\0')
        return true;
    words[(*count)++] = "norm";
    words[(*count)++] = norm;
    if (!ig_text_from_double(ig_node_attr(node, "norm_eps")->f, false, eps))
        return false;
    words[*count] = ig_arena_strdup(rewrite->out->arena, eps);
    return words[(*count)++] != NULL;
}

typedef struct replacing {
    ig_rewrite *rewrite;
    ig_replacement *found;
    int n_found, cap_found;
    int *place; /* per node: which of `found` stands there, or one of these */
} replacing;

enum { STAYS = -1, GONE = -2 };

/* The node goes, and so does what nobody reads any more: no more than the subgraph, whose inputs have a new reader. */
static void drop(replacing *r, int index)
{
    const ig_graph *in = r->rewrite->in;
    if (r->place[index] != STAYS)
        return;
    r->place[index] = GONE;
    for (int k = 0; k < in->nodes[index].n_inputs; k++) {
        const int value = in->nodes[index].inputs[k], producer = in->values[value].producer;
        if (--r->rewrite->uses[value] == 0 && producer >= 0 && !r->rewrite->keep[value])
            drop(r, producer);
    }
}

static ig_status take(replacing *r, const ig_replacement *found, ig_error *error)
{
    if (!ig_arena_grow(r->rewrite->out->arena, (void **)&r->found, &r->cap_found, r->n_found + 1, sizeof *found))
        return ig_fail_memory(error, sizeof *found);
    r->found[r->n_found] = *found;
    for (int k = 0; k < found->n_inputs; k++) {
        r->rewrite->uses[found->inputs[k]]++;
        r->rewrite->reader[found->inputs[k]] = -1; /* its reader is no node of `in`: nothing may take it over */
    }
    const int last = (int)(found->last - r->rewrite->in->nodes);
    drop(r, last);
    r->place[last] = r->n_found++;
    return IG_OK;
}

static ig_status add(const replacing *r, const ig_replacement *found, ig_error *error)
{
    int inputs[IG_MAX_INPUTS], value = -1;
    for (int k = 0; k < found->n_inputs; k++)
        inputs[k] = r->rewrite->value[found->inputs[k]];
    const ig_node *last = found->last;
    const ig_node_spec spec = {.op = found->op,
                               .path = last->path,
                               .scope = last->path,
                               .inputs = inputs,
                               .n_inputs = found->n_inputs,
                               .attrs = found->attrs,
                               .file = last->file,
                               .line = last->line,
                               .column = last->column};
    ig_status status = ig_graph_add_node(r->rewrite->out, &spec, &value, error);
    r->rewrite->value[last->output] = value;
    return status;
}

static ig_status replace(replacing *r, ig_match_find find, ig_error *error)
{
    const ig_graph *in = r->rewrite->in;
    ig_status status = IG_OK;
    for (int i = 0; i < in->n_nodes; i++)
        r->place[i] = STAYS;
    for (int i = in->n_nodes - 1; i >= 0 && status == IG_OK; i--) {
        ig_replacement found = {.last = NULL};
        if (r->place[i] == STAYS)
            status = find(r->rewrite, &in->nodes[i], &found, error);
        if (status == IG_OK && found.last)
            status = take(r, &found, error);
    }
    for (int i = 0; i < in->n_nodes && status == IG_OK; i++) {
        if (r->place[i] >= 0)
            status = add(r, &r->found[r->place[i]], error);
        else if (r->place[i] == STAYS)
            status = ig_rewrite_copy(r->rewrite, &in->nodes[i], NULL, NULL, error);
    }
    return status;
}

ig_status ig_match_replace(ig_match_find find, const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    ig_rewrite rewrite;
    ig_status status = ig_rewrite_begin(&rewrite, in, keep, error);
    replacing r = {.rewrite = &rewrite, .place = calloc((size_t)in->n_nodes + 1, sizeof *r.place)};
    if (!r.place)
        status = ig_fail_memory(error, (size_t)in->n_nodes * sizeof *r.place);
    else if (status == IG_OK)
        status = replace(&r, find, error);
    free(r.place);
    return ig_rewrite_end(&rewrite, status, out, error);
}

static ig_status rewrite_nodes(ig_rewrite *rewrite, const ig_match_rule *rule, bool *gone, ig_error *error)
{
    const ig_graph *in = rewrite->in;
    const ig_node *servants[IG_MAX_SERVANTS];
    ig_status status = IG_OK;
    for (int i = 0; i < in->n_nodes; i++)
        for (int k = rule->find(rewrite, &in->nodes[i], servants) - 1; k >= 0; k--)
            gone[servants[k] - in->nodes] = true;
    for (int i = 0; i < in->n_nodes && status == IG_OK; i++) {
        const int count = rule->find(rewrite, &in->nodes[i], servants);
        if (count > 0)
            status = rule->write(rewrite, &in->nodes[i], servants, count, error);
        else if (!gone[i])
            status = ig_rewrite_copy(rewrite, &in->nodes[i], NULL, NULL, error);
    }
    return status;
}

ig_status ig_match_rewrite(const ig_match_rule *rule, const ig_graph *in, const bool *keep, ig_graph **out,
                           ig_error *error)
{
    ig_rewrite rewrite;
    ig_status status = ig_rewrite_begin(&rewrite, in, keep, error);
    bool *gone = calloc((size_t)in->n_nodes + 1, sizeof *gone);
    if (status == IG_OK && !gone)
        status = ig_fail_memory(error, (size_t)in->n_nodes * sizeof *gone);
    if (status == IG_OK)
        status = rewrite_nodes(&rewrite, rule, gone, error);
    free(gone);
    return ig_rewrite_end(&rewrite, status, out, error);
}
