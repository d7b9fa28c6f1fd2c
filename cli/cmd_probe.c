#include "cli/roofs.h"

#include <stddef.h>
#include <stdio.h>

typedef struct probe_args {
    common_args common;
    bool again;
} probe_args;

static const option options[] = {
    {"again", NULL, "measure even when the roofs of this device and driver are remembered", OPTION_FLAG,
     offsetof(probe_args, again)},
};

static const column columns[] = {{"figure", "figure", 0}, {"median", "median", 4}, {"best", "best", 4},
                                 {"unit", "unit", 0},     {"spread", "spread", 3}, {NULL, "what", 0}};

/* Everything that is printed. */
typedef struct probe_report {
    const backend *b;
    ig_device_roofs roofs;
    ig_profile_match nearest;
    bool remembered;
} probe_report;

static const char *nearest_name(const probe_report *r)
{
    return r->nearest.profile[0] ? r->nearest.profile : "none";
}

static void add_rows(const probe_report *r, table *t)
{
    for (int i = 0; i < IG_ROOF_FIGURES; i++) {
        const ig_roof_figure *figure = &ig_roof_figures[i];
        const ig_roof *roof = ig_roofs_get(&r->roofs, figure);
        table_text(t, figure->key);
        table_real(t, roof->median);
        table_real(t, roof->best);
        table_text(t, figure->unit);
        table_real(t, roof->spread);
        table_text(t, figure->what);
    }
}

static ig_status print_json(const probe_report *r, ig_error *error)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "device", r->b->name);
    cJSON_AddStringToObject(object, "driver", r->b->driver);
    cJSON_AddStringToObject(object, "family", ig_device_get_info(r->b->device)->limits.family);
    cJSON_AddBoolToObject(object, "remembered", r->remembered);
    cJSON_AddNumberToObject(object, "fma_width", r->roofs.fma_width);
    cJSON *roofs = cJSON_AddObjectToObject(object, "roofs");
    for (int i = 0; i < IG_ROOF_FIGURES; i++) {
        const ig_roof *roof = ig_roofs_get(&r->roofs, &ig_roof_figures[i]);
        cJSON *figure = cJSON_AddObjectToObject(roofs, ig_roof_figures[i].key);
        cJSON_AddNumberToObject(figure, "median", roof->median);
        cJSON_AddNumberToObject(figure, "best", roof->best);
        cJSON_AddNumberToObject(figure, "spread", roof->spread);
    }
    cJSON *nearest = cJSON_AddObjectToObject(object, "nearest");
    cJSON_AddStringToObject(nearest, "profile", nearest_name(r));
    cJSON_AddStringToObject(nearest, "family", r->nearest.family);
    cJSON_AddNumberToObject(nearest, "confidence", r->nearest.confidence);
    return json_print(object, error);
}

static ig_status print_report(const probe_report *r, output_format format, ig_error *error)
{
    table t;
    if (format == FORMAT_JSON)
        return print_json(r, error);
    table_init(&t, columns, sizeof columns / sizeof *columns);
    add_rows(r, &t);
    ig_status status = table_print(&t, format, error);
    table_release(&t);
    if (!status && format == FORMAT_MD)
        printf("\n%s, driver %s, %s; multiply-adds in vectors of %d\nnearest profile: %s, family %s, confidence %.2f\n",
               r->b->name, r->b->driver, r->remembered ? "remembered" : "measured now", r->roofs.fma_width,
               nearest_name(r), r->nearest.family, r->nearest.confidence);
    return status;
}

static ig_status probe(app *a, const probe_args *args, backend *b, ig_error *error)
{
    probe_report r = {.b = b};
    ig_status status = backend_open(a, backend_selection(&args->common), b, error);
    if (!status)
        status = roofs_get(a, b, args->again, &r.roofs, &r.remembered, error);
    if (!status)
        status = ig_device_nearest_profile(&ig_device_get_info(b->device)->limits, &r.roofs, &r.nearest, error);
    return status ? status : print_report(&r, (output_format)args->common.format, error);
}

static int run_probe(app *a, const void *args)
{
    ig_error error;
    backend b = {0};
    int code = app_finish(probe(a, args, &b, &error), &error);
    backend_close(&b);
    return code;
}

const command cmd_probe = {
    .name = "probe",
    .arguments = "",
    .brief = "Measures what a device can do at most, and which described device it resembles",
    .details = "The roofs: arithmetic, memory, caches, launches. They are remembered in the cache folder for each\n"
               "device and driver, where `profile` and `bench` find them. Best on an idle machine.\n",
    .examples = "  ingot probe\n  ingot probe --device 0:0 --again\n  ingot probe --format json > roofs.json\n",
    .common = COMMON_LIST,
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .args_size = sizeof(probe_args),
    .run = run_probe,
};
