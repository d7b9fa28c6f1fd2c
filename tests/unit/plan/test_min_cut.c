/* Least cuts against every possible cut of small graphs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/hash.h"
#include "plan/min_cut.h"

enum { MOST_NODES = 9, MOST_ARCS = 40, GRAPHS = 3000 };

typedef struct arcs {
    int from[MOST_ARCS], to[MOST_ARCS], count, nodes;
    int64_t weight[MOST_ARCS];
} arcs;

static int64_t price(const arcs *a, const bool *second)
{
    int64_t sum = 0;
    for (int i = 0; i < a->count; i++)
        sum += !second[a->from[i]] && second[a->to[i]] ? a->weight[i] : 0;
    return sum;
}

static int64_t least_price(const arcs *a)
{
    int64_t least = INT64_MAX;
    for (unsigned cut = 0; cut < 1u << (a->nodes - IG_CUT_NODES); cut++) {
        bool second[MOST_NODES] = {[IG_CUT_SECOND] = true};
        for (int i = IG_CUT_NODES; i < a->nodes; i++)
            second[i] = cut >> (i - IG_CUT_NODES) & 1;
        const int64_t sum = price(a, second);
        least = sum < least ? sum : least;
    }
    return least;
}

static int draw(uint32_t graph, uint32_t *at, int below)
{
    return (int)(ig_hash_uniform(graph, ++*at) * below);
}

static void make_arcs(uint32_t graph, arcs *out)
{
    uint32_t at = 0;
    *out = (arcs){.nodes = IG_CUT_NODES + 1 + draw(graph, &at, MOST_NODES - IG_CUT_NODES)};
    out->count = draw(graph, &at, MOST_ARCS + 1);
    for (int i = 0; i < out->count; i++) {
        out->from[i] = draw(graph, &at, out->nodes);
        out->to[i] = draw(graph, &at, out->nodes);
        out->weight[i] = draw(graph, &at, 8) == 0 ? IG_CUT_FORBIDDEN : draw(graph, &at, 10);
    }
}

static void least_of_all_cuts(void **state)
{
    (void)state;
    for (uint32_t graph = 0; graph < GRAPHS; graph++) {
        arcs a;
        make_arcs(graph, &a);
        ig_arena *arena = ig_arena_create();
        ig_min_cut *cut = ig_min_cut_create(arena, a.nodes);
        bool second[MOST_NODES];
        for (int i = 0; i < a.count; i++)
            assert_true(ig_min_cut_add(cut, a.from[i], a.to[i], a.weight[i]));
        ig_min_cut_solve(cut, second);
        assert_false(second[IG_CUT_FIRST]);
        assert_true(second[IG_CUT_SECOND]);
        if (price(&a, second) != least_price(&a))
            fail_msg("graph %u: %lld instead of %lld", graph, (long long)price(&a, second), (long long)least_price(&a));
        ig_arena_destroy(&arena);
    }
}

/* Where both sides cost the same, the second one is chosen. */
static void ties_go_to_the_second_side(void **state)
{
    (void)state;
    ig_arena *arena = ig_arena_create();
    ig_min_cut *cut = ig_min_cut_create(arena, IG_CUT_NODES + 1);
    bool second[IG_CUT_NODES + 1];
    assert_true(ig_min_cut_add(cut, IG_CUT_FIRST, IG_CUT_NODES, 5));
    assert_true(ig_min_cut_add(cut, IG_CUT_NODES, IG_CUT_SECOND, 5));
    ig_min_cut_solve(cut, second);
    assert_true(second[IG_CUT_NODES]);
    ig_arena_destroy(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(least_of_all_cuts),
        cmocka_unit_test(ties_go_to_the_second_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
