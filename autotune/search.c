#include "autotune/search.h"

#include "base/hash.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum {
    POOL = 24,      /* legal candidates among which the most promising is asked for */
    DRAWS = 400,    /* to find them */
    LEADERS = 4,    /* whose neighbours are looked at */
    FEW_TRIALS = 3, /* of a family: until then its strangers are as good as another's */
};
#define GAIN 0.98 /* a time below this share of the best counts as better */

/* --- candidates --------------------------------------------------------------------------------------------------- */

static const ig_kernel_def *kernel_of(const ig_tune_search *s, const ig_tune_candidate *c)
{
    return s->families[c->family].kernel;
}

bool ig_tune_candidate_is_legal(const ig_tune_search *search, const ig_tune_candidate *candidate,
                                ig_kernel_launches *launches)
{
    const ig_kernel_def *kernel = kernel_of(search, candidate);
    ig_kernel_vars vars = search->families[candidate->family].problem;
    char why[IG_ERROR_TEXT];
    bool legal = false;
    return ig_kernel_bind(kernel, candidate->values, &vars, NULL) == IG_OK &&
           ig_kernel_check(kernel, &vars, &search->bounds, &legal, launches, why, sizeof why, NULL) == IG_OK && legal;
}

void ig_tune_candidate_print(const ig_tune_search *search, const ig_tune_candidate *candidate, ig_text *out)
{
    const ig_kernel_def *kernel = kernel_of(search, candidate);
    ig_text_add(out, "%s{", kernel->name);
    for (int i = 0; i < kernel->n_tunes; i++)
        ig_text_add(out, "%s%s=%" PRId64, i ? "," : "", kernel->tunes[i].name, candidate->values[i]);
    ig_text_add(out, "}");
}

static bool is_same(const ig_tune_search *s, const ig_tune_candidate *a, const ig_tune_candidate *b)
{
    const size_t bytes = (size_t)kernel_of(s, a)->n_tunes * sizeof *a->values;
    return a->family == b->family && memcmp(a->values, b->values, bytes) == 0;
}

static bool was_tried(const ig_tune_search *s, const ig_tune_candidate *c)
{
    for (int i = 0; i < s->n_trials; i++)
        if (is_same(s, &s->trials[i].candidate, c))
            return true;
    return false;
}

static bool is_new(const ig_tune_search *s, const ig_tune_candidate *c)
{
    ig_kernel_launches launches;
    return !was_tried(s, c) && ig_tune_candidate_is_legal(s, c, &launches);
}

/* --- what is known ------------------------------------------------------------------------------------------------ */

static bool next_seed(const ig_tune_search *s, ig_tune_candidate *out)
{
    for (int i = 0; s->n_trials > 0 && i < s->n_seeds; i++) {
        *out = s->seeds[i];
        if (is_new(s, out))
            return true;
    }
    return false;
}

/* What planning takes is tried first, then what won before, then rung by rung what is known of every kernel. */
static bool next_known(const ig_tune_search *s, ig_tune_candidate *out)
{
    if (next_seed(s, out))
        return true;
    for (int rung = 0; rung < IG_RUNG_COUNT; rung++)
        for (int f = 0; f < s->n_families; f++) {
            const int count = s->families[f].n_known;
            if (rung >= count ||
                (rung == count - 1 && rung > 0)) /* the safe default only where there is nothing else */
                continue;
            out->family = f;
            memcpy(out->values, s->families[f].known[rung].values, sizeof out->values);
            if (is_new(s, out))
                return true;
        }
    return false;
}

/* --- what is guessed ---------------------------------------------------------------------------------------------- */

/* An integer below `count`. */
static int draw(ig_tune_search *s, int count)
{
    return (int)(ig_hash_uniform(s->seed, s->draws++) * count);
}

static int value_index(const ig_ktune *tune, int64_t value)
{
    int index = 0;
    while (index < tune->n_values - 1 && tune->values[index] != value)
        index++;
    return index;
}

/* One or two tunables a step up or down, now and then any value. */
static void step_aside(ig_tune_search *s, const ig_tune_candidate *from, ig_tune_candidate *out)
{
    const ig_kernel_def *kernel = kernel_of(s, from);
    *out = *from;
    for (int n = 1 + draw(s, 2); n > 0 && kernel->n_tunes > 0; n--) {
        const int t = draw(s, kernel->n_tunes);
        const ig_ktune *tune = &kernel->tunes[t];
        const int at = value_index(tune, out->values[t]), kind = draw(s, 5);
        const int to = kind == 0 ? draw(s, tune->n_values) : at + (kind % 2 ? 1 : -1);
        if (to >= 0 && to < tune->n_values)
            out->values[t] = tune->values[to];
    }
}

static void stranger(ig_tune_search *s, ig_tune_candidate *out)
{
    out->family = draw(s, s->n_families);
    const ig_kernel_def *kernel = kernel_of(s, out);
    for (int t = 0; t < kernel->n_tunes; t++)
        out->values[t] = kernel->tunes[t].values[draw(s, kernel->tunes[t].n_values)];
}

/* Indices of the fastest right trials, the fastest first. */
static int find_leaders(const ig_tune_search *s, int leaders[LEADERS])
{
    int count = 0;
    for (int i = 0; i < s->n_trials; i++) {
        if (s->trials[i].end != IG_TRIAL_OK)
            continue;
        int at = count < LEADERS ? count++ : LEADERS;
        for (; at > 0 && s->trials[leaders[at - 1]].time_ns > s->trials[i].time_ns; at--)
            if (at < LEADERS)
                leaders[at] = leaders[at - 1];
        if (at < LEADERS)
            leaders[at] = i;
    }
    return count;
}

static double distance(const ig_tune_search *s, const ig_tune_candidate *a, const ig_tune_candidate *b)
{
    const ig_kernel_def *kernel = kernel_of(s, a);
    double sum = 0;
    for (int t = 0; t < kernel->n_tunes; t++) {
        const double steps = log2((double)(a->values[t] + 1) / (double)(b->values[t] + 1));
        sum += steps * steps;
    }
    return sum;
}

/* Share of the device that the last round of work-groups leaves idle, as a factor of time; of several launches the
 * largest, as nothing is known of a library's. */
static double idle_factor(const ig_tune_search *s, const ig_kernel_launches *launches)
{
    double most = 1;
    for (int i = 0; i < launches->count; i++) {
        const ig_kernel_launch *launch = &launches->at[i];
        const double groups = (double)(launch->groups[0] * launch->groups[1] * launch->groups[2]);
        if (launch->stage->routine == IG_ROUTINE_NONE)
            most = fmax(most, ceil(groups / (double)s->units) * (double)s->units / groups);
    }
    return most;
}

/* The time to expect, as a logarithm: the mean of tried ones of its kernel, near ones counting most; where there are
 * few, of the best one of all. */
static double expect(const ig_tune_search *s, const ig_tune_candidate *c)
{
    const ig_trial *best = ig_tune_search_best(s);
    double weights = 0, sum = 0;
    int count = 0;
    for (int i = 0; i < s->n_trials; i++) {
        const ig_trial *trial = &s->trials[i];
        if (trial->candidate.family != c->family || trial->time_ns <= 0)
            continue;
        const double near = distance(s, &trial->candidate, c) + 0.01, weight = 1 / (near * near);
        weights += weight;
        sum += weight * log((double)trial->time_ns);
        count++;
    }
    if (best && count < FEW_TRIALS) {
        weights += 1;
        sum += log((double)best->time_ns);
    }
    ig_kernel_launches launches;
    const double idle = ig_tune_candidate_is_legal(s, c, &launches) ? log(idle_factor(s, &launches)) : 0;
    return (weights > 0 ? sum / weights : 0) + idle / 2;
}

static bool next_guess(ig_tune_search *s, ig_tune_candidate *out)
{
    int leaders[LEADERS], found = 0;
    const int n_leaders = find_leaders(s, leaders);
    double least = INFINITY;
    for (int i = 0; i < DRAWS && found < POOL; i++) {
        ig_tune_candidate candidate = {.family = 0};
        if (n_leaders > 0 && i % 4 != 3)
            step_aside(s, &s->trials[leaders[draw(s, n_leaders)]].candidate, &candidate);
        else
            stranger(s, &candidate);
        if (!is_new(s, &candidate))
            continue;
        const double time = expect(s, &candidate);
        found++;
        if (time < least) {
            least = time;
            *out = candidate;
        }
    }
    return found > 0;
}

/* --- the search --------------------------------------------------------------------------------------------------- */

void ig_tune_search_begin(ig_tune_search *search)
{
    search->n_trials = search->cap_trials = 0;
    search->trials = NULL;
    search->best = -1;
    search->last_gain = 0;
    search->draws = 0;
}

bool ig_tune_search_ask(ig_tune_search *search, ig_tune_candidate *out)
{
    memset(out, 0, sizeof *out);
    if (search->n_families == 0)
        return false;
    if (next_known(search, out))
        return true;
    if (search->best < 0 || search->n_trials - search->last_gain > search->patience || search->patience == 0)
        return false;
    return next_guess(search, out);
}

bool ig_tune_search_tell(ig_tune_search *search, const ig_trial *trial)
{
    if (!ig_arena_grow(search->arena, (void **)&search->trials, &search->cap_trials, search->n_trials + 1,
                       sizeof *trial))
        return false;
    search->trials[search->n_trials] = *trial;
    const ig_trial *best = ig_tune_search_best(search);
    if (trial->end == IG_TRIAL_OK && (!best || trial->time_ns < best->time_ns)) {
        if (!best || (double)trial->time_ns < GAIN * (double)best->time_ns)
            search->last_gain = search->n_trials;
        search->best = search->n_trials;
    }
    search->n_trials++;
    return true;
}

const ig_trial *ig_tune_search_best(const ig_tune_search *search)
{
    return search->best >= 0 ? &search->trials[search->best] : NULL;
}
