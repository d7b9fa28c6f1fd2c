/* What every sub-command gets: its arguments, the log, the flag of Ctrl-C, the clock; and what it is made of. */
#ifndef INGOT_CLI_APP_H
#define INGOT_CLI_APP_H

#include "cli/clock.h"
#include "cli/exit_code.h"
#include "cli/option.h"
#include "cli/report.h"
#include "cli/table.h"

/* First member of every sub-command's arguments. */
typedef struct common_args {
    text_list positional;
    text_list set, passes, kernels;
    ig_shape shape;
    int64_t batch; /* 0: not given */
    const char *device, *weights;
    int format; /* output_format */
    int layout; /* ig_layout */
    int chains_off;
    int tuning; /* tuning_mode */
    bool help, quiet, timing;
} common_args;

typedef struct app {
    ig_log log;
    const volatile bool *interrupted; /* set by Ctrl-C */
    bool quiet;
    int tuning; /* tuning_mode: the records that backends take */
    phase_times times;
    int n_words; /* of the command line */
    char **words;
} app;

/* Which of the common options a sub-command takes. */
typedef enum common_group { COMMON_HELP, COMMON_FORMAT, COMMON_LIST, COMMON_PLAN, COMMON_MODEL } common_group;

typedef struct command {
    const char *name;
    const char *arguments; /* as in the usage line, after the name */
    const char *brief;     /* one line */
    const char *details;   /* paragraphs of the help text; may be "" */
    const char *examples;  /* lines */
    common_group common;
    int min_positional, max_positional; /* how many arguments beside options; max -1: any number */
    const option *options;
    int n_options;
    size_t args_size;
    int (*run)(app *a, const void *args); /* returns the exit code */
} command;

/* The table, ended by a NULL name (commands.c). */
extern const command *const commands[];
const command *command_find(const char *name);
void command_help(const command *c);
option_set command_options(const command *c);

extern const command cmd_devices, cmd_models, cmd_summary, cmd_plan, cmd_diff, cmd_run, cmd_verify, cmd_profile,
    cmd_bench, cmd_probe, cmd_tune, cmd_doctor, cmd_help, cmd_version;

/* Prints the error and returns its exit code; IG_OK gives 0. */
int app_finish(ig_status status, const ig_error *error);

/* CANCELLED when Ctrl-C was pressed. */
ig_status app_check_interrupt(const app *a, ig_error *error) IG_MUST_USE;

#endif
