#include "plan/plan.h"

#include "base/error.h"
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

void ig_device_limits_generic(ig_device_limits *out)
{
    *out = (ig_device_limits){
        .name = "generic OpenCL 1.2",
        .vendor = "any",
        .platform = "none",
        .driver = "none",
        .family = "generic",
        .type = IG_DEVICE_OTHER,
        .opencl_major = 1,
        .opencl_minor = 2,
        .opencl_c_major = 1,
        .opencl_c_minor = 2,
        .compute_units = 1,
        .max_work_group = 64,
        .max_work_item = {64, 64, 64},
        .local_mem_bytes = 16 << 10,
        .global_mem_bytes = 512 << 20,
        .max_alloc_bytes = 128 << 20,
        .base_align_bytes = 128,
        .native_vector_float = 1,
    };
}

static uint64_t hash_plan(const ig_plan *plan, const char *text)
{
    uint64_t hash = ig_hash_fnv64(IG_HASH_FNV64_SEED, text, strlen(text));
    for (int i = 0; i < plan->n_steps; i++) {
        const ig_step *step = &plan->steps[i];
        hash = ig_hash_fnv64(hash, &step->kernel->source_hash, sizeof step->kernel->source_hash);
        hash = ig_hash_fnv64(hash, step->options, strlen(step->options));
        if (step->epilogue)
            hash = ig_hash_fnv64(hash, step->epilogue, strlen(step->epilogue));
    }
    return hash;
}

static ig_status finish_totals(ig_plan *plan, ig_error *error)
{
    plan->totals.n_steps = plan->n_steps;
    for (int i = 0; i < plan->n_chains; i++)
        plan->totals.n_launches += plan->chains[i].linked ? 1 : plan->steps[plan->chains[i].first].launches.count;
    for (int i = 0; i < plan->n_slabs; i++)
        plan->totals.feature_bytes += plan->slab_bytes[i];
    for (int i = 0; i < plan->n_params; i++)
        plan->totals.weight_bytes += plan->params[i].pack_elems * (int64_t)sizeof(float);
    char *text = NULL;
    ig_status status = ig_plan_print(plan, &text, error);
    if (!status)
        plan->totals.hash = hash_plan(plan, text);
    free(text);
    return status;
}

static ig_status build_plan(ig_plan *plan, const ig_plan_params *params, ig_error *error)
{
    if (params->limits)
        plan->limits = *params->limits;
    else
        ig_device_limits_generic(&plan->limits);
    ig_status status = ig_plan_load_kernels(plan, params, error);
    if (!status)
        status = ig_plan_assign_layouts(plan, params, error);
    if (!status)
        status = ig_plan_assign_storage(plan, params, error);
    if (!status)
        status = ig_plan_lower(plan, params, error);
    if (!status)
        status = ig_plan_check_used(plan, params, error);
    if (!status)
        status = ig_plan_layout_memory(plan, error);
    if (!status)
        status = ig_plan_cut_chains(plan, params, error);
    return status ? status : finish_totals(plan, error);
}

bool ig_plan_is_pinned(const ig_plan *plan, const ig_op *op)
{
    return plan->pin && strcmp(plan->pin->op, op->name) == 0;
}

ig_status ig_plan_create_pinned(const ig_graph *graph, const ig_plan_params *params, const ig_plan_pin *pin,
                                ig_plan **out, ig_error *error)
{
    static const ig_plan_params defaults = {0};
    *out = NULL;
    ig_plan *plan = calloc(1, sizeof *plan);
    if (!plan || !(plan->arena = ig_arena_create())) {
        free(plan);
        return ig_fail_memory(error, sizeof *plan);
    }
    plan->graph = graph;
    plan->pin = pin;
    ig_status status = build_plan(plan, params ? params : &defaults, error);
    if (status)
        ig_plan_destroy(&plan);
    *out = plan;
    return status;
}

ig_status ig_plan_create(const ig_graph *graph, const ig_plan_params *params, ig_plan **out, ig_error *error)
{
    return ig_plan_create_pinned(graph, params, NULL, out, error);
}

void ig_plan_destroy(ig_plan **plan)
{
    if (!plan || !*plan)
        return;
    ig_graph_destroy(&(*plan)->own_graph);
    ig_arena_destroy(&(*plan)->arena);
    free(*plan);
    *plan = NULL;
}

/* What it packs into Winograd's form, or transforms by Fourier's, it multiplies by fewer numbers than the operator
 * counts. */
static bool reduces_arithmetic(const ig_kernel_def *kernel)
{
    bool reduces = false;
    for (int i = 0; i < kernel->n_args; i++)
        reduces |= kernel->args[i].pack == IG_PACK_WINOGRAD;
    for (int i = 0; i < kernel->n_stages; i++)
        reduces |= kernel->stages[i].routine == IG_ROUTINE_CLFFT_FORWARD;
    return reduces;
}

bool ig_plan_get_step(const ig_plan *plan, int index, ig_step_info *out)
{
    if (index < 0 || index >= plan->n_steps)
        return false;
    const ig_step *step = &plan->steps[index];
    const ig_node *node = &plan->graph->nodes[step->node];
    *out = (ig_step_info){
        .path = node->path,
        .op = node->op->name,
        .kernel = step->word,
        .rung = step->rung,
        .output = plan->graph->values[node->output].shape,
        .complete = step->complete,
        .reduced = reduces_arithmetic(step->kernel),
    };
    ig_layer_info layer;
    if (step->complete && ig_graph_get_layer(plan->graph, step->node, &layer))
        out->cost = layer.cost;
    return true;
}

void ig_plan_get_totals(const ig_plan *plan, ig_plan_totals *out)
{
    *out = plan->totals;
}
