#include "graph/conv_parts.h"

#include "base/error.h"
#include "base/text.h"

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

/* Words of a branch; a NULL among them means that memory is out. */
typedef struct branch_text {
    ig_arena *arena;
    const char *words[PART_WORDS];
    int count;
} branch_text;

static void put(branch_text *t, const char *word)
{
    t->words[t->count++] = word;
}

static void put_int(branch_text *t, int64_t value)
{
    put(t, ig_arena_printf(t->arena, "%lld", (long long)value));
}

static void put_norm(branch_text *t, const char *place, const ig_node *conv)
{
    char eps[IG_DOUBLE_TEXT];
    const char *norm = ig_node_attr(conv, "norm")->s;
    if (norm[0] == '\0')
        return;
    put(t, place);
    put(t, norm);
    put(t, ig_text_from_double(ig_node_attr(conv, "norm_eps")->f, false, eps) ? ig_arena_strdup(t->arena, eps) : NULL);
}

static bool put_branch(branch_text *t, const ig_graph *graph, const ig_parts *parts, const ig_part *part,
                       const ig_node *inner)
{
    put(t, "conv");
    put(t, "1");
    put(t, "1");
    put(t, parts->conv->scope);
    put(t, "columns");
    put_int(t, part->column);
    put_int(t, graph->values[parts->conv->inputs[0]].shape.dim[1]);
    if (inner) {
        put(t, "through");
        put(t, inner->scope);
        put_int(t, part->width);
        if (ig_node_attr(inner, "bias")->i)
            put(t, "inner_bias");
        put_norm(t, "inner_norm", inner);
    }
    if (part->column == 0 && ig_node_attr(parts->conv, "bias")->i)
        put(t, "bias");
    put_norm(t, part->column == 0 ? "after" : "scaled", parts->conv);
    for (int i = 0; i < t->count; i++)
        if (!t->words[i])
            return false;
    return true;
}

ig_status ig_parts_add_conv(ig_rewrite *rewrite, const ig_parts *parts, const ig_part *part, const ig_node *inner,
                            const char *path, int *value, ig_error *error)
{
    ig_node_spec model = ig_rewrite_spec(parts->conv);
    ig_attr attrs[IG_MAX_ATTRS];
    branch_text text = {.arena = rewrite->out->arena};
    if (parts->n_parts > 1 || inner) {
        if (!put_branch(&text, rewrite->in, parts, part, inner))
            return ig_fail_memory(error, sizeof text);
        ig_op_attr_defaults(model.op, attrs);
        *ig_rewrite_attr(model.op, attrs, "out") = *ig_node_attr(parts->conv, "out");
        *ig_rewrite_attr(model.op, attrs, "kernel") = *ig_node_attr(parts->conv, "kernel");
        *ig_rewrite_attr(model.op, attrs, "branches") =
            (ig_attr){.s = "", .words = text.words, .n_words = text.count, .given = true};
        model.attrs = attrs;
    }
    return ig_parts_add(rewrite, model, path, value, 1, value, error);
}
