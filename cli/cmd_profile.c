#include "cli/profile.h"

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
    {"path", "step", 0},    {"op", "op", 0},       {"kernel", "kernel", 0},  {"output", "output", 0},
    {"median_ms", "ms", 4}, {"share", "share", 3}, {"gflops", "GFLOP/s", 4}, {"gbytes_per_s", "GB/s", 4},
    {"macs", NULL, 0},      {"flops", NULL, 0},    {"bytes", NULL, 0},
};

static double per_ms(int64_t amount, double ms)
{
    return ms > 0 ? (double)amount / ms / 1e6 : 0;
}

static void add_row(table *t, const profile_step *step, double total_ms)
{
    table_text(t, step->path);
    table_text(t, step->op);
    table_text(t, step->kernel);
    table_shape(t, &step->output);
    table_real(t, step->median_ms);
    table_real(t, total_ms > 0 ? step->median_ms / total_ms : 0);
    table_real(t, per_ms(profile_flops(&step->cost), step->median_ms));
    table_real(t, per_ms(step->cost.bytes, step->median_ms));
    table_int(t, step->cost.macs);
    table_int(t, profile_flops(&step->cost));
    table_int(t, step->cost.bytes);
}

static ig_status print_profile(const profile *p, output_format format, ig_error *error)
{
    table t;
    double total_ms = 0;
    ig_cost sum = {0};
    table_init(&t, columns, sizeof columns / sizeof *columns);
    for (int i = 0; i < p->n_steps; i++) {
        total_ms += p->steps[i].median_ms;
        sum.macs += p->steps[i].cost.macs;
        sum.adds += p->steps[i].cost.adds;
        sum.other += p->steps[i].cost.other;
        sum.bytes += p->steps[i].cost.bytes;
    }
    for (int i = 0; i < p->n_steps; i++)
        add_row(&t, &p->steps[i], total_ms);
    ig_status status = table_print(&t, format, error);
    table_release(&t);
    if (format == FORMAT_MD && !status)
        printf("\nsum of %d steps: %.4g ms, %.4g GFLOP/s, %.4g GB/s; times come from %s\n", p->n_steps, total_ms,
               per_ms(profile_flops(&sum), total_ms), per_ms(sum.bytes, total_ms),
               p->from_events ? "device events" : "the host's clock: the device's own were missing or not plausible");
    return status;
}

static ig_status profile_model(app *a, const profile_args *args, model *m, backend *b, profile *p, ig_error *error)
{
    const common_args *common = &args->common;
    ig_status status = args->trace ? check_can_create(args->trace, error) : IG_OK;
    if (!status)
        status =
            model_load_all(a, common, common->positional.items[0], args->tensor, WEIGHTS_SHIPPED_OR_SEEDED, m, error);
    if (!status)
        status = backend_open(a, backend_selection(common), b, error);
    if (!status)
        status = profile_run(a, b, m, (int)args->runs, p, error);
    if (!status)
        status = print_profile(p, (output_format)common->format, error);
    if (!status && args->trace)
        status = profile_write_trace(p, m->info.name, b->name, args->trace, error);
    return status;
}

static int run_profile(app *a, const void *args)
{
    ig_error error;
    model m = {0};
    backend b = {0};
    profile p = {0};
    int code = app_finish(profile_model(a, args, &m, &b, &p, &error), &error);
    profile_release(&p);
    backend_close(&b);
    model_release(&m);
    return code;
}

const command cmd_profile = {
    .name = "profile",
    .arguments = "MODEL",
    .brief = "Times every step of a network: kernel, ms, GFLOP/s, GB/s",
    .details = "Steps are timed one by one, so their sum is more than one inference takes: use `bench` for that.\n",
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
