#include "cli/app.h"
#include "cli/tuning.h"
#include "ingot/plan.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define COMMON(member) offsetof(common_args, member)

static const char *const format_names[] = {"md", "json", "csv", NULL};
static const char *const chains_names[] = {"auto", "off", NULL};
static const char *const layout_names[] = {
    [IG_LAYOUT_AUTO] = "auto", [IG_LAYOUT_NCHW] = "nchw", [IG_LAYOUT_BLOCKED] = "blocked", NULL};

/* Ordered so that each group of commands takes a prefix. */
static const option common_options[] = {
    {"help", NULL, "print this text", OPTION_FLAG, COMMON(help)},
    {"quiet", NULL, "no warnings, notes or progress", OPTION_FLAG, COMMON(quiet)},
    {"format", "md|json|csv", "how to print", OPTION_CHOICE, COMMON(format), "md", 0, 0, format_names},
    {"device", "D", "P:D, index, part of a name, or ref for plain C; else $INGOT_DEVICE, else the first GPU",
     OPTION_TEXT, COMMON(device)},
    {"set", "K=V", "set a parameter of the model, e.g. classes=6; may be repeated", OPTION_LIST, COMMON(set)},
    {"shape", "N,C,H,W", "input shape instead of the model's own", OPTION_SHAPE, COMMON(shape)},
    {"batch", "N", "samples in one inference instead of the model's own number", OPTION_INT, COMMON(batch), NULL, 1,
     1 << 20},
    {"passes", "-NAME|none", "leave a pass out (`ingot help passes`), or all of them; may be repeated", OPTION_LIST,
     COMMON(passes)},
    {"layout", "auto|nchw|blocked",
     "how maps lie in memory: where it pays, never, or wherever possible in blocks of channels", OPTION_CHOICE,
     COMMON(layout), "auto", 0, 0, layout_names},
    {"chains", "auto|off", "many small steps in one launch: where the device gains by it, or never", OPTION_CHOICE,
     COMMON(chains_off), "auto", 0, 0, chains_names},
    {"tuning", "all|shipped|off", "which tuning records count: the user's and the shipped ones, those alone, or none",
     OPTION_CHOICE, COMMON(tuning), "all", 0, 0, tuning_mode_names},
    {"kernel", "NAME", "take this kernel wherever it can compute a step; may be repeated", OPTION_LIST,
     COMMON(kernels)},
    {"weights", "FILE|seeded", "a safetensors file, or numbers made from the tensors' names", OPTION_TEXT,
     COMMON(weights)},
    {"timing", NULL, "print on stderr where the time until the first result went", OPTION_FLAG, COMMON(timing)},
};
static const int common_counts[] = {
    [COMMON_HELP] = 1, [COMMON_FORMAT] = 3, [COMMON_LIST] = 4, [COMMON_PLAN] = 12, [COMMON_MODEL] = 14};

const command *const commands[] = {&cmd_devices, &cmd_models, &cmd_summary, &cmd_plan,    &cmd_diff,
                                   &cmd_run,     &cmd_verify, &cmd_profile, &cmd_bench,   &cmd_tune,
                                   &cmd_probe,   &cmd_doctor, &cmd_help,    &cmd_version, NULL};

const command *command_find(const char *name)
{
    for (int i = 0; commands[i]; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

option_set command_options(const command *c)
{
    option_set set = {
        {{"options", c->options, c->n_options}, {"common options", common_options, common_counts[c->common]}},
        COMMON(positional),
    };
    return set;
}

void command_help(const command *c)
{
    printf("usage: ingot %s%s%s [options]\n\n%s.\n", c->name, c->arguments[0] ? " " : "", c->arguments, c->brief);
    if (c->details[0])
        printf("\n%s", c->details);
    option_set set = command_options(c);
    options_print(&set);
    printf("\nexamples:\n%s\nExit codes: ingot help exit-codes\n", c->examples);
}
