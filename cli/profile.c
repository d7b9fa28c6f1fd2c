#include "cli/profile.h"

#include "bench/bench.h"

#include <stdlib.h>
#include <string.h>

int64_t profile_flops(const ig_cost *cost)
{
    return 2 * cost->macs + cost->adds + cost->other;
}

void profile_release(profile *p)
{
    engine_close(&p->e);
    free(p->steps);
    free(p->samples);
    memset(p, 0, sizeof *p);
}

/* --- the device --------------------------------------------------------------------------------------------------- */

static void describe_plan(profile *p)
{
    ig_step_info info;
    for (int i = 0; i < p->n_steps && ig_plan_get_step(p->e.plan, i, &info); i++)
        p->steps[i] = (profile_step){
            .path = info.path, .op = info.op, .kernel = info.kernel, .output = info.output, .cost = info.cost};
}

static ig_status time_device(profile *p, ig_step_time *times, ig_error *error)
{
    return ig_session_profile(p->e.session, &p->e.m->input, times, p->n_steps, error);
}

/* --- the reference ------------------------------------------------------------------------------------------------ */

static void describe_graph(profile *p)
{
    ig_layer_info info;
    for (int i = 0; i < p->n_steps && ig_graph_get_layer(p->e.graph, i, &info); i++)
        p->steps[i] = (profile_step){
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
        w->times[w->index++] = (ig_step_time){w->last_ns - w->begin_ns, now - w->last_ns, false};
    w->last_ns = now;
    return IG_OK;
}

static ig_status time_reference(profile *p, ig_step_time *times, ig_error *error)
{
    engine *e = &p->e;
    stopwatch watch = {.times = times, .count = p->n_steps, .begin_ns = clock_ns()};
    watch.last_ns = watch.begin_ns;
    ig_reference_params params = {
        .input = &e->m->input, .visit = stop_watch, .user = &watch, .cancel = e->a->interrupted};
    return ig_reference_run(e->graph, e->m->weights, &params, error);
}

/* --- both --------------------------------------------------------------------------------------------------------- */

static int count_steps(const engine *e)
{
    ig_graph_info info;
    ig_plan_totals totals;
    if (e->plan) {
        ig_plan_get_totals(e->plan, &totals);
        return totals.n_steps;
    }
    ig_graph_get_info(e->graph, &info);
    return info.n_layers;
}

static ig_status take_runs(profile *p, int runs, ig_step_time *times, ig_error *error)
{
    progress bar;
    ig_status status = IG_OK;
    progress_begin(&bar, "profiling", p->e.a->quiet);
    for (int run = 0; run < runs && !status; run++) {
        status = app_check_interrupt(p->e.a, error);
        if (!status)
            status = p->e.b->reference ? time_reference(p, times, error) : time_device(p, times, error);
        for (int i = 0; i < p->n_steps && !status; i++)
            p->samples[(size_t)i * (size_t)runs + (size_t)run] = (double)times[i].duration_ns / 1e6;
        progress_step(&bar, "", run + 1, runs);
    }
    progress_end(&bar);
    return status;
}

static ig_status profile_engine(profile *p, int runs, ig_error *error)
{
    p->n_steps = count_steps(&p->e);
    size_t n = (size_t)p->n_steps;
    p->steps = calloc(n + 1, sizeof *p->steps);
    p->samples = calloc(n * (size_t)runs + 1, sizeof *p->samples);
    ig_step_time *times = calloc(n + 1, sizeof *times);
    ig_status status = p->steps && p->samples && times ? IG_OK : cli_fail_memory(error);
    if (!status) {
        (p->e.plan ? describe_plan : describe_graph)(p);
        /* The first run pays for what is only done once. */
        if (!p->e.b->reference)
            status = engine_run(&p->e, &p->e.m->input, NULL, error);
    }
    if (!status)
        status = take_runs(p, runs, times, error);
    p->from_events = p->n_steps > 0;
    for (int i = 0; i < p->n_steps && !status; i++) {
        ig_bench_stats stats;
        ig_bench_summarize(&p->samples[(size_t)i * (size_t)runs], runs, &stats);
        p->steps[i].median_ms = stats.median;
        p->steps[i].last = times[i];
        p->from_events = p->from_events && times[i].from_events;
    }
    free(times);
    return status;
}

ig_status profile_run(app *a, const backend *b, const model *m, int runs, profile *p, ig_error *error)
{
    engine_params params = {.optimize = true};
    memset(p, 0, sizeof *p);
    ig_status status = engine_open(a, b, m, &params, &p->e, error);
    return status ? status : profile_engine(p, runs, error);
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

static cJSON *trace_step(const profile_step *step, int64_t origin_ns)
{
    char shape[96];
    cJSON *event = cJSON_CreateObject(), *args;
    cJSON_AddStringToObject(event, "name", step->path);
    cJSON_AddStringToObject(event, "cat", step->op);
    cJSON_AddStringToObject(event, "ph", "X");
    cJSON_AddNumberToObject(event, "ts", (double)(step->last.start_ns - origin_ns) / 1e3);
    cJSON_AddNumberToObject(event, "dur", (double)step->last.duration_ns / 1e3);
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
    int64_t origin_ns = p->n_steps > 0 ? p->steps[0].last.start_ns : 0;
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "displayTimeUnit", "ms");
    cJSON *events = cJSON_AddArrayToObject(object, "traceEvents");
    cJSON_AddItemToArray(events, trace_name("process_name", device));
    cJSON_AddItemToArray(events, trace_name("thread_name", model_name));
    for (int i = 0; i < p->n_steps; i++)
        cJSON_AddItemToArray(events, trace_step(&p->steps[i], origin_ns));
    char *text = object ? cJSON_PrintUnformatted(object) : NULL;
    cJSON_Delete(object);
    if (!text)
        return cli_fail_memory(error);
    ig_status status = ig_file_write(path, text, strlen(text), error);
    cJSON_free(text);
    return status;
}
