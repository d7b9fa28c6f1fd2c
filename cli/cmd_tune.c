#include "cli/backend.h"
#include "cli/model.h"
#include "cli/progress.h"
#include "cli/tune_records.h"
#include "cli/tune_watch.h"
#include "cli/tuning.h"
#include "ingot/tuner.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const level_names[] = {"quick", "full", NULL};

static const option options[] = {
    {"budget", "TIME", "stop after that long, e.g. 60s, 5m or 1h; what is left goes on the next time", OPTION_TEXT,
     offsetof(tune_args, budget)},
    {"level", "quick|full", "how long to search where nothing better turns up", OPTION_CHOICE,
     offsetof(tune_args, level), "quick", 0, 0, level_names},
    {"again", NULL, "forget what was tuned and tried on this device", OPTION_FLAG, offsetof(tune_args, again)},
    {"trial-limit", "S", "a candidate that takes longer than so many seconds is set aside for good", OPTION_REAL,
     offsetof(tune_args, trial_limit_s), "30"},
};

static const column columns[] = {
    {"problem", "problem", 0},     {"op", "op", 0},         {"steps", "steps", 0}, {"kernel", "kernel", 0},
    {"before_ms", "before ms", 4}, {"now_ms", "now ms", 4}, {"gain", "gain", 3},   {"outcome", "outcome", 0},
};

static const double CHECK_BUDGET_S = 10;

/* One process' share of the work. */
typedef struct tuning {
    app *a;
    const tune_args *args;
    int watch_fd;
    bool check; /* what is known, and nothing new */
    backend b;
    tuning_paths paths;
    ig_tuner *tuner;
    table rows;
    progress bar;
} tuning;

/* --- what the tuner tells ----------------------------------------------------------------------------------------- */

static void tell_watch(void *user, int64_t limit_ns)
{
    const tuning *t = user;
    tune_watch_tell(t->watch_fd, limit_ns);
}

static double ms(int64_t ns)
{
    return (double)ns / 1e6;
}

static void add_row(table *rows, const ig_tuner_progress *p)
{
    table_text(rows, p->path);
    table_text(rows, p->op);
    table_int(rows, p->n_steps);
    table_text(rows, p->candidate);
    table_real(rows, ms(p->base_ns));
    table_real(rows, ms(p->best_ns));
    table_real(rows, p->best_ns > 0 ? (double)p->base_ns / (double)p->best_ns : 1);
    table_text(rows, p->outcome);
}

static void tell_progress(void *user, const ig_tuner_progress *p)
{
    tuning *t = user;
    char detail[160], left[32] = "";
    if (p->done)
        add_row(&t->rows, p);
    if (p->seconds_left >= 0)
        snprintf(left, sizeof left, ", %.0f s left", p->seconds_left);
    snprintf(detail, sizeof detail, "%.40s: %d tried, best %.4g ms, gain %.3g%s", p->path, p->n_trials, ms(p->best_ns),
             p->best_ns > 0 ? (double)p->base_ns / (double)p->best_ns : 1.0, left);
    progress_step(&t->bar, detail, p->problem, p->n_problems);
    if (!p->done && (strcmp(p->outcome, "wrong") == 0))
        report_warning(&t->a->log, "%s: %s computes something else than the reference; it is left out", p->path,
                       p->candidate);
}

/* --- tuning ------------------------------------------------------------------------------------------------------- */

static ig_status add_model(tuning *t, const char *name, ig_error *error)
{
    model m = {0};
    ig_graph *graph = NULL;
    ig_status status = model_load_graph(t->a, &t->args->common, name, NULL, &m, error);
    const ig_passes_params passes = {
        .disable = m.passes.off, .n_disable = m.passes.n_off, .local_is_cache = backend_local_is_cache(&t->b)};
    if (!status)
        status = ig_graph_optimize(m.graph, &passes, &graph, error);
    if (!status)
        status = ig_tuner_add(t->tuner, graph, m.layout, error);
    ig_graph_destroy(&graph);
    model_release(&m);
    return status;
}

static ig_status open_tuner(tuning *t, double budget_s, ig_error *error)
{
    const time_t now = time(NULL);
    struct tm parts;
    char date[16] = "";
    if (gmtime_r(&now, &parts))
        strftime(date, sizeof date, "%Y-%m-%d", &parts);
    const ig_tuner_params params = {
        .device = t->b.device,
        .db = backend_records(&t->b, TUNING_ALL),
        .records_path = t->paths.records,
        .journal_path = t->paths.journal,
        .level = t->args->level ? IG_TUNE_FULL : IG_TUNE_QUICK,
        .budget_s = budget_s,
        .trial_limit_s = t->args->trial_limit_s,
        .date = date,
        .check = t->check,
        .cancel = t->a->interrupted,
        .watch = tell_watch,
        .report = tell_progress,
        .user = t,
    };
    ig_status status = ig_tuner_create(&params, &t->tuner, error);
    for (int i = t->check; i < t->args->common.positional.count && !status; i++)
        status = add_model(t, t->args->common.positional.items[i], error);
    return status;
}

static void print_sum(const ig_tuner_result *r, const tuning_paths *paths)
{
    printf("\n%d problems: %d tuned now, %d before, %d left; %d times something faster was found\n", r->n_problems,
           r->n_done, r->n_known, r->n_problems - r->n_done - r->n_known, r->n_won);
    printf("%d candidates measured; of those and the ones tried before %d computed something else, %d were refused by "
           "the driver, %d never ended\n",
           r->n_trials, r->n_wrong, r->n_failed, r->n_lost);
    if (r->best_ns > 0)
        printf("every step of every network once: %.4g ms before, %.4g ms now\n", ms(r->base_ns), ms(r->best_ns));
    printf("records: %s\n", paths->records);
}

static ig_status tune(tuning *t, double budget_s, ig_error *error)
{
    ig_tuner_result result = {0};
    ig_status status = backend_open(t->a, backend_selection(&t->args->common), &t->b, error);
    if (!status && t->b.reference)
        status = cli_fail(error, IG_E_USAGE, "the plain C reference has nothing to tune");
    if (!status)
        status = tuning_find(&ig_device_get_info(t->b.device)->limits, true, &t->paths, error);
    if (!status)
        status = open_tuner(t, budget_s, error);
    if (status)
        return status;
    progress_begin(&t->bar, "tuning", t->a->quiet);
    status = ig_tuner_run(t->tuner, &result, error);
    progress_end(&t->bar);
    ig_error print_error;
    ig_status printed = table_print(&t->rows, (output_format)t->args->common.format, status ? &print_error : error);
    if (t->args->common.format == FORMAT_MD)
        print_sum(&result, &t->paths);
    return status ? status : printed;
}

static int work(void *user, int watch_fd, double budget_s)
{
    tuning *t = user;
    ig_error error;
    t->watch_fd = watch_fd;
    table_init(&t->rows, columns, sizeof columns / sizeof *columns);
    int code = app_finish(tune(t, budget_s, &error), &error);
    table_release(&t->rows);
    ig_tuner_destroy(&t->tuner);
    backend_close(&t->b);
    return code;
}

/* --- the command -------------------------------------------------------------------------------------------------- */

/* "90", "90s", "1.5m" or "1h"; NULL: none. */
static ig_status read_budget(const char *text, double *seconds, ig_error *error)
{
    static const struct {
        char unit;
        double seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}};
    char number[32];
    double factor = 1;
    *seconds = 0;
    if (!text)
        return IG_OK;
    size_t length = strlen(text);
    for (size_t i = 0; i < sizeof units / sizeof *units && length > 0; i++)
        if (text[length - 1] == units[i].unit) {
            factor = units[i].seconds;
            length--;
            break;
        }
    snprintf(number, sizeof number, "%.*s", (int)length, text);
    if (length < sizeof number && ig_text_to_double(number, seconds) && *seconds > 0) {
        *seconds *= factor;
        return IG_OK;
    }
    cli_fail(error, IG_E_USAGE, "--budget is no time");
    cli_expected(error, "a number above zero with s, m or h, e.g. 60s");
    cli_found(error, "%s", text);
    return IG_E_USAGE;
}

/* Both files of the device go. */
static ig_status forget(app *a, const tune_args *args, ig_error *error)
{
    backend b = {0};
    tuning_paths paths;
    ig_status status = backend_open(a, backend_selection(&args->common), &b, error);
    if (!status && !b.reference)
        status = tuning_find(&ig_device_get_info(b.device)->limits, false, &paths, error);
    if (!status && !b.reference) {
        remove(paths.records);
        remove(paths.journal);
    }
    backend_close(&b);
    return status;
}

static int forget_in_child(void *user, int watch_fd, double budget_s)
{
    const tuning *t = user;
    ig_error error;
    (void)watch_fd, (void)budget_s;
    return app_finish(forget(t->a, t->args, &error), &error);
}

static int run_tune(app *a, const void *args)
{
    tuning t = {.a = a, .args = args};
    double budget_s;
    ig_error error;
    const text_list *words = &t.args->common.positional;
    const tune_action *action = tune_action_find(words);
    ig_status status =
        action ? tune_action_check(action, words, &error) : read_budget(t.args->budget, &budget_s, &error);
    if (!status && action)
        status = action->run(a, t.args, &error);
    if (status || action)
        return app_finish(status, &error);
    if (a->tuning == TUNING_ALL)
        a->tuning = TUNING_SHIPPED; /* what winners have to beat */
    t.check = strcmp(words->items[0], "check") == 0;
    if (t.check && words->count == 1) {
        cli_fail(&error, IG_E_USAGE, "an argument is missing");
        cli_expected(&error, "ingot tune check MODEL...");
        return app_finish(IG_E_USAGE, &error);
    }
    if (t.check && budget_s == 0)
        budget_s = CHECK_BUDGET_S;
    if (t.args->again) {
        const int code = tune_watch(a, forget_in_child, &t, 0);
        if (code)
            return code;
    }
    return tune_watch(a, work, &t, budget_s);
}

const command cmd_tune = {
    .name = "tune",
    .arguments = "MODEL... | list | export FILE | import FILE | merge OUT IN... | check MODEL...",
    .brief = "Finds the fastest kernel and parameters for every step on this device",
    .details =
        "Each candidate is compared with the plain C reference before it may win, and a winner is timed once more in\n"
        "turns with what planning takes without it. Every trial is noted in a journal first: after a kill, a reset or\n"
        "a hang the same command goes on where it was, and never tries again what did not end. Plans take the records\n"
        "from then on; --tuning shipped or off leaves them out.\n\n"
        "  list          the records of this device\n"
        "  export FILE   writes them into one file\n"
        "  import FILE   takes over the records of a file, all or none\n"
        "  merge OUT IN  puts several files together; of two records about the same the faster one stays\n"
        "  check MODEL   measures again what is known of these networks' steps, those of an older driver too, 10 s at "
        "most\n",
    .examples = "  ingot tune resnet18 mobilenet_v2 --budget 60s\n"
                "  ingot tune mobilesteelnet --level full\n"
                "  ingot tune list\n"
                "  ingot tune export my-board.tune\n",
    .common = COMMON_PLAN,
    .min_positional = 1,
    .max_positional = -1,
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .args_size = sizeof(tune_args),
    .run = run_tune,
};
