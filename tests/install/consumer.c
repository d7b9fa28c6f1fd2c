/* A program outside the tree: loads a model, plans it, runs the reference on seeded weights, prints the largest logit.
 */
#include <ingot/ingot.h>

#include <stdio.h>
#include <stdlib.h>

static ig_status keep_last(void *user, const ig_tensor *value, ig_error *error)
{
    float *best = user;
    (void)error;
    *best = value->data[0];
    for (int64_t i = 1; i < ig_shape_elems(&value->shape); i++)
        *best = value->data[i] > *best ? value->data[i] : *best;
    return IG_OK;
}

static int report(const ig_error *error)
{
    char text[2048];
    ig_error_format(error, text, sizeof text);
    fprintf(stderr, "%s\n", text);
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 64;
    ig_error error;
    ig_graph *graph = NULL;
    ig_weights *weights = NULL;
    ig_plan *plan = NULL;
    float best = 0;
    const char *include_dirs[] = {argv[1]};
    char path[1024];
    snprintf(path, sizeof path, "%s/rkd_sarsn/sarsn34.yaml", argv[1]);
    ig_graph_params params = {.include_dirs = include_dirs, .n_include_dirs = 1, .input_shape = {4, {1, 3, 16, 16}}};
    if (ig_graph_load(path, &params, &graph, &error) || ig_weights_seeded(graph, &weights, &error) ||
        ig_plan_create(graph, NULL, &plan, &error))
        return report(&error);
    float input[3 * 16 * 16];
    ig_fill_seeded_input("input", input, 3 * 16 * 16);
    ig_tensor tensor = {.shape = params.input_shape, .data = input};
    ig_reference_params run = {.input = &tensor, .visit = keep_last, .user = &best};
    if (ig_reference_run(graph, weights, &run, &error))
        return report(&error);
    printf("ingot %s: largest logit %g\n", ig_version(), best);
    ig_plan_destroy(&plan);
    ig_weights_destroy(&weights);
    ig_graph_destroy(&graph);
    return 0;
}
