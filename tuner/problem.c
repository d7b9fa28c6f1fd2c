/* One problem: candidate by candidate, each in the journal before it runs. */
#include "tuner/tuner.h"

#include "base/error.h"

/* How long is searched, by level. */
typedef struct effort {
    int patience;      /* trials without a gain */
    int64_t enough_ns; /* of launches behind one figure */
} effort;
static const effort efforts[IG_TUNE_LEVEL_COUNT] = {
    [IG_TUNE_NONE] = {16, 15000000}, [IG_TUNE_QUICK] = {16, 15000000}, [IG_TUNE_FULL] = {80, 60000000}};
static const double SLOW = 3; /* a candidate that takes so many times the best is given up */

static bool is_cancelled(const ig_tuner *tuner)
{
    return tuner->params.cancel && *tuner->params.cancel;
}

void ig_tuner_watch(const ig_tuner *tuner, double limit_s)
{
    if (tuner->params.watch)
        tuner->params.watch(tuner->params.user, (int64_t)(limit_s * 1e9));
}

void ig_tuner_report(const ig_tuner *tuner, const ig_tune_task *task, const ig_tune_candidate *candidate,
                     const char *outcome, bool done)
{
    ig_text text = {0};
    if (!tuner->params.report)
        return;
    if (candidate)
        ig_tune_candidate_print(&task->search, candidate, &text);
    const ig_tuner_progress progress = {
        .problem = (int)(task - tuner->tasks),
        .n_problems = tuner->n_tasks,
        .path = task->path,
        .op = task->op,
        .n_steps = task->count,
        .n_trials = task->search.n_trials,
        .candidate = ig_text_get(&text),
        .outcome = outcome,
        .done = done,
        .base_ns = task->base_ns,
        .best_ns = task->best_ns,
        .seconds_left = tuner->end_ns ? (double)(tuner->end_ns - ig_host_ns()) / 1e9 : -1,
    };
    tuner->params.report(tuner->params.user, &progress);
    ig_text_release(&text);
}

/* On disk before it runs: whoever dies in it is not tried again. */
static ig_status measure(ig_tuner *tuner, ig_tune_task *task, const ig_trial_rig *rig,
                         const ig_tune_candidate *candidate, uint64_t key, ig_trial *trial, ig_error *error)
{
    const ig_trial *best = ig_tune_search_best(&task->search);
    const double limit_s = tuner->params.trial_limit_s > 0 ? tuner->params.trial_limit_s : IG_TUNER_LIMIT_S;
    ig_text text = {0};
    ig_tune_candidate_print(&task->search, candidate, &text);
    ig_text_add(&text, " ");
    ig_tune_vars_print(&task->search.families[candidate->family].problem, &text);
    ig_status status = ig_tune_journal_begin(tuner->journal, key, ig_text_get(&text), error);
    ig_text_release(&text);
    if (status)
        return status;
    ig_tuner_watch(tuner, limit_s);
    status = ig_trial_measure(rig, candidate, best ? (int64_t)((double)best->time_ns * SLOW) : 0, trial, error);
    ig_tuner_watch(tuner, 0);
    tuner->result->n_trials++;
    return status ? status : ig_tune_journal_end(tuner->journal, key, trial, error);
}

static void count_outcome(ig_tuner_result *result, ig_trial_end end)
{
    result->n_wrong += end == IG_TRIAL_WRONG;
    result->n_failed += end == IG_TRIAL_FAILED;
    result->n_lost += end == IG_TRIAL_LOST;
}

static ig_status try_candidate(ig_tuner *tuner, ig_tune_task *task, const ig_trial_rig *rig,
                               const ig_tune_candidate *candidate, ig_error *error)
{
    static const char *const words[IG_TRIAL_END_COUNT] = {"ok", "slow", "wrong", "failed", "lost"};
    const ig_device_limits *limits = &ig_device_get_info(tuner->params.device)->limits;
    const uint64_t key = ig_tune_trial_key(&task->search, limits, candidate);
    ig_trial trial = {.candidate = *candidate};
    ig_status status = IG_OK;
    const bool known = ig_tune_journal_find(tuner->journal, key, &trial);
    if (!known || (tuner->params.check && trial.end != IG_TRIAL_LOST))
        status = measure(tuner, task, rig, candidate, key, &trial, error);
    if (!status && !ig_tune_search_tell(&task->search, &trial))
        status = ig_fail_memory(error, sizeof trial);
    if (status)
        return status;
    if (task->search.n_trials == 1)
        task->base_ns = trial.time_ns;
    const ig_trial *best = ig_tune_search_best(&task->search);
    task->best_ns = best ? best->time_ns : 0;
    count_outcome(tuner->result, trial.end);
    ig_tuner_report(tuner, task, candidate, words[trial.end], false);
    return IG_OK;
}

static ig_status search(ig_tuner *tuner, ig_tune_task *task, const ig_trial_rig *rig, int64_t end_ns, ig_error *error)
{
    ig_tune_candidate candidate;
    ig_status status = IG_OK;
    while (!status && !is_cancelled(tuner) && (end_ns == 0 || ig_host_ns() < end_ns || task->search.n_trials == 0) &&
           ig_tune_search_ask(&task->search, &candidate))
        status = try_candidate(tuner, task, rig, &candidate, error);
    return status ? status : is_cancelled(tuner) ? ig_fail(error, IG_E_CANCELLED, "tuning was interrupted") : IG_OK;
}

ig_status ig_tuner_tune(ig_tuner *tuner, ig_tune_task *task, int64_t end_ns, ig_error *error)
{
    const effort *e = &efforts[tuner->params.level];
    ig_trial_rig rig;
    task->search.patience = tuner->params.check ? 0 : e->patience;
    ig_tune_search_begin(&task->search);
    ig_status status = ig_trial_rig_open(tuner->params.device, tuner->params.db, task, e->enough_ns,
                                         tuner->params.cancel, &rig, error);
    if (!status)
        status = search(tuner, task, &rig, end_ns, error);
    if (!status)
        status = ig_tuner_decide(tuner, task, &rig, error);
    ig_trial_rig_close(&rig);
    return status;
}
