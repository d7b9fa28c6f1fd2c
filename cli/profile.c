#include "cli/profile.h"

#include "bench/bench.h"

#include <stdlib.h>
#include <string.h>

void profile_release(profile *p)
{
    free(p->steps);
    free(p->last);
    free(p->samples);
    memset(p, 0, sizeof *p);
}

/* --- the device --------------------------------------------------------------------------------------------------- */

static void describe_plan(const engine *e, profile *p)
{
    ig_step_info info;
    for (int i = 0; i < p->n_steps && ig_plan_get_step(e->plan, i, &info); i++)
        p->steps[i] = (ig_measured_step){.path = info.path,
                                         .op = info.op,
                                         .kernel = info.kernel,
                                         .output = info.output,
                                         .cost = info.cost,
                                         .reduced = info.reduced};
}

static ig_status time_device(engine *e, profile *p, ig_error *error)
{
    return ig_session_profile(e->session, &e->m->input, p->last, p->n_steps, error);
}

/* --- the reference ------------------------------------------------------------------------------------------------ */

static void describe_graph(const engine *e, profile *p)
{
    ig_layer_info info;
    for (int i = 0; i < p->n_steps && ig_graph_get_layer(e->graph, i, &info); i++)
        p->steps[i] = (ig_measured_step){
            .path = info.path, .op = info.op, .kernel = "reference", .output = info.output, .cost = info.cost};
}

typedef struct stopwatch {
    ig_step_time *times;
    int count, index;
    int64_t begin_ns, last_ns;
} stopwatch;

static ig_status stop_watch(void *user, const ig_tensor *value, ig_error *error)
{
    (void)value, (void)error;
    stopwatch *w = user;
    int64_t now = clock_ns();
    if (w->index < w->count)
        w->times[w->index++] = (ig_step_time){w->last_ns - w->begin_ns, now - w->last_ns, IG_CLOCK_HOST};
    w->last_ns = now;
    return IG_OK;
}

static ig_status time_reference(engine *e, profile *p, ig_error *error)
{
    stopwatch watch = {.times = p->last, .count = p->n_steps, .begin_ns = clock_ns()};
    watch.last_ns = watch.begin_ns;
    ig_reference_params params = {
        .input = &e->m->input, .visit = stop_watch, .user = &watch, .cancel = e->a->interrupted};
    return ig_reference_run(e->graph, e->m->weights, &params, error);
}

/* --- both --------------------------------------------------------------------------------------------------------- */

static void count_steps(const engine *e, profile *p)
{
    ig_graph_info info;
    ig_plan_totals totals;
    if (e->plan) {
        ig_plan_get_totals(e->plan, &totals);
        p->n_steps = totals.n_steps;
    } else {
        ig_graph_get_info(e->graph, &info);
        p->n_steps = info.n_layers;
    }
}

static ig_status take_runs(engine *e, profile *p, int runs, ig_error *error)
{
    progress bar;
    ig_status status = IG_OK;
    progress_begin(&bar, "profiling", e->a->quiet);
    for (int run = 0; run < runs && !status; run++) {
        status = app_check_interrupt(e->a, error);
        if (!status)
            status = (e->b->reference ? time_reference : time_device)(e, p, error);
        for (int i = 0; i < p->n_steps && !status; i++)
            p->samples[(size_t)i * (size_t)runs + (size_t)run] = (double)p->last[i].duration_ns / 1e6;
        progress_step(&bar, "", run + 1, runs);
    }
    progress_end(&bar);
    return status;
}

static void summarize(profile *p, const ig_device_roofs *roofs, int runs)
{
    for (int i = 0; i < p->n_steps; i++) {
        ig_measured_step *step = &p->steps[i];
        ig_stats stats;
        ig_stats_summarize(&p->samples[(size_t)i * (size_t)runs], runs, &stats);
        step->ms = stats.median;
        if (roofs)
            ig_roofline_of(roofs, &step->cost, p->last[i].clock != IG_CLOCK_CHAIN, step->ms, &step->roof);
        p->told_by[p->last[i].clock]++;
    }
}

ig_status profile_run(engine *e, const ig_device_roofs *roofs, int runs, profile *p, ig_error *error)
{
    *p = (profile){0};
    count_steps(e, p);
    const size_t n = (size_t)p->n_steps;
    p->steps = calloc(n + 1, sizeof *p->steps);
    p->last = calloc(n + 1, sizeof *p->last);
    p->samples = calloc(n * (size_t)runs + 1, sizeof *p->samples);
    if (!p->steps || !p->last || !p->samples)
        return cli_fail_memory(error);
    (e->plan ? describe_plan : describe_graph)(e, p);
    /* The first run pays for what is only done once. */
    ig_status status = e->b->reference ? IG_OK : engine_run(e, &e->m->input, NULL, error);
    if (!status)
        status = take_runs(e, p, runs, error);
    if (!status)
        summarize(p, roofs, runs);
    return status;
}

/* --- trace -------------------------------------------------------------------------------------------------------- */

static cJSON *trace_name(const char *what, const char *name)
{
    cJSON *event = cJSON_CreateObject(), *args;
    cJSON_AddStringToObject(event, "name", what);
    cJSON_AddStringToObject(event, "ph", "M");
    cJSON_AddNumberToObject(event, "pid", 1);
    cJSON_AddNumberToObject(event, "tid", 1);
    args = cJSON_AddObjectToObject(event, "args");
    cJSON_AddStringToObject(args, "name", name);
    return event;
}

static cJSON *trace_step(const ig_measured_step *step, const ig_step_time *time, int64_t origin_ns)
{
    char shape[96];
    cJSON *event = cJSON_CreateObject(), *args;
    cJSON_AddStringToObject(event, "name", step->path);
    cJSON_AddStringToObject(event, "cat", step->op);
    cJSON_AddStringToObject(event, "ph", "X");
    cJSON_AddNumberToObject(event, "ts", (double)(time->start_ns - origin_ns) / 1e3);
    cJSON_AddNumberToObject(event, "dur", (double)time->duration_ns / 1e3);
    cJSON_AddNumberToObject(event, "pid", 1);
    cJSON_AddNumberToObject(event, "tid", 1);
    args = cJSON_AddObjectToObject(event, "args");
    cJSON_AddStringToObject(args, "kernel", step->kernel);
    cJSON_AddStringToObject(args, "output", ig_shape_text(&step->output, shape, sizeof shape));
    cJSON_AddNumberToObject(args, "macs", (double)step->cost.macs);
    cJSON_AddNumberToObject(args, "bytes", (double)step->cost.bytes);
    return event;
}

ig_status profile_write_trace(const profile *p, const char *model_name, const char *device, const char *path,
                              ig_error *error)
{
    int64_t origin_ns = p->n_steps > 0 ? p->last[0].start_ns : 0;
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "displayTimeUnit", "ms");
    cJSON *events = cJSON_AddArrayToObject(object, "traceEvents");
    cJSON_AddItemToArray(events, trace_name("process_name", device));
    cJSON_AddItemToArray(events, trace_name("thread_name", model_name));
    for (int i = 0; i < p->n_steps; i++)
        cJSON_AddItemToArray(events, trace_step(&p->steps[i], &p->last[i], origin_ns));
    char *text = object ? cJSON_PrintUnformatted(object) : NULL;
    cJSON_Delete(object);
    if (!text)
        return cli_fail_memory(error);
    ig_status status = ig_file_write(path, text, strlen(text), error);
    cJSON_free(text);
    return status;
}
