#include "tuner/trial.h"

#include "base/error.h"
#include "base/shape.h"
#include "base/stats.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_RUNS = 64, /* launches behind one figure, at most */
    DUEL_ROUNDS = 15
};

/* --- the rig ------------------------------------------------------------------------------------------------------ */

static ig_status keep_result(void *user, const ig_tensor *value, ig_error *error)
{
    ig_trial_rig *rig = user;
    const ig_graph *graph = rig->task->graph;
    if (strcmp(value->name, graph->values[graph->outputs[0].value].name) != 0)
        return IG_OK;
    const size_t bytes = (size_t)ig_shape_elems(&value->shape) * sizeof *value->data;
    rig->want = (ig_tensor){.shape = value->shape, .data = malloc(bytes)};
    if (!rig->want.data)
        return ig_fail_memory(error, bytes);
    memcpy(rig->want.data, value->data, bytes);
    return IG_OK;
}

ig_status ig_trial_rig_open(ig_device *device, const ig_tune_db *db, const ig_tune_task *task, int64_t enough_ns,
                            const volatile bool *cancel, ig_trial_rig *out, ig_error *error)
{
    const ig_shape *shape = &task->graph->values[task->graph->input].shape;
    const int64_t elems = ig_shape_elems(shape);
    *out = (ig_trial_rig){.device = device, .db = db, .task = task, .enough_ns = enough_ns};
    out->input = (ig_tensor){.name = "input", .shape = *shape, .data = malloc((size_t)elems * sizeof(float))};
    if (!out->input.data)
        return ig_fail_memory(error, (size_t)elems * sizeof(float));
    ig_fill_seeded_input("input", out->input.data, elems);
    ig_status status = ig_weights_seeded(task->graph, &out->weights, error);
    const ig_reference_params reference = {.input = &out->input, .visit = keep_result, .user = out, .cancel = cancel};
    return status ? status : ig_reference_run(task->graph, out->weights, &reference, error);
}

void ig_trial_rig_close(ig_trial_rig *rig)
{
    ig_weights_destroy(&rig->weights);
    free(rig->input.data);
    free(rig->want.data);
    *rig = (ig_trial_rig){.device = NULL};
}

/* --- one candidate ------------------------------------------------------------------------------------------------ */

static int find_step(const ig_plan *plan, const char *kernel)
{
    int step = 0;
    while (step < plan->n_steps - 1 && strcmp(plan->steps[step].kernel->name, kernel) != 0)
        step++;
    return step;
}

static ig_status verify(const ig_trial_rig *rig, ig_trial_run *run, ig_trial_end *end, ig_error *error)
{
    const size_t bytes = (size_t)ig_shape_elems(&rig->want.shape) * sizeof(float);
    ig_tensor got = {.shape = rig->want.shape, .data = malloc(bytes)};
    if (!got.data)
        return ig_fail_memory(error, bytes);
    ig_verify_item item = {.path = rig->task->path};
    ig_error run_error = {0};
    *end = IG_TRIAL_FAILED;
    if (ig_session_run(run->session, &rig->input, &got, 1, &run_error) == IG_OK) {
        ig_verify_compare(&got, &rig->want, IG_VERIFY_TOLERANCE, &item);
        *end = item.passed ? IG_TRIAL_OK : IG_TRIAL_WRONG;
    }
    free(got.data);
    return IG_OK;
}

/* Most candidates are never built again. */
static void skip_store(const ig_trial_run *run)
{
    const int chain = ig_plan_find_chain(run->plan, run->step);
    ig_program_skip_store(run->plan->chains[chain].linked ? run->session->chain_programs[chain].program
                                                          : run->session->programs[run->step]);
}

ig_status ig_trial_run_open(const ig_trial_rig *rig, const ig_tune_candidate *candidate, ig_trial_run *run,
                            ig_trial_end *end, ig_error *error)
{
    const ig_tune_task *task = rig->task;
    const ig_plan_params params = {.limits = &ig_device_get_info(rig->device)->limits, .db = rig->db};
    ig_error refusal = {0};
    *run = (ig_trial_run){.pin = {.op = task->op,
                                  .layout = task->layout,
                                  .kernel = task->search.families[candidate->family].kernel->name}};
    memcpy(run->pin.values, candidate->values, sizeof run->pin.values);
    *end = IG_TRIAL_FAILED;
    ig_status status = ig_plan_create_pinned(task->graph, &params, &run->pin, &run->plan, &refusal);
    if (!status)
        status = ig_session_create(rig->device, run->plan, rig->weights, &run->session, &refusal);
    if (status)
        return IG_OK;
    run->step = find_step(run->plan, run->pin.kernel);
    skip_store(run);
    return verify(rig, run, end, error);
}

void ig_trial_run_close(ig_trial_run *run)
{
    ig_session_destroy(&run->session);
    ig_plan_destroy(&run->plan);
}

static void summarize(const int64_t *times_ns, int n, ig_stats *out)
{
    double times[MAX_RUNS];
    for (int i = 0; i < n; i++)
        times[i] = (double)times_ns[i];
    ig_stats_summarize(times, n, out);
}

/* Verification was the warm-up. Twice as many launches each time, until they took long enough together. */
static ig_status time_run(const ig_trial_rig *rig, ig_trial_run *run, int64_t stop_ns, ig_trial *out, ig_error *error)
{
    int64_t times[MAX_RUNS], total = 0;
    ig_status status = IG_OK;
    ig_step_clock clock;
    int n = 0;
    for (int more = 1; n < MAX_RUNS && total < rig->enough_ns && !status; more = n) {
        if (more > MAX_RUNS - n)
            more = MAX_RUNS - n;
        status = ig_session_time_step(run->session, run->step, more, times + n, &clock, error);
        for (int i = n; i < n + more && !status; i++)
            total += times[i];
        n += more;
        if (!status && stop_ns > 0 && total / n > stop_ns)
            break;
    }
    if (status)
        return status;
    ig_stats stats;
    summarize(times, n, &stats);
    out->time_ns = (int64_t)stats.median;
    out->end = stop_ns > 0 && out->time_ns > stop_ns ? IG_TRIAL_SLOW : IG_TRIAL_OK;
    return IG_OK;
}

ig_status ig_trial_measure(const ig_trial_rig *rig, const ig_tune_candidate *candidate, int64_t stop_ns, ig_trial *out,
                           ig_error *error)
{
    ig_trial_run run;
    *out = (ig_trial){.candidate = *candidate};
    ig_status status = ig_trial_run_open(rig, candidate, &run, &out->end, error);
    if (!status && out->end == IG_TRIAL_OK)
        status = time_run(rig, &run, stop_ns, out, error);
    ig_trial_run_close(&run);
    return status;
}

/* --- two of them -------------------------------------------------------------------------------------------------- */

static ig_status time_pairs(const ig_trial_rig *rig, ig_trial_run runs[2], ig_trial_duel *out, ig_error *error)
{
    int64_t times[2][DUEL_ROUNDS];
    double ratios[DUEL_ROUNDS];
    ig_status status = IG_OK;
    ig_step_clock clock;
    int n = 0;
    for (int64_t total = 0; n < DUEL_ROUNDS && (n < 5 || total < 4 * rig->enough_ns) && !status; n++) {
        for (int i = 0; i < 2 && !status; i++)
            status = ig_session_time_step(runs[i].session, runs[i].step, 1, &times[i][n], &clock, error);
        total += times[0][n] + times[1][n];
        ratios[n] = (double)times[1][n] / (double)(times[0][n] > 0 ? times[0][n] : 1);
    }
    if (status)
        return status;
    ig_stats stats[2], ratio;
    for (int i = 0; i < 2; i++)
        summarize(times[i], n, &stats[i]);
    ig_stats_summarize(ratios, n, &ratio);
    for (int i = 0; i < 2; i++)
        out->time_ns[i] = (int64_t)stats[i].median;
    out->gain = ig_stats_rank(ratios, n, 25);
    out->spread = stats[0].spread;
    out->runs = n;
    return IG_OK;
}

ig_status ig_trial_compare(const ig_trial_rig *rig, const ig_tune_candidate *first, const ig_tune_candidate *second,
                           ig_trial_duel *out, ig_error *error)
{
    const ig_tune_candidate *candidates[2] = {first, second};
    ig_trial_run runs[2] = {{.plan = NULL}, {.plan = NULL}};
    ig_trial_end ends[2] = {IG_TRIAL_OK, IG_TRIAL_OK};
    ig_status status = IG_OK;
    *out = (ig_trial_duel){.gain = 0};
    for (int i = 0; i < 2 && !status; i++)
        status = ig_trial_run_open(rig, candidates[i], &runs[i], &ends[i], error);
    if (!status && ends[0] == IG_TRIAL_OK && ends[1] == IG_TRIAL_OK)
        status = time_pairs(rig, runs, out, error);
    for (int i = 0; i < 2; i++)
        ig_trial_run_close(&runs[i]);
    return status;
}
