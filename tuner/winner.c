/* Which candidate wins a problem, and its record. */
#include "tuner/tuner.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

static const double LEAST_GAIN = 1.01; /* of the lower quartile of pairs: below, what planning takes stays */

/* Whatever won this problem before under this driver, with whichever kernel. */
static void drop_earlier(ig_tuner *tuner, const ig_tune_task *task)
{
    const ig_device_limits *limits = &ig_device_get_info(tuner->params.device)->limits;
    ig_tune_db *db = tuner->winners;
    int kept = 0;
    for (int i = 0; i < db->count; i++) {
        bool earlier = false;
        for (int f = 0; f < task->search.n_families; f++)
            earlier |= strcmp(db->records[i].device->driver, limits->driver) == 0 &&
                       ig_tune_record_is_about(&db->records[i], limits, &task->search.families[f]);
        if (!earlier)
            db->records[kept++] = db->records[i];
    }
    db->count = kept;
}

static ig_status keep(ig_tuner *tuner, const ig_tune_task *task, const ig_tune_candidate *winner,
                      const ig_trial_duel *duel, ig_error *error)
{
    const ig_device_limits *limits = &ig_device_get_info(tuner->params.device)->limits;
    const ig_tune_family *family = &task->search.families[winner->family];
    char opencl[16];
    snprintf(opencl, sizeof opencl, "%d.%d", limits->opencl_major, limits->opencl_minor);
    const ig_tune_device device = {.family = limits->family,
                                   .name = limits->name,
                                   .driver = limits->driver,
                                   .vendor = limits->vendor,
                                   .opencl = opencl,
                                   .ingot = ig_version(),
                                   .date = tuner->params.date ? tuner->params.date : ""};
    ig_tune_record record = {
        .device = &device,
        .kernel = family->kernel->name,
        .kernel_hash = family->kernel->source_hash,
        .problem = family->problem,
        .evidence = {.time_ns = duel->time_ns[0],
                     .base_ns = duel->time_ns[1] > duel->time_ns[0] ? duel->time_ns[1] : duel->time_ns[0],
                     .spread = duel->spread,
                     .runs = duel->runs,
                     .level = tuner->params.level},
    };
    for (int i = 0; i < family->kernel->n_tunes; i++)
        (void)ig_kernel_vars_set(&record.params, family->kernel->tunes[i].name, winner->values[i]);
    drop_earlier(tuner, task);
    ig_status status = ig_tune_db_put(tuner->winners, &record, error);
    if (!status && tuner->params.records_path)
        status = ig_tune_db_save(tuner->winners, tuner->params.records_path, error);
    return status;
}

ig_status ig_tuner_decide(ig_tuner *tuner, ig_tune_task *task, const ig_trial_rig *rig, ig_error *error)
{
    const ig_tune_search *s = &task->search;
    const ig_trial *base = s->n_trials > 0 ? &s->trials[0] : NULL, *best = ig_tune_search_best(s);
    ig_trial_duel duel = {.gain = 0};
    if (!best) { /* nothing computes it rightly here: planning goes on as it did */
        ig_tuner_report(tuner, task, NULL, "none right", true);
        return IG_OK;
    }
    ig_tuner_watch(tuner, 10 * IG_TUNER_LIMIT_S);
    ig_status status = ig_trial_compare(rig, &best->candidate, &base->candidate, &duel, error);
    ig_tuner_watch(tuner, 0);
    if (status)
        return status;
    const bool beaten = base->end != IG_TRIAL_OK || duel.gain > LEAST_GAIN;
    const bool won = best != base && beaten;
    const ig_tune_candidate *winner = won ? &best->candidate : &base->candidate;
    if (duel.runs == 0) /* no duel with one that is wrong or does not end */
        duel = (ig_trial_duel){.time_ns = {best->time_ns, best->time_ns}, .runs = 1};
    else if (!won)
        duel.time_ns[0] = duel.time_ns[1];
    task->best_ns = duel.time_ns[0];
    task->base_ns = duel.time_ns[1];
    tuner->result->n_won += won;
    status = keep(tuner, task, winner, &duel, error);
    if (!status)
        ig_tuner_report(tuner, task, winner, won ? "won" : "kept", true);
    return status;
}
