/* Plans of the zoo: pure, complete on the minimal device, and close to the least memory any plan can use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan/plan.h"

static const char *const zoo[] = {"mobilesteelnet/resnet18",     "mobilesteelnet/mobilenet_v2",
                                  "mobilesteelnet/mobilenet_v1", "mobilesteelnet/mobilesteelnet",
                                  "rkd_sarsn/sarsn34",           "neu/neu_resnet18"};
enum { ZOO = sizeof zoo / sizeof *zoo };

static ig_graph *load(const char *name, bool fused)
{
    static const char *const dirs[] = {INGOT_SOURCE_DIR "/models"};
    char path[512];
    snprintf(path, sizeof path, "%s/models/%s.yaml", INGOT_SOURCE_DIR, name);
    ig_graph_params params = {.include_dirs = dirs, .n_include_dirs = 1};
    ig_graph *graph = NULL, *optimized = NULL;
    ig_error error;
    assert_int_equal(ig_graph_load(path, &params, &graph, &error), IG_OK);
    if (!fused)
        return graph;
    assert_int_equal(ig_graph_optimize(graph, NULL, &optimized, &error), IG_OK);
    ig_graph_destroy(&graph);
    return optimized;
}

static ig_plan *make_plan(const ig_graph *graph, const ig_plan_params *params)
{
    ig_plan *plan = NULL;
    ig_error error = {0};
    if (ig_plan_create(graph, params, &plan, &error))
        fail_msg("%s\n%s", error.message, error.log);
    return plan;
}

static void the_same_question_gives_the_same_plan(void **state)
{
    (void)state;
    for (int i = 0; i < ZOO; i++) {
        ig_graph *graph = load(zoo[i], true);
        ig_plan *a = make_plan(graph, NULL), *b = make_plan(graph, NULL);
        char *x = NULL, *y = NULL;
        ig_plan_totals totals_a, totals_b;
        assert_int_equal(ig_plan_print(a, &x, NULL), IG_OK);
        assert_int_equal(ig_plan_print(b, &y, NULL), IG_OK);
        assert_string_equal(x, y);
        ig_plan_get_totals(a, &totals_a);
        ig_plan_get_totals(b, &totals_b);
        assert_true(totals_a.hash == totals_b.hash);
        free(x);
        free(y);
        ig_plan_destroy(&a);
        ig_plan_destroy(&b);
        ig_graph_destroy(&graph);
    }
}

static void every_network_plans_on_the_minimal_profile(void **state)
{
    (void)state;
    ig_device_limits limits;
    ig_error error;
    assert_int_equal(ig_device_limits_read(INGOT_SOURCE_DIR "/autotune/devices/min-1.2.yaml", &limits, &error), IG_OK);
    for (int i = 0; i < 2 * ZOO; i++) {
        ig_graph *graph = load(zoo[i / 2], i % 2);
        ig_plan *plan = make_plan(graph, &(ig_plan_params){.limits = &limits});
        for (int s = 0; s < plan->n_steps; s++) {
            const ig_kernel_launches *launches = &plan->steps[s].launches;
            assert_int_equal(launches->count, 1);
            const ig_kernel_launch *launch = &launches->at[0];
            assert_true(launch->local[0] * launch->local[1] * launch->local[2] <= limits.max_work_group);
            assert_true(launch->local_mem_bytes <= limits.local_mem_bytes);
        }
        ig_plan_destroy(&plan);
        ig_graph_destroy(&graph);
    }
}

static bool overlap(const ig_storage *a, const ig_storage *b)
{
    return a->slab == b->slab && a->offset_bytes < b->offset_bytes + b->bytes &&
           b->offset_bytes < a->offset_bytes + a->bytes;
}

static bool alive_together(const ig_storage *a, const ig_storage *b)
{
    return a->first_step <= b->last_step && b->first_step <= a->last_step;
}

static void check_layout(const ig_plan *plan)
{
    for (int i = 0; i < plan->n_storages; i++) {
        const ig_storage *a = &plan->storages[i];
        if (a->slab < 0 || a->last_step < a->first_step)
            continue;
        assert_true(a->offset_bytes % plan->limits.base_align_bytes == 0);
        assert_true(a->offset_bytes + a->bytes <= plan->slab_bytes[a->slab]);
        assert_true(plan->slab_bytes[a->slab] <= plan->limits.max_alloc_bytes);
        for (int k = 0; k < i; k++) {
            const ig_storage *b = &plan->storages[k];
            if (b->slab >= 0 && b->last_step >= b->first_step && alive_together(a, b))
                assert_false(overlap(a, b));
        }
    }
}

static void memory_is_near_the_lower_bound_and_nothing_overlaps(void **state)
{
    (void)state;
    for (int i = 0; i < ZOO; i++) {
        ig_graph *graph = load(zoo[i], true);
        ig_plan *plan = make_plan(graph, NULL);
        ig_plan_totals totals;
        ig_plan_get_totals(plan, &totals);
        check_layout(plan);
        printf("%s: %lld bytes, lower bound %lld\n", zoo[i], (long long)totals.feature_bytes,
               (long long)totals.feature_bytes_lower_bound);
        assert_true(totals.feature_bytes_lower_bound > 0);
        assert_true(totals.feature_bytes >= totals.feature_bytes_lower_bound);
        assert_true((double)totals.feature_bytes <= 1.2 * (double)totals.feature_bytes_lower_bound);
        ig_plan_destroy(&plan);
        ig_graph_destroy(&graph);
    }
}

static void a_small_largest_buffer_splits_the_arena(void **state)
{
    (void)state;
    ig_graph *graph = load(zoo[0], true);
    ig_device_limits limits;
    ig_device_limits_generic(&limits);
    limits.max_alloc_bytes = 4 << 20;
    ig_plan *plan = make_plan(graph, &(ig_plan_params){.limits = &limits, .keep_all = true});
    assert_true(plan->n_slabs > 1);
    check_layout(plan);
    ig_plan_destroy(&plan);
    limits.max_alloc_bytes = 1 << 20; /* the stem's output alone is 3.1 MB */
    ig_error error;
    assert_int_equal(ig_plan_create(graph, &(ig_plan_params){.limits = &limits}, &plan, &error), IG_E_UNSUPPORTED);
    assert_null(plan);
    ig_graph_destroy(&graph);
}

static void without_a_legal_kernel_every_reason_is_told(void **state)
{
    (void)state;
    static const char *const avoid[] = {"max_pool2d_blocked", "max_pool2d_direct"};
    ig_graph *graph = load(zoo[0], true);
    ig_plan *plan = NULL;
    ig_error error = {0};
    ig_plan_params params = {.avoid_kernels = avoid, .n_avoid_kernels = 2};
    assert_int_equal(ig_plan_create(graph, &params, &plan, &error), IG_E_UNSUPPORTED);
    assert_non_null(strstr(error.message, "max_pool2d"));
    assert_non_null(strstr(error.log, "max_pool2d_direct: to be avoided"));
    assert_true(error.line > 0);
    ig_graph_destroy(&graph);
}

static int count_kernel(const ig_plan *plan, const char *name)
{
    int count = 0;
    for (int i = 0; i < plan->n_steps; i++)
        count += strcmp(plan->steps[i].kernel->name, name) == 0;
    return count;
}

/* Also in a plan whose records and layouts are for others. */
static void a_forced_kernel_is_taken_wherever_it_is_legal(void **state)
{
    (void)state;
    static const char *const force[] = {"conv2d_im2col", "linear_gemm"};
    ig_graph *graph = load("mobilesteelnet/resnet18", true);
    ig_device_limits limits;
    ig_tune_db *db = NULL;
    ig_error error;
    assert_int_equal(ig_device_limits_shipped("pocl-avx2", &limits, &error), IG_OK);
    assert_int_equal(ig_tune_db_shipped(&db, &error), IG_OK);
    ig_plan_params params = {.limits = &limits, .db = db};
    ig_plan *chosen = make_plan(graph, &params);
    params.force_kernels = force;
    params.n_force_kernels = 2;
    ig_plan *forced = make_plan(graph, &params);
    assert_int_equal(count_kernel(chosen, force[0]), 0);
    assert_int_equal(count_kernel(forced, force[0]), 20);
    assert_int_equal(count_kernel(forced, force[1]), 1);
    ig_plan_destroy(&chosen);
    ig_plan_destroy(&forced);
    ig_tune_db_destroy(&db);
    ig_graph_destroy(&graph);
}

static void a_kernel_that_cannot_be_forced_is_an_error(void **state)
{
    (void)state;
    static const char *const unknown[] = {"conv2d_im2co"}, *const idle[] = {"conv2d_im2col", "matmul_gemm"};
    ig_graph *graph = load("mobilesteelnet/resnet18", true);
    ig_plan *plan = NULL;
    ig_error error;
    ig_plan_params params = {.force_kernels = unknown, .n_force_kernels = 1};
    assert_int_equal(ig_plan_create(graph, &params, &plan, &error), IG_E_USAGE);
    assert_non_null(strstr(error.message, "conv2d_im2co"));
    assert_non_null(strstr(error.hint, "'conv2d_im2col'"));
    params = (ig_plan_params){.force_kernels = idle, .n_force_kernels = 2};
    assert_int_equal(ig_plan_create(graph, &params, &plan, &error), IG_E_UNSUPPORTED);
    assert_non_null(strstr(error.message, "matmul_gemm"));
    assert_non_null(strstr(error.expected, "matmul"));
    assert_null(plan);
    ig_graph_destroy(&graph);
}

static void an_unknown_value_to_keep_is_an_error(void **state)
{
    (void)state;
    static const char *const keep[] = {"layer9"};
    ig_graph *graph = load(zoo[0], true);
    ig_plan *plan = NULL;
    ig_error error;
    assert_int_equal(ig_plan_create(graph, &(ig_plan_params){.keep = keep, .n_keep = 1}, &plan, &error), IG_E_USAGE);
    ig_graph_destroy(&graph);
}

/* The authors call the module once for each of 32 groups and both branches; we call it once a branch, for a batch of
 * groups: each of its weights is read by two steps, over 32 samples. */
static void the_64_calls_of_the_cross_spatial_part_are_two(void **state)
{
    (void)state;
    enum { GROUPS = 32, BRANCHES = 2, WEIGHTS = 6 };
    ig_graph *graph = load("mobilesteelnet/mobilesteelnet", true);
    ig_plan *plan = make_plan(graph, NULL);
    int weights = 0;
    for (int p = 0; p < graph->n_params; p++) {
        int calls = 0;
        if (!strstr(graph->params[p].name, ".cross_spatial_learning.") || graph->params[p].shape.rank != 4)
            continue;
        weights++;
        for (int s = 0; s < plan->n_steps; s++) {
            const ig_step *step = &plan->steps[s];
            int64_t samples = 0;
            if (graph->nodes[step->node].params[0] != p)
                continue;
            calls++;
            assert_true(ig_kernel_vars_get(&step->vars, "N", &samples));
            assert_int_equal(samples, GROUPS);
        }
        assert_int_equal(calls, BRANCHES);
    }
    assert_int_equal(weights, WEIGHTS);
    ig_plan_destroy(&plan);
    ig_graph_destroy(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_question_gives_the_same_plan),
        cmocka_unit_test(every_network_plans_on_the_minimal_profile),
        cmocka_unit_test(memory_is_near_the_lower_bound_and_nothing_overlaps),
        cmocka_unit_test(a_small_largest_buffer_splits_the_arena),
        cmocka_unit_test(without_a_legal_kernel_every_reason_is_told),
        cmocka_unit_test(a_forced_kernel_is_taken_wherever_it_is_legal),
        cmocka_unit_test(a_kernel_that_cannot_be_forced_is_an_error),
        cmocka_unit_test(an_unknown_value_to_keep_is_an_error),
        cmocka_unit_test(the_64_calls_of_the_cross_spatial_part_are_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
