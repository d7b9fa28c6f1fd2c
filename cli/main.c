/* ingot: surface-inspection networks on any OpenCL device. Finds the sub-command, reads its options, runs it. */
#include "cli/app.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

enum { MAX_COMMANDS = 32 };

/* The only mutable global: a signal handler can reach nothing else. */
static volatile bool interrupted;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = true;
}

/* The first Ctrl-C asks to stop at the next safe point; SA_RESETHAND lets a second one kill. A reader that went away
 * shows as a write error at exit instead of a silent death. */
static void install_signals(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_interrupt;
    action.sa_flags = (int)SA_RESETHAND;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    action.sa_handler = SIG_IGN;
    action.sa_flags = 0;
    sigaction(SIGPIPE, &action, NULL);
}

int app_finish(ig_status status, const ig_error *error)
{
    if (status == IG_E_CANCELLED) {
        fprintf(stderr, "ingot: interrupted\n");
        return exit_code_of(status);
    }
    return status ? report_error(error) : 0;
}

ig_status app_check_interrupt(const app *a, ig_error *error)
{
    return *a->interrupted ? cli_fail(error, IG_E_CANCELLED, "interrupted") : IG_OK;
}

static ig_status check_positional(const command *c, const text_list *positional, ig_error *error)
{
    bool few = positional->count < c->min_positional;
    if (!few && (c->max_positional < 0 || positional->count <= c->max_positional))
        return IG_OK;
    cli_fail(error, IG_E_USAGE, few ? "an argument is missing" : "too many arguments");
    cli_expected(error, "ingot %s%s%s [options]", c->name, c->arguments[0] ? " " : "", c->arguments);
    if (!few)
        cli_found(error, "%s", positional->items[c->max_positional]);
    cli_hint(error, "`ingot %s --help` shows examples", c->name);
    return IG_E_USAGE;
}

/* As the process was started. */
typedef struct invocation {
    int n_words;
    char **words;
    int64_t started_ns;
} invocation;

static int run_parsed(const command *c, void *args, const invocation *from)
{
    const common_args *common = args;
    ig_error error;
    if (common->help) {
        command_help(c);
        return 0;
    }
    if (check_positional(c, &common->positional, &error))
        return report_error(&error);
    app a = {.log = report_log(common->quiet),
             .interrupted = &interrupted,
             .quiet = common->quiet,
             .tuning = common->tuning,
             .times = {.started_ns = from->started_ns},
             .n_words = from->n_words,
             .words = from->words};
    int code = c->run(&a, args);
    if (common->timing)
        phase_print(&a.times);
    return code;
}

static int run_command(const command *c, const invocation *from)
{
    ig_error error;
    option_set set = command_options(c);
    void *args = calloc(1, c->args_size);
    if (!args) {
        cli_fail_memory(&error);
        return report_error(&error);
    }
    int code;
    if (options_parse(&set, from->n_words - 2, from->words + 2, args, &error))
        code = report_error(&error);
    else
        code = run_parsed(c, args, from);
    options_release(&set, args);
    free(args);
    return code;
}

static int unknown_command(const char *name)
{
    const char *names[MAX_COMMANDS];
    int count = 0;
    for (; commands[count] && count < MAX_COMMANDS; count++)
        names[count] = commands[count]->name;
    ig_error error;
    cli_fail(&error, IG_E_USAGE, "unknown command %s", name);
    const char *nearest = ig_text_nearest(name, names, count);
    if (nearest)
        cli_hint(&error, "did you mean `ingot %s`?", nearest);
    else
        cli_hint(&error, "`ingot help` lists the commands");
    return report_error(&error);
}

static int dispatch(const invocation *from)
{
    if (from->n_words < 2) {
        ig_error error;
        cli_fail(&error, IG_E_USAGE, "no command given");
        cli_hint(&error, "`ingot help` lists the commands");
        return report_error(&error);
    }
    const char *name = from->words[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        name = cmd_help.name;
    if (strcmp(name, "--version") == 0)
        name = cmd_version.name;
    const command *c = command_find(name);
    return c ? run_command(c, from) : unknown_command(name);
}

/* A full disk or a closed pipe often shows only when the last bytes leave. */
static int check_stdout(int code)
{
    bool bad = ferror(stdout) != 0;
    if (fflush(stdout) != 0)
        bad = true;
    if (!bad)
        return code;
    ig_error error;
    cli_fail(&error, IG_E_IO, "cannot write to standard output");
    int io_code = report_error(&error);
    return code ? code : io_code;
}

int main(int argc, char **argv)
{
    const invocation from = {argc, argv, clock_ns()};
    install_signals();
    return check_stdout(dispatch(&from));
}
