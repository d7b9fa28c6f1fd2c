#include "cli/profile.h"
#include "cli/roofs.h"

#include <stddef.h>
#include <stdio.h>

typedef struct profile_args {
    common_args common;
    const char *tensor, *trace;
    int64_t runs;
} profile_args;

static const option options[] = {
    {"runs", "N", "take the median of that many runs", OPTION_INT, offsetof(profile_args, runs), "5", 1, 10000},
    {"trace", "T.json", "write the last run as a Chrome or Perfetto trace", OPTION_TEXT, offsetof(profile_args, trace)},
    {"tensor", "IN.npy", "profile on this input instead of a seeded one", OPTION_TEXT, offsetof(profile_args, tensor)},
};

static const column columns[] = {
    {"path", "step", 0},
    {"op", "op", 0},
    {"kernel", "kernel", 0},
    {"output", "output", 0},
    {"median_ms", "ms", 4},
    {"share", "share", 3},
    {"gflops", "GFLOP/s", 4},
    {"gbytes_per_s", "GB/s", 4},
    {"macs", NULL, 0},
    {"flops", NULL, 0},
    {"bytes", NULL, 0},
    {"bound", "bound", 0},
    {"roof_ms", "roof ms", 4},
    {"of_roof", "of roof", 3},
    {"could_save_ms", "could save ms", 3},
    {"reduced", "reduced", 0},
};

enum { TOP_STEPS = 3 };

/* Everything that is opened for a profile. */
typedef struct profiling {
    model m;
    backend b;
    engine e;
    profile p;
    ig_device_roofs roofs;
    bool has_roofs;
} profiling;

static double per_ms(int64_t amount, double ms)
{
    return ms > 0 ? (double)amount / ms / 1e6 : 0;
}

static void add_roof(table *t, const ig_measured_step *step, bool has_roofs)
{
    if (has_roofs) {
        table_text(t, ig_bound_name(step->roof.bound));
        table_real(t, step->roof.roof_ms);
        table_real(t, step->roof.of_roof);
        table_real(t, step->roof.could_save_ms);
    }
    for (int i = 0; !has_roofs && i < 4; i++) /* bound .. could_save_ms */
        table_none(t);
    table_bool(t, step->reduced);
}

static void add_row(table *t, const ig_measured_step *step, bool has_roofs, double total_ms)
{
    table_text(t, step->path);
    table_text(t, step->op);
    table_text(t, step->kernel);
    table_shape(t, &step->output);
    table_real(t, step->ms);
    table_real(t, total_ms > 0 ? step->ms / total_ms : 0);
    table_real(t, per_ms(ig_cost_flops(&step->cost), step->ms));
    table_real(t, per_ms(step->cost.bytes, step->ms));
    table_int(t, step->cost.macs);
    table_int(t, ig_cost_flops(&step->cost));
    table_int(t, step->cost.bytes);
    add_roof(t, step, has_roofs);
}

/* A line for the steps whose time is furthest from what the device could do. */
static void print_top(const profile *p)
{
    int top[TOP_STEPS];
    const int count = ig_roofline_top(p->steps, p->n_steps, top, TOP_STEPS);
    for (int i = 0; i < count; i++) {
        const ig_measured_step *step = &p->steps[top[i]];
        printf("%s%s %.3g ms (%s)", i ? ", " : "most to gain: ", step->path, step->roof.could_save_ms,
               ig_bound_name(step->roof.bound));
    }
    printf("%s", count > 0 ? "\n" : "");
}

static const char *name_clocks(const profile *p)
{
    if (p->told_by[IG_CLOCK_HOST] > 0)
        return "the host's clock: the device's own were missing or not plausible";
    if (p->told_by[IG_CLOCK_CHAIN] == 0)
        return "device events";
    return p->told_by[IG_CLOCK_EVENTS] > 0 ? "the processor's clock within chains, else from device events"
                                           : "the processor's clock within the chain";
}

static void print_sum(const profile *p, double total_ms)
{
    ig_cost sum = {0};
    for (int i = 0; i < p->n_steps; i++) {
        sum.macs += p->steps[i].cost.macs;
        sum.adds += p->steps[i].cost.adds;
        sum.other += p->steps[i].cost.other;
        sum.bytes += p->steps[i].cost.bytes;
    }
    printf("\nsum of %d steps: %.4g ms, %.4g GFLOP/s, %.4g GB/s; times come from %s\n", p->n_steps, total_ms,
           per_ms(ig_cost_flops(&sum), total_ms), per_ms(sum.bytes, total_ms), name_clocks(p));
}

static ig_status print_profile(const profiling *all, output_format format, ig_error *error)
{
    const profile *p = &all->p;
    table t;
    double total_ms = 0;
    table_init(&t, columns, sizeof columns / sizeof *columns);
    for (int i = 0; i < p->n_steps; i++)
        total_ms += p->steps[i].ms;
    for (int i = 0; i < p->n_steps; i++)
        add_row(&t, &p->steps[i], all->has_roofs, total_ms);
    ig_status status = table_print(&t, format, error);
    table_release(&t);
    if (format != FORMAT_MD || status)
        return status;
    print_sum(p, total_ms);
    if (all->has_roofs)
        print_top(p);
    return IG_OK;
}

static ig_status profile_model(app *a, const profile_args *args, profiling *all, ig_error *error)
{
    const common_args *common = &args->common;
    const engine_params params = {.optimize = true};
    ig_status status = args->trace ? check_can_create(args->trace, error) : IG_OK;
    if (!status)
        status = model_load_all(a, common, common->positional.items[0], args->tensor, WEIGHTS_SHIPPED_OR_SEEDED,
                                &all->m, error);
    if (!status)
        status = backend_open(a, backend_selection(common), &all->b, error);
    if (!status)
        status = engine_open(a, &all->b, &all->m, &params, &all->e, error);
    if (status)
        return status;
    all->has_roofs = roofs_try(a, &all->b, &all->roofs);
    status = profile_run(&all->e, all->has_roofs ? &all->roofs : NULL, (int)args->runs, &all->p, error);
    if (!status)
        status = print_profile(all, (output_format)common->format, error);
    if (!status && args->trace)
        status = profile_write_trace(&all->p, all->m.info.name, all->b.name, args->trace, error);
    return status;
}

static int run_profile(app *a, const void *args)
{
    ig_error error;
    profiling all = {.has_roofs = false};
    int code = app_finish(profile_model(a, args, &all, &error), &error);
    profile_release(&all.p);
    engine_close(&all.e);
    backend_close(&all.b);
    model_release(&all.m);
    return code;
}

const command cmd_profile = {
    .name = "profile",
    .arguments = "MODEL",
    .brief = "Times every step of a network: kernel, ms, GFLOP/s, GB/s",
    .details =
        "Steps are timed one by one, so their sum is more than one inference takes: use `bench` for that.\n"
        "Each is held against the device's roofs (`ingot probe`): what binds it - arithmetic, memory, a launch -\n"
        "how near it comes, and what is left to save. Roofs that are not remembered are measured first.\n",
    .examples = "  ingot profile resnet18\n"
                "  ingot profile mobilesteelnet --runs 11 --trace t.json\n"
                "  ingot profile sarsn34 --device " REFERENCE_DEVICE " --format csv\n",
    .common = COMMON_MODEL,
    .min_positional = 1,
    .max_positional = 1,
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .args_size = sizeof(profile_args),
    .run = run_profile,
};
