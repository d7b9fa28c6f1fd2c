#include "cli/verification.h"
#include "cli/verify_passes.h"

#include <stddef.h>
#include <stdio.h>

typedef struct verify_args {
    common_args common;
    const char *tensor;
    double tolerance;
    bool all, each_pass;
} verify_args;

typedef struct verify_state {
    app *a;
    const verify_args *args;
    model m;
    backend b;
    engine e;
    table rows;
    ig_verify_result result;
} verify_state;

static const option options[] = {
    {"all", NULL, "list every compared value, not only those out of tolerance", OPTION_FLAG,
     offsetof(verify_args, all)},
    {"each-pass", NULL, "verify with all passes, with none, and without each that changes the network", OPTION_FLAG,
     offsetof(verify_args, each_pass)},
    {"tolerance", "T", "largest relative error that passes", OPTION_REAL, offsetof(verify_args, tolerance), "1e-4"},
    {"tensor", "IN.npy", "verify on this input instead of a seeded one", OPTION_TEXT, offsetof(verify_args, tensor)},
};

static const column columns[] = {
    {"path", "value", 0},       {"kernel", "kernel", 0},           {"max_abs_error", "max abs error", 3},
    {"max_abs_value", NULL, 3}, {"relative_error", "relative", 3}, {"cosine", "cosine", 9},
    {"passed", "passed", 0},
};

static void add_row(void *user, const ig_verify_item *item)
{
    verify_state *s = user;
    if (item->passed && !s->args->all)
        return;
    table_text(&s->rows, item->path);
    table_text(&s->rows, item->kernel);
    table_real(&s->rows, item->max_abs_error);
    table_real(&s->rows, item->max_abs_value);
    table_real(&s->rows, item->relative_error);
    table_real(&s->rows, item->cosine);
    table_bool(&s->rows, item->passed);
}

static ig_status print_json(const verify_state *s, ig_error *error)
{
    const ig_verify_result *r = &s->result;
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "model", s->m.info.name);
    cJSON_AddItemToObject(object, "shape", json_shape(&s->m.input.shape));
    cJSON_AddStringToObject(object, "device", s->b.name);
    cJSON_AddStringToObject(object, "driver", s->b.driver);
    cJSON_AddBoolToObject(object, "verified", r->n_failed == 0);
    cJSON_AddNumberToObject(object, "tolerance", s->args->tolerance);
    cJSON_AddNumberToObject(object, "compared", r->n_compared);
    cJSON_AddNumberToObject(object, "failed", r->n_failed);
    cJSON_AddNumberToObject(object, "max_relative_error", r->max_relative_error);
    cJSON_AddNumberToObject(object, "output_relative_error", r->output_relative_error);
    cJSON_AddStringToObject(object, "first_bad", r->first_bad);
    cJSON_AddItemToObject(object, "values", table_to_json(&s->rows));
    return json_print(object, error);
}

static ig_status print_md(const verify_state *s, ig_error *error)
{
    const ig_verify_result *r = &s->result;
    ig_status status = s->rows.n_cells > 0 ? table_print(&s->rows, FORMAT_MD, error) : IG_OK;
    printf("%s%s on %s: %s, %d values compared, %d out of tolerance, largest relative error %.3g (outputs %.3g, "
           "tolerance %g)\n",
           s->rows.n_cells > 0 ? "\n" : "", s->m.info.name, s->b.name, r->n_failed ? "FAILED" : "verified",
           r->n_compared, r->n_failed, r->max_relative_error, r->output_relative_error, s->args->tolerance);
    if (r->n_failed)
        printf("first bad value: %s\n", r->first_bad);
    return status;
}

static ig_status print_result(const verify_state *s, ig_error *error)
{
    if (s->args->common.format == FORMAT_JSON)
        return print_json(s, error);
    return s->args->common.format == FORMAT_CSV ? table_print(&s->rows, FORMAT_CSV, error) : print_md(s, error);
}

static ig_status verify(verify_state *s, ig_error *error)
{
    const common_args *common = &s->args->common;
    if (s->args->all && s->args->each_pass)
        return cli_fail(error, IG_E_USAGE, "--all lists the values of one choice of passes, --each-pass makes several");
    ig_status status = model_load_all(s->a, common, common->positional.items[0], s->args->tensor,
                                      WEIGHTS_SHIPPED_OR_SEEDED, &s->m, error);
    if (!status)
        status = backend_open(s->a, backend_selection(common), &s->b, error);
    if (!status && s->args->each_pass)
        return verify_each_pass(s->a, &s->b, &s->m, s->args->tolerance, (output_format)common->format, error);
    const engine_params params = {.optimize = true, .keep_all = true};
    if (!status)
        status = engine_open(s->a, &s->b, &s->m, &params, &s->e, error);
    if (status)
        return status;
    status = verification_run(&s->e, s->args->tolerance, add_row, s, &s->result, error);
    if (status && status != IG_E_VERIFY)
        return status;
    ig_error print_error;
    ig_status printed = print_result(s, &print_error);
    if (!status && printed)
        *error = print_error;
    return status ? status : printed;
}

static int run_verify(app *a, const void *args)
{
    ig_error error;
    verify_state s = {.a = a, .args = args};
    table_init(&s.rows, columns, sizeof columns / sizeof *columns);
    int code = app_finish(verify(&s, &error), &error);
    engine_close(&s.e);
    backend_close(&s.b);
    model_release(&s.m);
    table_release(&s.rows);
    return code;
}

const command cmd_verify = {
    .name = "verify",
    .arguments = "MODEL",
    .brief = "Compares every step of a network on the device with the plain C reference",
    .details = "Exit code 1 when a value is out of tolerance. With --device " REFERENCE_DEVICE
               " the rewritten graph is compared with the\noriginal one. Weights: the model's own, else seeded.\n",
    .examples = "  ingot verify sarsn34\n"
                "  ingot verify resnet18 --set classes=6 --shape 3,3,97,75 --all\n"
                "  ingot verify densenet121 --each-pass\n"
                "  ingot verify mobilenet_v2 --device " REFERENCE_DEVICE " --format json\n",
    .common = COMMON_MODEL,
    .min_positional = 1,
    .max_positional = 1,
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .args_size = sizeof(verify_args),
    .run = run_verify,
};
