/* The search, against a device made of a formula; and the journal, against kills. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "autotune/journal.h"

static int64_t tiles[] = {1, 2, 3, 4, 5, 6, 7, 8}, widths[] = {1, 2, 4, 8, 16};
static const ig_kernel_def kernels[2] = {
    {.name = "plain",
     .source_hash = 1,
     .tunes = {{.name = "TM", .values = tiles, .n_values = 8, .fallback = 1}},
     .n_tunes = 1,
     .stages = {{.local_mem = "0", .local = {"1", "1", "1"}, .groups = {"ceil(N, TM)", "1", "1"}}},
     .n_stages = 1},
    {.name = "wide",
     .source_hash = 2,
     .tunes = {{.name = "TM", .values = tiles, .n_values = 8, .fallback = 1},
               {.name = "TN", .values = tiles, .n_values = 8, .fallback = 1},
               {.name = "VW", .values = widths, .n_values = 5, .fallback = 1}},
     .n_tunes = 3,
     .stages = {{.local_mem = "0", .local = {"VW", "1", "1"}, .groups = {"ceil(N, TM)", "ceil(N, TN * VW)", "1"}}},
     .n_stages = 1},
};

static void set_up(ig_tune_search *s, ig_arena *arena, int patience)
{
    *s = (ig_tune_search){.arena = arena, .n_families = 2, .units = 2, .seed = 7, .patience = patience};
    s->bounds = (ig_kernel_bounds){.max_work_group = 8, .max_work_item = {8, 8, 8}, .local_mem_bytes = 0};
    for (int f = 0; f < 2; f++) {
        ig_tune_family *family = &s->families[f];
        family->kernel = &kernels[f];
        ig_kernel_vars_set(&family->problem, "N", 64);
        family->n_known = 1;
        family->known[0] = (ig_tune_choice){.rung = IG_RUNG_DEFAULT};
        for (int t = 0; t < family->kernel->n_tunes; t++)
            family->known[0].values[t] = 1;
    }
    ig_tune_search_begin(s);
}

/* Fastest where TM is 6, TN 2 and VW 8; TN 7 computes something else, and TM 5 is refused. */
static void measure(const ig_tune_candidate *c, ig_trial *out)
{
    const int64_t *v = c->values;
    const int64_t off = c->family == 0 ? 1000 : 20 * llabs(v[0] - 6) + 30 * llabs(v[1] - 2) + 100 / v[2];
    *out = (ig_trial){.candidate = *c, .end = IG_TRIAL_OK, .time_ns = 100 + off};
    if (c->family == 1 && v[1] == 7)
        out->end = IG_TRIAL_WRONG, out->time_ns = 0;
    if (v[0] == 5)
        out->end = IG_TRIAL_FAILED, out->time_ns = 0;
}

static uint64_t run(ig_tune_search *s)
{
    uint64_t hash = IG_HASH_FNV64_SEED;
    ig_tune_candidate candidate;
    while (ig_tune_search_ask(s, &candidate)) {
        ig_trial trial;
        ig_kernel_launches launches;
        assert_true(ig_tune_candidate_is_legal(s, &candidate, &launches));
        assert_true(candidate.family == 0 || candidate.values[2] <= 8); /* VW 16 is above the largest work-group */
        for (int i = 0; i < s->n_trials; i++)
            assert_true(s->trials[i].candidate.family != candidate.family ||
                        memcmp(s->trials[i].candidate.values, candidate.values, sizeof candidate.values) != 0);
        measure(&candidate, &trial);
        assert_true(ig_tune_search_tell(s, &trial));
        hash = ig_hash_fnv64(hash, &candidate.family, sizeof candidate.family);
        hash = ig_hash_fnv64(hash, candidate.values, sizeof candidate.values);
    }
    return hash;
}

static void the_fastest_is_found_and_nothing_tried_twice(void **state)
{
    (void)state;
    ig_arena *arena = ig_arena_create();
    ig_tune_search s;
    set_up(&s, arena, 60);
    const uint64_t first = run(&s);
    const ig_trial *best = ig_tune_search_best(&s);
    assert_non_null(best);
    assert_int_equal(best->candidate.family, 1);
    assert_int_equal(best->candidate.values[0], 6);
    assert_int_equal(best->candidate.values[1], 2);
    assert_int_equal(best->candidate.values[2], 8);
    assert_true(s.n_trials < 200); /* of 328 */
    ig_text text = {0};
    ig_tune_candidate_print(&s, &best->candidate, &text);
    assert_string_equal(ig_text_get(&text), "wide{TM=6,TN=2,VW=8}");
    ig_text_release(&text);
    set_up(&s, arena, 60);
    assert_true(run(&s) == first); /* the same answers lead to the same questions */
    ig_arena_destroy(&arena);
}

static void patience_ends_the_search(void **state)
{
    (void)state;
    ig_arena *arena = ig_arena_create();
    ig_tune_search s, longer, known;
    set_up(&s, arena, 5);
    set_up(&longer, arena, 60);
    set_up(&known, arena, 0);
    (void)run(&s);
    (void)run(&longer);
    (void)run(&known);
    assert_true(s.n_trials < longer.n_trials);
    assert_true(s.n_trials - s.last_gain >= 5);
    assert_int_equal(known.n_trials, 2); /* what planning takes, and the other kernel's */
    ig_arena_destroy(&arena);
}

static void seeds_come_behind_what_planning_takes(void **state)
{
    (void)state;
    ig_arena *arena = ig_arena_create();
    ig_tune_search s;
    set_up(&s, arena, 0);
    s.seeds[s.n_seeds++] = (ig_tune_candidate){.family = 1, .values = {6, 2, 8}};
    s.seeds[s.n_seeds++] = (ig_tune_candidate){.family = 1, .values = {6, 2, 16}}; /* not legal here */
    (void)run(&s);
    assert_int_equal(s.n_trials, 3);
    assert_int_equal(s.trials[0].candidate.family, 0);
    assert_int_equal(s.trials[1].candidate.values[0], 6);
    assert_int_equal(s.best, 1);
    ig_arena_destroy(&arena);
}

static void without_a_right_one_there_is_no_best(void **state)
{
    (void)state;
    ig_arena *arena = ig_arena_create();
    ig_tune_search s;
    ig_tune_candidate candidate;
    set_up(&s, arena, 60);
    while (ig_tune_search_ask(&s, &candidate))
        assert_true(ig_tune_search_tell(&s, &(ig_trial){.candidate = candidate, .end = IG_TRIAL_WRONG}));
    assert_null(ig_tune_search_best(&s));
    assert_int_equal(s.n_trials, 2);
    ig_arena_destroy(&arena);
}

/* --- the journal -------------------------------------------------------------------------------------------------- */

static char path[64];

static int make_path(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "/tmp/ingot-journal-%ld", (long)getpid());
    unlink(path);
    return 0;
}

static int remove_path(void **state)
{
    (void)state;
    return unlink(path);
}

static ig_tune_journal *open_journal(void)
{
    ig_error error = {0};
    ig_tune_journal *journal = NULL;
    assert_int_equal(ig_tune_journal_open(path, &journal, &error), IG_OK);
    return journal;
}

static void write_journal(int trials, bool last_ends)
{
    ig_error error = {0};
    ig_tune_journal *journal = open_journal();
    for (int i = 0; i < trials; i++) {
        const ig_trial trial = {.end = i % 2 ? IG_TRIAL_WRONG : IG_TRIAL_OK, .time_ns = 100 + i};
        assert_int_equal(ig_tune_journal_begin(journal, (uint64_t)i, "kernel{TM=1}", &error), IG_OK);
        if (i < trials - 1 || last_ends)
            assert_int_equal(ig_tune_journal_end(journal, (uint64_t)i, &trial, &error), IG_OK);
    }
    ig_tune_journal_close(&journal);
}

static void trials_outlive_the_process_and_the_unended_are_lost(void **state)
{
    (void)state;
    write_journal(5, false);
    ig_tune_journal *journal = open_journal();
    int trials, lost;
    ig_tune_journal_count(journal, &trials, &lost);
    assert_int_equal(trials, 5);
    assert_int_equal(lost, 1);
    ig_trial trial = {.time_ns = 0};
    assert_true(ig_tune_journal_find(journal, 2, &trial));
    assert_int_equal(trial.end, IG_TRIAL_OK);
    assert_int_equal(trial.time_ns, 102);
    assert_true(ig_tune_journal_find(journal, 4, &trial));
    assert_int_equal(trial.end, IG_TRIAL_LOST);
    assert_false(ig_tune_journal_find(journal, 5, &trial));
    ig_tune_journal_close(&journal);
}

/* Cut anywhere, what stands before the cut is kept, and what comes after is read back. */
static void a_cut_loses_at_most_the_line_it_is_in(void **state)
{
    (void)state;
    char text[4096];
    write_journal(6, true);
    FILE *file = fopen(path, "rb");
    const size_t length = fread(text, 1, sizeof text, file);
    fclose(file);
    assert_true(length < sizeof text);
    for (size_t cut = 0; cut < length; cut++) {
        int whole = 0, begun = 0, trials, lost;
        for (size_t i = 0; i < cut; i++)
            whole += text[i] == '\n';
        begun = (whole + 1) / 2;
        file = fopen(path, "wb");
        fwrite(text, 1, cut, file);
        fclose(file);
        ig_error error = {0};
        ig_tune_journal *journal = open_journal();
        assert_int_equal(ig_tune_journal_begin(journal, 99, "kernel{TM=2}", &error), IG_OK);
        ig_tune_journal_close(&journal);
        journal = open_journal();
        ig_tune_journal_count(journal, &trials, &lost);
        /* A line that lacks nothing but its end is whole. */
        assert_in_range(trials, begun + 1, begun + 2);
        assert_in_range(lost, 1, 2);
        ig_tune_journal_close(&journal);
    }
}

static void one_process_at_a_time(void **state)
{
    (void)state;
    ig_tune_journal *journal = open_journal();
    const pid_t child = fork();
    if (child == 0) {
        ig_error error = {0};
        ig_tune_journal *second = NULL;
        const ig_status status = ig_tune_journal_open(path, &second, &error);
        _exit(status == IG_E_IO && !second && strstr(error.message, "another process") ? 0 : 1);
    }
    int code = 1;
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_int_equal(code, 0);
    ig_tune_journal_close(&journal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fastest_is_found_and_nothing_tried_twice),
        cmocka_unit_test(patience_ends_the_search),
        cmocka_unit_test(seeds_come_behind_what_planning_takes),
        cmocka_unit_test(without_a_right_one_there_is_no_best),
        cmocka_unit_test_setup_teardown(trials_outlive_the_process_and_the_unended_are_lost, make_path, remove_path),
        cmocka_unit_test_setup_teardown(a_cut_loses_at_most_the_line_it_is_in, make_path, remove_path),
        cmocka_unit_test_setup_teardown(one_process_at_a_time, make_path, remove_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
