#include "cli/passes.h"

#include "cli/report.h"

#include <stdio.h>
#include <string.h>

void passes_leave_out(pass_choice *choice, const char *name)
{
    for (int i = 0; i < choice->n_off; i++)
        if (strcmp(choice->off[i], name) == 0)
            return;
    if (choice->n_off < MAX_PASSES)
        choice->off[choice->n_off++] = name;
}

/* There is nothing to switch on: a bare name is most likely a forgotten dash. */
static ig_status bad_word(const char *word, ig_error *error)
{
    ig_pass_info pass;
    cli_fail(error, IG_E_USAGE, "--passes takes the passes to leave out");
    cli_expected(error, "--passes -NAME or --passes none");
    cli_found(error, "%s", word);
    cli_hint(error, "`ingot help passes` lists the names");
    for (int i = 0; ig_passes_get(i, &pass); i++)
        if (strcmp(pass.name, word) == 0)
            cli_hint(error, "did you mean --passes -%s?", pass.name);
    return IG_E_USAGE;
}

ig_status passes_choose(const text_list *given, pass_choice *out, ig_error *error)
{
    ig_pass_info pass;
    out->n_off = 0;
    for (int i = 0; i < given->count; i++) {
        const char *word = given->items[i];
        if (strcmp(word, "none") == 0) {
            for (int k = 0; ig_passes_get(k, &pass); k++)
                passes_leave_out(out, pass.name);
        } else if (word[0] == '-' && word[1]) {
            passes_leave_out(out, word + 1);
        } else {
            return bad_word(word, error);
        }
    }
    return ig_passes_check(&(ig_passes_params){.disable = out->off, .n_disable = out->n_off}, error);
}

void passes_print(void)
{
    ig_pass_info pass;
    printf("Passes that rewrite a network before it is planned, in the order they run. --passes -NAME leaves one\n"
           "out, --passes none all of them.\n\n");
    for (int i = 0; ig_passes_get(i, &pass); i++)
        printf("  %-20s %s\n", pass.name, pass.doc);
}
