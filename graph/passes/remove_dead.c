/* Nodes that nobody waits for are left out.
 *
 *   before   x -> conv2d "a" -> output                      after   x -> conv2d "a" -> output
 *            x -> relu "b"
 *
 * A node stays when a path leads from it to an output or to a kept value. */
#include "graph/rewrite.h"

#include "base/error.h"

#include <stdlib.h>

static void mark_live(const ig_graph *in, const bool *keep, bool *live)
{
    for (int i = 0; i < in->n_values; i++)
        live[i] = keep[i];
    for (int i = 0; i < in->n_outputs; i++)
        live[in->outputs[i].value] = true;
    for (int i = in->n_nodes - 1; i >= 0; i--) {
        const ig_node *node = &in->nodes[i];
        for (int j = 0; live[node->output] && j < node->n_inputs; j++)
            live[node->inputs[j]] = true;
    }
}

static bool legal(const ig_node *node, const bool *live)
{
    return !live[node->output];
}

static ig_status rewrite(ig_rewrite *rewriting, const bool *live, ig_error *error)
{
    const ig_graph *in = rewriting->in;
    ig_status status = IG_OK;
    for (int i = 0; i < in->n_nodes && status == IG_OK; i++)
        if (!legal(&in->nodes[i], live))
            status = ig_rewrite_copy(rewriting, &in->nodes[i], NULL, NULL, error);
    return status;
}

static ig_status run(const ig_graph *in, const bool *keep, ig_graph **out, ig_error *error)
{
    ig_rewrite rewriting;
    ig_status status = ig_rewrite_begin(&rewriting, in, keep, error);
    bool *live = calloc((size_t)in->n_values, sizeof *live);
    if (!live) {
        status = ig_fail_memory(error, (size_t)in->n_values);
    } else if (status == IG_OK) {
        mark_live(in, keep, live);
        status = rewrite(&rewriting, live, error);
    }
    free(live);
    return ig_rewrite_end(&rewriting, status, out, error);
}

extern const ig_pass ig_pass_remove_dead;
const ig_pass ig_pass_remove_dead = {
    .name = "remove_dead",
    .doc = "nodes that reach no output and no kept value are left out",
    .run = run,
};
