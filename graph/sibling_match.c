#include "graph/sibling_match.h"

#include "base/shape.h"
#include "graph/ops/common.h"

#include <string.h>

/* Channels: a slice of a map in blocks begins and ends with a block. The largest that devices have. */
enum { WHOLE_BLOCKS = 16 };

/* --- who can read a slice ----------------------------------------------------------------------------------------- */

/* Besides the operators that take an epilogue: their kernels begin anywhere in a buffer, too. */
static const char *const OTHER_READERS[] = {"adaptive_avg_pool2d", "anchor_decode", "avg_pool2d", "max_pool2d"};

bool ig_sibling_reads_slices(const ig_op *op)
{
    for (int i = 0; i < IG_COUNT(OTHER_READERS); i++)
        if (strcmp(OTHER_READERS[i], op->name) == 0)
            return true;
    return ig_op_attr_index(op, IG_EPILOGUE_ATTR) >= 0;
}

static bool reads(const ig_node *node, int value)
{
    for (int k = 0; k < node->n_inputs; k++)
        if (node->inputs[k] == value)
            return true;
    return false;
}

static bool is_view(const ig_graph *graph, const ig_node *node)
{
    ig_op_context call;
    ig_node_context(graph, node, &call);
    return ig_op_call_is_view(&call);
}

/* All readers but `except` (or NULL) find a slice. `*as_map`: one of them wants it as a map of channels. */
static bool can_be_slice(const ig_rewrite *rewrite, int value, const ig_node *except, bool *as_map)
{
    const ig_graph *in = rewrite->in;
    bool found = !ig_rewrite_is_asked_for(rewrite, value);
    for (int i = 0; i < in->n_nodes && found; i++) {
        const ig_node *node = &in->nodes[i];
        if (node == except || !reads(node, value))
            continue;
        if (is_view(in, node)) {
            found = can_be_slice(rewrite, node->output, NULL, as_map);
            continue;
        }
        found = ig_sibling_reads_slices(node->op);
        *as_map |= strcmp(node->op->name, "permute") != 0 && strcmp(node->op->name, "anchor_decode") != 0;
    }
    return found;
}

/* The concat of channels that has the value at one end and nowhere else; NULL if there is none. */
static const ig_node *find_concat(const ig_rewrite *rewrite, int value, bool *in_front)
{
    const ig_graph *in = rewrite->in;
    for (int i = 0; i < in->n_nodes; i++) {
        const ig_node *node = &in->nodes[i];
        int places = 0;
        for (int k = 0; k < node->n_inputs; k++)
            places += node->inputs[k] == value;
        *in_front = places == 1 && node->inputs[0] == value;
        if (strcmp(node->op->name, "concat") == 0 && places == 1 &&
            (*in_front || node->inputs[node->n_inputs - 1] == value) &&
            ig_shape_axis(&in->values[value].shape, ig_node_attr(node, "axis")->i) == 1)
            return node;
    }
    return NULL;
}

/* --- who are siblings --------------------------------------------------------------------------------------------- */

static int64_t channels(const ig_graph *graph, const ig_node *node)
{
    return graph->values[node->output].shape.dim[1];
}

static bool is_plain(const ig_graph *graph, const ig_node *node)
{
    if (strcmp(node->op->name, "conv2d") != 0 || node->n_inputs != 1 || graph->values[node->output].shape.dim[0] != 1)
        return false;
    const int producer = graph->values[node->inputs[0]].producer; /* a padding with one reader would become its own */
    return ig_node_attr(node, "groups")->i == 1 && !ig_node_attr(node, IG_PLANE_NORM_ATTR)->i &&
           ig_node_attr(node, "branches")->n_words == 0 &&
           (producer < 0 || !ig_node_is(&graph->nodes[producer], "pad2d"));
}

static bool see(const ig_rewrite *rewrite, const int *family_of, int index, ig_sibling *out)
{
    const ig_graph *in = rewrite->in;
    *out = (ig_sibling){.node = &in->nodes[index]};
    if (family_of[index] >= 0 || !is_plain(in, out->node))
        return false;
    const int value = out->node->output;
    out->whole = channels(in, out->node) % WHOLE_BLOCKS == 0;
    out->concat = find_concat(rewrite, value, &out->in_front);
    bool found = can_be_slice(rewrite, value, out->concat, &out->as_map);
    if (out->concat && found) {
        out->whole = out->whole && channels(in, out->concat) % WHOLE_BLOCKS == 0;
        found =
            family_of[out->concat - in->nodes] < 0 && can_be_slice(rewrite, out->concat->output, NULL, &out->as_map);
    }
    return found;
}

static bool same_attrs(const ig_node *a, const ig_node *b)
{
    static const char *const PAIRS[] = {"kernel", "stride", "pad", "dilation"};
    const ig_attr *x = ig_node_attr(a, IG_EPILOGUE_ATTR), *y = ig_node_attr(b, IG_EPILOGUE_ATTR);
    bool same = ig_node_attr(a, "pad_mode")->i == ig_node_attr(b, "pad_mode")->i &&
                ig_node_attr(a, IG_MAX_POOL_ATTR)->i == ig_node_attr(b, IG_MAX_POOL_ATTR)->i &&
                x->n_words == y->n_words;
    for (int i = 0; i < IG_COUNT(PAIRS) && same; i++)
        same = memcmp(ig_node_attr(a, PAIRS[i])->list, ig_node_attr(b, PAIRS[i])->list, 2 * sizeof(int64_t)) == 0;
    for (int i = 0; i < x->n_words && same; i++)
        same = strcmp(x->words[i], y->words[i]) == 0;
    return same;
}

/* A map lies in blocks as a whole or not at all. */
static bool agree(const ig_sibling *a, const ig_sibling *b)
{
    return same_attrs(a->node, b->node) && ((a->whole && b->whole) || (!a->as_map && !b->as_map)) &&
           !(a->concat && b->concat);
}

/* What becomes wider stays within what operators take; and while the concat's result is needed, so is the memory of the
 * others beside it. */
static bool fits(const ig_graph *graph, const ig_family *f)
{
    const ig_node *first = f->member[0].node;
    const ig_shape *map = &graph->values[first->output].shape, *weight = &graph->params[first->params[0]].shape;
    const int64_t joined = f->concat ? channels(graph, f->concat) : 0, most = IG_MAX_TENSOR_ELEMS / (f->width + joined);
    int64_t beside = joined ? f->width : 0;
    for (int k = 0; k < f->count; k++)
        beside -= f->member[k].concat ? channels(graph, f->member[k].node) : 0;
    return f->width + joined <= IG_MAX_EXTENT && ig_op_span(map, 2, 4) <= most && ig_op_span(weight, 1, 4) <= most &&
           2 * beside <= joined;
}

static void add(const ig_graph *graph, ig_family *f, const ig_sibling *next)
{
    f->member[f->count++] = *next;
    f->width += channels(graph, next->node);
    f->concat = next->concat ? next->concat : f->concat;
}

/* The one that a concat reads comes to stand where the concat has it: next to the concat's other inputs. */
static void order(ig_family *f)
{
    for (int k = 0; k < f->count; k++) {
        ig_sibling *const end = &f->member[f->member[k].in_front ? f->count - 1 : 0], read = f->member[k];
        if (!read.concat)
            continue;
        f->member[k] = *end;
        *end = read;
        return;
    }
}

/* Takes the next one in, if it may; the family is as good as ever without. */
static void take(const ig_graph *graph, ig_family *f, const ig_sibling *next)
{
    ig_family wider = *f;
    for (int k = 0; k < f->count; k++)
        if (!agree(&f->member[k], next))
            return;
    add(graph, &wider, next);
    if (fits(graph, &wider))
        *f = wider;
}

bool ig_family_find(const ig_rewrite *rewrite, const int *family_of, int index, ig_family *out)
{
    const ig_graph *in = rewrite->in;
    ig_sibling next;
    *out = (ig_family){.count = 0};
    if (!see(rewrite, family_of, index, &next))
        return false;
    add(in, out, &next);
    for (int i = index + 1; i < in->n_nodes && out->count < IG_MAX_SIBLINGS; i++)
        if (in->nodes[i].inputs[0] == in->nodes[index].inputs[0] && see(rewrite, family_of, i, &next))
            take(in, out, &next);
    order(out);
    return out->count > 1;
}
