/* What `ingot tune` does with records beside measuring: showing, sharing and joining them. */
#ifndef INGOT_CLI_TUNE_RECORDS_H
#define INGOT_CLI_TUNE_RECORDS_H

#include "cli/app.h"

typedef struct tune_args {
    common_args common;
    const char *budget;
    double trial_limit_s;
    int level; /* 0: quick, 1: full */
    bool again;
} tune_args;

typedef struct tune_action {
    const char *name;
    const char *arguments;
    int min_files, max_files; /* behind the name; max -1: any number */
    ig_status (*run)(app *a, const tune_args *args, ig_error *error);
} tune_action;

/* The action that the first argument names; NULL: it is a model. */
const tune_action *tune_action_find(const text_list *positional);
/* USAGE unless as many files stand behind the name as it takes. */
ig_status tune_action_check(const tune_action *action, const text_list *positional, ig_error *error) IG_MUST_USE;

#endif
