/* Random model descriptions: what the passes make of them computes the same.
 *
 *   test_random_graphs [--seed N] [--count N] [--device D|ref] [--steps N] [--inject] [--print]
 *
 * Draws `count` descriptions (1) of about `steps` steps at most from the seeds N, N+1, ... Each runs in plain C as
 * written, and optimised in plain C or on the device; their outputs must agree. Optimising again, and printing and
 * reading back, must change nothing. Every pass must have something to do in some of the graphs. --inject spoils a
 * tensor for the optimised run: nearly every graph must notice. --print shows the descriptions. A failure is shown
 * with the command that repeats it, and made as small as it stays one. */
#include "graph/ir.h"
#include "tests/random/check.h"
#include "tests/random/motifs.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    EACH = 8,         /* every eighth graph also with each pass left out */
    KEEP = 3,         /* every third with a value kept that is no output */
    ENOUGH = 1000,    /* graphs among which every pass has something to do */
    MAX_FAILURES = 5, /* that are shown in full */
    MAX_PASSES = 32
};
static const double MOST_DULL = 0.05, LEAST_NOTICED = 0.9;

typedef struct options {
    const char *device;
    int64_t seed, count, steps;
    bool inject, print;
} options;

typedef struct tally {
    int64_t steps;
    int graphs, dull, failed, had_a_part[MAX_PASSES];
    double worst;
} tally;

static bool still_fails(const draft *d, int count, const bool *skip, const check_options *check)
{
    ig_text model = {0};
    check_result result;
    draft_print(d, count, skip, &model);
    check_model(&model, check, &result);
    ig_text_release(&model);
    return result.verdict == CHECK_FAILED;
}

/* Without the kept value if that is not what matters; the shortest beginning that fails; without each step that it does
 * not need. */
static int shrink(const draft *d, check_options *check, bool *skip)
{
    int count = 2;
    check->keep = false;
    check->keep = !still_fails(d, d->count, NULL, check);
    while (count < d->count && !still_fails(d, count, NULL, check))
        count++;
    for (int i = count - 1; i > 0; i--) {
        skip[i] = true;
        skip[i] = still_fails(d, count, skip, check);
    }
    return count;
}

static void report(const draft *d, const options *o, check_options *check, const check_result *result)
{
    bool skip[DRAFT_STEPS] = {false};
    ig_text model = {0}, small = {0};
    check_result again;
    draft_print(d, d->count, NULL, &model);
    draft_print(d, shrink(d, check, skip), skip, &small);
    check_model(&small, check, &again);
    printf("FAIL %s\n     again: test_random_graphs --seed %" PRIu32 "%s%s --steps %" PRId64 "\n%s", result->why,
           d->seed, o->device ? " --device " : "", o->device ? o->device : "", o->steps, ig_text_get(&model));
    printf("     smaller: %s\n%s", again.why, ig_text_get(&small));
    ig_text_release(&model);
    ig_text_release(&small);
}

static void count_result(tally *all, const draft *d, const check_result *result)
{
    all->graphs++;
    all->steps += d->count - 1;
    all->dull += result->verdict == CHECK_DULL;
    all->failed += result->verdict == CHECK_FAILED || result->verdict == CHECK_NO_MODEL;
    all->worst = fmax(all->worst, result->worst);
    for (int i = 0; i < ig_pass_count; i++)
        all->had_a_part[i] += result->had_a_part >> i & 1;
}

static void run(const options *o, check_options *check, tally *all)
{
    draft d;
    check_result result;
    ig_text model = {0};
    motifs_compose(&d, check->seed, (int)o->steps);
    draft_finish(&d);
    draft_print(&d, d.count, NULL, &model);
    if (o->print)
        printf("%s", ig_text_get(&model));
    check_model(&model, check, &result);
    count_result(all, &d, &result);
    if (!o->inject && all->failed <= MAX_FAILURES &&
        (result.verdict == CHECK_FAILED || result.verdict == CHECK_NO_MODEL))
        report(&d, o, check, &result);
    ig_text_release(&model);
    draft_release(&d);
}

static bool conclude(const options *o, const tally *all)
{
    bool good = all->dull <= 1 + MOST_DULL * all->graphs;
    printf("%d graphs, %" PRId64 " steps, %d dull, %d differ, at most by %.3g\n", all->graphs, all->steps, all->dull,
           all->failed, all->worst);
    if (o->inject)
        return good && all->failed >= LEAST_NOTICED * (all->graphs - all->dull);
    for (int i = 0; i < ig_pass_count; i++) {
        printf("%s had a part in %d of %d\n", ig_pass_table[i]->name, all->had_a_part[i], all->graphs / EACH);
        good = good && (all->had_a_part[i] > 0 || o->count < ENOUGH);
    }
    return good && all->failed == 0;
}

static bool parse_number(const char *text, int64_t low, int64_t high, int64_t *out)
{
    return ig_text_to_int(text, out) && *out >= low && *out <= high;
}

static bool parse_options(int argc, char **argv, options *out)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--inject") == 0)
            out->inject = true;
        else if (strcmp(argv[i], "--print") == 0)
            out->print = true;
        else if (strcmp(argv[i], "--device") == 0 && i + 1 < argc)
            out->device = argv[++i];
        else if ((strcmp(argv[i], "--seed") == 0 && parse_number(value, 0, UINT32_MAX, &out->seed)) ||
                 (strcmp(argv[i], "--count") == 0 && parse_number(value, 1, INT32_MAX, &out->count)) ||
                 (strcmp(argv[i], "--steps") == 0 && parse_number(value, MOTIFS_LEAST, DRAFT_STEPS - 1, &out->steps)))
            i++;
        else
            return false;
    }
    return ig_pass_count <= MAX_PASSES;
}

int main(int argc, char **argv)
{
    options o = {.seed = 1, .count = 1, .steps = 24};
    ig_error error = {0};
    ig_device *device = NULL;
    ig_tune_db *db = NULL;
    tally all = {0};
    if (!parse_options(argc, argv, &o)) {
        fprintf(stderr, "usage: test_random_graphs [--seed N] [--count N] [--device D|ref] [--steps N] [--inject] "
                        "[--print]\n");
        return 64;
    }
    const bool reference = o.device && strcmp(o.device, "ref") == 0;
    if (!reference &&
        (ig_device_open(&(ig_device_params){.select = o.device}, &device, &error) || ig_tune_db_shipped(&db, &error))) {
        fprintf(stderr, "%s\n", error.message);
        return 69;
    }
    check_options check = {.place = {device, db}, .inject = o.inject};
    for (int64_t i = 0; i < o.count; i++) {
        check.seed = (uint32_t)(o.seed + i);
        check.keep = check.seed % KEEP == 0;
        check.each = !o.inject && check.seed % EACH == 0;
        check.place.chains = check.seed % EACH == 1;
        run(&o, &check, &all);
        fflush(stdout);
    }
    ig_tune_db_destroy(&db);
    ig_device_destroy(&device);
    return conclude(&o, &all) ? 0 : 1;
}
