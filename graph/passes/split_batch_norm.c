/* A batch norm that cannot fold into weights, because an activation stands between, becomes two steps that the epilogue
 * in front of it can take: the map is not read and written again for it.
 *
 *   before   x -> conv2d "a" -> relu -> batch_norm "b" -> y
 *   after    x -> conv2d "a" -> relu -> mul scale -> add shift "b" -> y
 *
 * Only where both fit behind the call that an epilogue would begin with: elsewhere one step would become two. */
#include "base/error.h"
#include "base/text.h"
#include "graph/ops/common.h"
#include "graph/match.h"

enum { NEW_STEPS = 2 }; /* each with an operand */

static bool is_unary_step(const ig_node *node)
{
    bool takes_operand;
    return ig_epilogue_has(node->op->name, &takes_operand) && !takes_operand && !ig_node_has_epilogue(node);
}

/* What `value` begins as, when only unary steps lie between and nobody else needs what they take; counts those. */
static const ig_node *find_begin(const ig_rewrite *rewrite, int value, int *steps)
{
    const ig_node *begin = NULL;
    for (*steps = 0; ig_match_only_reader(rewrite, value) && ig_match_producer(rewrite, value); (*steps)++) {
        begin = ig_match_producer(rewrite, value);
        if (!is_unary_step(begin))
            break;
        value = begin->inputs[0];
    }
    return begin;
}

static bool legal(const ig_rewrite *rewrite, const ig_node *norm)
{
    ig_op_context call;
    int steps;
    if (!ig_node_is(norm, "batch_norm"))
        return false;
    const ig_node *begin = find_begin(rewrite, norm->inputs[0], &steps);
    if (!begin || !ig_node_attr(begin, IG_EPILOGUE_ATTR))
        return false;
    ig_node_context(rewrite->in, begin, &call);
    return !ig_op_call_is_view(&call) && call.then.count + steps + NEW_STEPS <= IG_MAX_EPILOGUE &&
           call.then.n_operands + NEW_STEPS <= IG_MAX_OPERANDS && begin->n_inputs + NEW_STEPS <= IG_MAX_INPUTS;
}

/* Appends the constant that is the `part` (scale or shift) of the norm, one element a channel. */
static ig_status add_part(ig_rewrite *rewrite, const ig_node *norm, const char *part, int *value, ig_error *error)
{
    const ig_shape *shape = &rewrite->in->values[norm->output].shape;
    char eps[IG_DOUBLE_TEXT];
    const char *path = ig_rewrite_name(rewrite, norm->path, part), *words[] = {part, norm->scope, eps};
    ig_attr attrs[IG_MAX_ATTRS];
    if (!path || !ig_text_from_double(ig_node_attr(norm, "eps")->f, false, eps))
        return ig_fail_memory(error, sizeof eps);
    ig_op_attr_defaults(&ig_op_parameter, attrs);
    ig_attr *extents = ig_rewrite_attr(&ig_op_parameter, attrs, "shape");
    ig_attr *from = ig_rewrite_attr(&ig_op_parameter, attrs, "of_norm");
    extents->n_list = shape->rank - 1;
    for (int i = 0; i < extents->n_list; i++)
        extents->list[i] = i == 0 ? shape->dim[1] : 1;
    from->words = words;
    from->n_words = IG_COUNT(words);
    extents->given = from->given = true;
    ig_node_spec spec = ig_rewrite_spec(norm);
    spec.op = &ig_op_parameter;
    spec.path = spec.scope = path;
    spec.n_inputs = 0;
    spec.attrs = attrs;
    return ig_rewrite_add(rewrite, &spec, value, error);
}

static ig_status add_step(ig_rewrite *rewrite, const ig_node *norm, const ig_op *op, const char *path, int part,
                          int *value, ig_error *error)
{
    const int inputs[] = {*value, part};
    ig_attr attrs[IG_MAX_ATTRS];
    ig_node_spec spec = ig_rewrite_spec(norm);
    if (!path)
        return ig_fail_memory(error, sizeof attrs);
    ig_op_attr_defaults(op, attrs);
    spec.op = op;
    spec.path = spec.scope = path;
    spec.inputs = inputs;
    spec.n_inputs = IG_COUNT(inputs);
    spec.attrs = attrs;
    return ig_rewrite_add(rewrite, &spec, value, error);
}

static ig_status rewrite(ig_rewrite *rewriting, const ig_node *norm, ig_error *error)
{
    int value = rewriting->value[norm->inputs[0]], scale = -1, shift = -1;
    ig_status status = add_part(rewriting, norm, "scale", &scale, error);
    if (status == IG_OK)
        status = add_part(rewriting, norm, "shift", &shift, error);
    if (status == IG_OK)
        status = add_step(rewriting, norm, &ig_op_mul, ig_rewrite_name(rewriting, norm->path, "scaled"), scale, &value,
                          error);
    return status == IG_OK ? add_step(rewriting, norm, &ig_op_add, norm->path, shift, &value, error) : status;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    ig_rewrite rewriting;
    ig_status status = ig_rewrite_begin(&rewriting, in, keep, error);
    for (int i = 0; i < in->n_nodes && status == IG_OK; i++)
        status = legal(&rewriting, &in->nodes[i]) ? rewrite(&rewriting, &in->nodes[i], error)
                                                  : ig_rewrite_copy(&rewriting, &in->nodes[i], NULL, NULL, error);
    return ig_rewrite_end(&rewriting, status, out, error);
}

extern const ig_pass ig_pass_split_batch_norm;
const ig_pass ig_pass_split_batch_norm = {
    .name = "split_batch_norm",
    .doc = "a batch norm behind an activation becomes a product and a sum with constants, for the epilogue to take",
    .run = run,
    .once = true,
};
