#include "tuner/tuner.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double LEAST_SHARE_S = 1; /* of the budget, for one problem */

static ig_status load_winners(ig_tuner *tuner, ig_error *error)
{
    const char *path = tuner->params.records_path;
    ig_status status = ig_tune_db_create(&tuner->winners, error);
    return status || !path || !ig_file_exists(path) ? status : ig_tune_db_import(tuner->winners, path, error);
}

ig_status ig_tuner_create(const ig_tuner_params *params, ig_tuner **out, ig_error *error)
{
    ig_tuner *tuner = calloc(1, sizeof *tuner);
    *out = tuner;
    if (!tuner || !(tuner->arena = ig_arena_create())) {
        ig_tuner_destroy(out);
        return ig_fail_memory(error, sizeof *tuner);
    }
    tuner->params = *params;
    if (tuner->params.level == IG_TUNE_NONE)
        tuner->params.level = IG_TUNE_QUICK;
    ig_status status = ig_kernel_set_load(tuner->arena, &tuner->kernels, error);
    if (!status)
        status = ig_tune_journal_open(params->journal_path, &tuner->journal, error);
    if (!status)
        status = load_winners(tuner, error);
    if (status)
        ig_tuner_destroy(out);
    return status;
}

void ig_tuner_destroy(ig_tuner **tuner)
{
    if (!tuner || !*tuner)
        return;
    for (int i = 0; i < (*tuner)->n_tasks; i++)
        ig_tune_task_release(&(*tuner)->tasks[i]);
    ig_tune_journal_close(&(*tuner)->journal);
    ig_tune_db_destroy(&(*tuner)->winners);
    ig_arena_destroy(&(*tuner)->arena);
    free(*tuner);
    *tuner = NULL;
}

/* What won this very problem before, also under another driver: a seed of the search. */
static void recall(const ig_tuner *tuner, ig_tune_task *task)
{
    const ig_device_limits *limits = &ig_device_get_info(tuner->params.device)->limits;
    ig_tune_search *s = &task->search;
    for (int i = 0; i < tuner->winners->count; i++) {
        const ig_tune_record *record = &tuner->winners->records[i];
        for (int f = 0; f < s->n_families && s->n_seeds < IG_TUNE_MAX_SEEDS; f++) {
            ig_tune_candidate seed = {.family = f};
            if (!ig_tune_record_is_about(record, limits, &s->families[f]) ||
                !ig_tune_record_values(s->families[f].kernel, record, seed.values))
                continue;
            s->seeds[s->n_seeds++] = seed;
            if (strcmp(record->device->driver, limits->driver) == 0) {
                task->level = record->evidence.level;
                task->winner = s->n_seeds - 1;
                task->base_ns = record->evidence.base_ns;
                task->best_ns = record->evidence.time_ns;
            }
        }
    }
}

static ig_status add_task(ig_tuner *tuner, const ig_plan *plan, const ig_plan_params *params, const ig_step *step,
                          ig_error *error)
{
    ig_tune_task task;
    ig_status status =
        ig_tune_task_make(plan, params, step, &tuner->kernels, tuner->params.level == IG_TUNE_FULL, &task, error);
    for (int i = 0; i < tuner->n_tasks && !status; i++)
        if (tuner->tasks[i].key == task.key) {
            tuner->tasks[i].count++;
            ig_tune_task_release(&task);
            return IG_OK;
        }
    if (!status &&
        !ig_arena_grow(tuner->arena, (void **)&tuner->tasks, &tuner->cap_tasks, tuner->n_tasks + 1, sizeof task))
        status = ig_fail_memory(error, sizeof task);
    if (status) {
        ig_tune_task_release(&task);
        return status;
    }
    recall(tuner, &task);
    tuner->tasks[tuner->n_tasks++] = task;
    return IG_OK;
}

ig_status ig_tuner_add(ig_tuner *tuner, const ig_graph *graph, ig_layout layout, ig_error *error)
{
    const ig_plan_params params = {
        .limits = &ig_device_get_info(tuner->params.device)->limits, .db = tuner->params.db, .layout = layout};
    ig_plan *plan = NULL;
    ig_status status = ig_plan_create(graph, &params, &plan, error);
    for (int i = 0; !status && i < plan->n_steps; i++)
        if (ig_tune_task_fits(plan, &plan->steps[i]))
            status = add_task(tuner, plan, &params, &plan->steps[i], error);
    ig_plan_destroy(&plan);
    return status;
}

/* Tuned before, at this level or a higher one. */
static bool is_known(const ig_tuner *tuner, const ig_tune_task *task)
{
    return !tuner->params.check && task->level >= tuner->params.level;
}

/* Time a task may take in all, about: what it is tuned in the order of. */
static double weight(const ig_tune_task *task)
{
    return ((double)task->macs + 4.0 * (double)task->bytes) * task->count;
}

static int compare_tasks(const void *a, const void *b)
{
    const double x = weight(a), y = weight(b);
    return (x < y) - (x > y);
}

/* A share of the time that is left, by weight; who needs less leaves it to the others. */
static int64_t share_end(const ig_tuner *tuner, int index)
{
    double left = 0;
    if (tuner->end_ns == 0)
        return 0;
    for (int i = index; i < tuner->n_tasks; i++)
        left += sqrt(weight(&tuner->tasks[i]));
    const int64_t now = ig_host_ns();
    const double share = (double)(tuner->end_ns - now) * sqrt(weight(&tuner->tasks[index])) / (left > 0 ? left : 1);
    return now + (int64_t)fmax(share, LEAST_SHARE_S * 1e9);
}

ig_status ig_tuner_run(ig_tuner *tuner, ig_tuner_result *result, ig_error *error)
{
    *result = (ig_tuner_result){.n_problems = tuner->n_tasks};
    tuner->result = result;
    tuner->end_ns = tuner->params.budget_s > 0 ? ig_host_ns() + (int64_t)(tuner->params.budget_s * 1e9) : 0;
    if (tuner->n_tasks > 0)
        qsort(tuner->tasks, (size_t)tuner->n_tasks, sizeof *tuner->tasks, compare_tasks);
    ig_status status = IG_OK;
    for (int i = 0; i < tuner->n_tasks && !status; i++) {
        ig_tune_task *task = &tuner->tasks[i];
        if (is_known(tuner, task)) {
            result->n_known++;
            ig_tuner_report(tuner, task, &task->search.seeds[task->winner], "known", true);
        } else if (tuner->end_ns == 0 || ig_host_ns() < tuner->end_ns) {
            status = ig_tuner_tune(tuner, task, share_end(tuner, i), error);
            result->n_done += !status;
        }
        result->base_ns += task->base_ns * task->count;
        result->best_ns += task->best_ns * task->count;
    }
    return status;
}
