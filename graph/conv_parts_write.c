#include "graph/conv_parts.h"

#include "base/error.h"
#include "graph/branch_words.h"

enum { PART_WORDS = 20 }; /* of one branch: conv 1 1 PATH columns .. through .. bias after .. */

const char *ig_parts_name(const ig_rewrite *rewrite, const ig_parts *parts, const char *word, bool last)
{
    return last && parts->n_parts == 1 ? parts->conv->path : ig_rewrite_name(rewrite, parts->conv->path, word);
}

ig_status ig_parts_add(ig_rewrite *rewrite, ig_node_spec model, const char *path, const int *inputs, int n_inputs,
                       int *value, ig_error *error)
{
    model.path = path;
    model.inputs = inputs;
    model.n_inputs = n_inputs;
    return path ? ig_rewrite_add(rewrite, &model, value, error) : ig_fail_memory(error, sizeof model);
}

static void put_branch(ig_branch_words *w, const ig_graph *graph, const ig_parts *parts, const ig_part *part,
                       const ig_node *inner)
{
    ig_branch_put(w, "conv");
    ig_branch_put(w, "1");
    ig_branch_put(w, "1");
    ig_branch_put(w, parts->conv->scope);
    ig_branch_put(w, "columns");
    ig_branch_put_int(w, part->column);
    ig_branch_put_int(w, graph->values[parts->conv->inputs[0]].shape.dim[1]);
    if (inner) {
        ig_branch_put(w, "through");
        ig_branch_put(w, inner->scope);
        ig_branch_put_int(w, part->width);
        if (ig_node_attr(inner, "bias")->i)
            ig_branch_put(w, "inner_bias");
        ig_branch_put_norm(w, "inner_norm", inner);
    }
    if (part->column == 0 && ig_node_attr(parts->conv, "bias")->i)
        ig_branch_put(w, "bias");
    ig_branch_put_norm(w, part->column == 0 ? "after" : "scaled", parts->conv);
}

ig_status ig_parts_add_conv(ig_rewrite *rewrite, const ig_parts *parts, const ig_part *part, const ig_node *inner,
                            const char *path, int *value, ig_error *error)
{
    ig_node_spec model = ig_rewrite_spec(parts->conv);
    ig_attr attrs[IG_MAX_ATTRS];
    const char *list[PART_WORDS];
    ig_branch_words words = {.arena = rewrite->out->arena, .list = list};
    if (parts->n_parts > 1 || inner) {
        put_branch(&words, rewrite->in, parts, part, inner);
        ig_op_attr_defaults(model.op, attrs);
        *ig_rewrite_attr(model.op, attrs, "out") = *ig_node_attr(parts->conv, "out");
        *ig_rewrite_attr(model.op, attrs, "kernel") = *ig_node_attr(parts->conv, "kernel");
        if (!ig_branch_words_set(&words, ig_rewrite_attr(model.op, attrs, "branches")))
            return ig_fail_memory(error, sizeof words);
        model.attrs = attrs;
    }
    return ig_parts_add(rewrite, model, path, value, 1, value, error);
}
