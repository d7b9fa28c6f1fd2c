#include "cli/app.h"
#include "cli/passes.h"
#include "cli/target.h"

#include <stdio.h>
#include <string.h>

static void print_overview(void)
{
    printf("usage: ingot COMMAND [arguments] [options]\n\n"
           "Surface-inspection networks on any OpenCL device.\n\ncommands:\n");
    for (int i = 0; commands[i]; i++)
        printf("  %-10s %s\n", commands[i]->name, commands[i]->brief);
    printf("\n`ingot COMMAND --help` prints options and examples; `ingot help exit-codes` the exit codes,\n"
           "`ingot help passes` how networks are rewritten, `ingot help profiles` the devices that are described.\n"
           "MODEL is the name of a shipped network or the path of a model description (docs/yaml-format.md).\n\n"
           "examples:\n"
           "  ingot doctor\n"
           "  ingot models\n"
           "  ingot summary resnet18 --set classes=6\n"
           "  ingot run neu_resnet18 image.jpg\n"
           "  ingot bench\n");
}

static const struct {
    const char *name;
    void (*print)(void);
} topics[] = {{"exit-codes", exit_codes_print}, {"passes", passes_print}, {"profiles", profiles_print}};

static int run_help(app *a, const void *args)
{
    const common_args *common = args;
    const char *topic = common->positional.count > 0 ? common->positional.items[0] : NULL;
    (void)a;
    if (!topic) {
        print_overview();
        return 0;
    }
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
        if (strcmp(topic, topics[i].name) == 0) {
            topics[i].print();
            return 0;
        }
    const command *c = command_find(topic);
    if (c) {
        command_help(c);
        return 0;
    }
    ig_error error;
    cli_fail(&error, IG_E_USAGE, "there is no help on %s", topic);
    cli_hint(&error, "`ingot help` lists the commands");
    return report_error(&error);
}

const command cmd_help = {
    .name = "help",
    .arguments = "[COMMAND|exit-codes|passes|profiles]",
    .brief = "Prints the commands, one command's help, or a topic's",
    .details = "",
    .examples = "  ingot help\n  ingot help run\n  ingot help exit-codes\n  ingot help passes\n",
    .common = COMMON_HELP,
    .max_positional = 1,
    .args_size = sizeof(common_args),
    .run = run_help,
};

static int run_version(app *a, const void *args)
{
    (void)a, (void)args;
    printf("ingot %s\n", ig_version());
    return 0;
}

const command cmd_version = {
    .name = "version",
    .arguments = "",
    .brief = "Prints the version",
    .details = "",
    .examples = "  ingot version\n",
    .common = COMMON_HELP,
    .args_size = sizeof(common_args),
    .run = run_version,
};
