#include "cli/target.h"

#include "cli/tuning.h"
#include "cli/zoo.h"

#include <stdio.h>
#include <string.h>

static ig_status open_device(app *a, const char *device, target *t, ig_error *error)
{
    ig_status status = backend_open(a, device, &t->b, error);
    if (!status && t->b.device)
        t->limits = ig_device_get_info(t->b.device)->limits;
    return status;
}

ig_status target_open(app *a, const char *device, const char *profile, target *t, ig_error *error)
{
    memset(t, 0, sizeof *t);
    ig_device_limits_generic(&t->limits);
    if (device && profile)
        return cli_fail(error, IG_E_USAGE, "--device and --profile exclude each other");
    if (device)
        return open_device(a, device, t, error);
    if (!profile)
        return IG_OK;
    ig_status status = zoo_is_path(profile) ? ig_device_limits_read(profile, &t->limits, error)
                                            : ig_device_limits_shipped(profile, &t->limits, error);
    return status || a->tuning == TUNING_OFF ? status : ig_tune_db_shipped(&t->db, error);
}

void target_close(target *t)
{
    ig_tune_db_destroy(&t->db);
    backend_close(&t->b);
}

ig_status target_plan(app *a, const target *t, const model *m, planned *out, ig_error *error)
{
    int64_t begin = clock_ns();
    const ig_passes_params passes = {
        .disable = m->passes.off, .n_disable = m->passes.n_off, .local_is_cache = t->limits.local_is_cache};
    const ig_plan_params params = {.limits = &t->limits,
                                   .db = t->b.device ? backend_records(&t->b, TUNING_ALL) : t->db,
                                   .force_kernels = m->kernels,
                                   .n_force_kernels = m->n_kernels,
                                   .layout = m->layout,
                                   .no_chains = m->no_chains};
    memset(out, 0, sizeof *out);
    ig_status status = ig_graph_optimize(m->graph, &passes, &out->graph, error);
    phase_add(&a->times, PHASE_PASSES, begin);
    begin = clock_ns();
    if (!status)
        status = ig_plan_create(out->graph, &params, &out->plan, error);
    phase_add(&a->times, PHASE_PLAN, begin);
    return status;
}

void planned_release(planned *p)
{
    ig_plan_destroy(&p->plan);
    ig_graph_destroy(&p->graph);
}

void profiles_print(void)
{
    char name[IG_DEVICE_TEXT];
    ig_device_limits limits;
    printf("Described devices. --profile takes the name, its beginning or a part that no other has.\n\n");
    for (int i = 0; ig_device_profile_name(i, name); i++)
        if (ig_device_limits_shipped(name, &limits, NULL) == IG_OK)
            printf("  %-14s %s, %s\n", name, limits.name, limits.vendor);
}

int count_computing_layers(const ig_graph *graph)
{
    ig_layer_info layer;
    int count = 0;
    for (int i = 0; ig_graph_get_layer(graph, i, &layer); i++)
        count += layer.cost.bytes > 0;
    return count;
}
