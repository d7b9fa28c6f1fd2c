/* The papers that the command carries, and how their figures are compared. */
#include "bench/paper.h"

#include "base/embed.h"
#include "base/error.h"

#include <stdio.h>
#include <string.h>

enum { NAME_TEXT = 64, MAX_PAPERS = 32, FIGURE_TEXT = 64 };

int ig_paper_count_all(void)
{
    return ig_paper_text_count;
}

/* Files are called <name>.yaml. */
static size_t name_length(int index)
{
    return strlen(ig_paper_text[index].name) - strlen(".yaml");
}

const char *ig_paper_name(int index)
{
    return index >= 0 && index < ig_paper_text_count ? ig_paper_text[index].name : NULL;
}

static ig_status fail_unknown(const char *name, ig_error *error)
{
    char names[MAX_PAPERS][NAME_TEXT];
    const char *list[MAX_PAPERS];
    int count = 0;
    for (; count < ig_paper_text_count && count < MAX_PAPERS; count++) {
        snprintf(names[count], NAME_TEXT, "%.*s", (int)name_length(count), ig_paper_text[count].name);
        list[count] = names[count];
    }
    ig_fail(error, IG_E_USAGE, "there is no paper '%.100s'", name);
    const char *nearest = ig_text_nearest(name, list, count);
    if (nearest)
        ig_error_hint(error, "did you mean '%s'?", nearest);
    else if (count > 0)
        ig_error_hint(error, "the first of the papers is '%s'", list[0]);
    return IG_E_USAGE;
}

ig_status ig_paper_load(const char *name, ig_paper **out, ig_error *error)
{
    *out = NULL;
    for (int i = 0; i < ig_paper_text_count; i++) {
        const ig_embedded *file = &ig_paper_text[i];
        if (strlen(name) == name_length(i) && strncmp(file->name, name, strlen(name)) == 0)
            return ig_paper_parse(file->text, file->length, file->name, out, error);
    }
    return fail_unknown(name, error);
}

/* Digits behind the point; thousands may be set apart by commas. */
static int plain_digits(const char *printed, char out[FIGURE_TEXT])
{
    int decimals = -1;
    size_t length = 0;
    for (; *printed && length + 1 < FIGURE_TEXT; printed++) {
        if (*printed == ',')
            continue;
        out[length++] = *printed;
        decimals = *printed == '.' ? 0 : decimals >= 0 ? decimals + 1 : -1;
    }
    out[length] = '\0';
    return decimals < 0 ? 0 : decimals;
}

bool ig_paper_prints_same(const ig_paper_figure *figure, double value)
{
    char printed[FIGURE_TEXT], ours[FIGURE_TEXT];
    int decimals = plain_digits(figure->printed, printed);
    snprintf(ours, sizeof ours, "%.*f", decimals, value);
    return strcmp(printed, ours) == 0;
}

bool ig_paper_printed_value(const ig_paper_figure *figure, double *out)
{
    char digits[FIGURE_TEXT];
    plain_digits(figure->printed, digits);
    return ig_text_to_double(digits, out);
}
