#include "bench/html.h"

#include <string.h>

/* Bytes of the UTF-8 character there; 0 when it is none, or one that XML does not allow. */
static int character_bytes(const unsigned char *at)
{
    const int bytes = at[0] < 0x80 ? 1 : at[0] < 0xc2 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : at[0] < 0xf5 ? 4 : 0;
    if (bytes == 1)
        return at[0] >= 0x20 || at[0] == '\t' || at[0] == '\n';
    for (int i = 1; i < bytes; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    const bool overlong = (at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xf0 && at[1] < 0x90);
    const bool surrogate = at[0] == 0xed && at[1] >= 0xa0, beyond = at[0] == 0xf4 && at[1] >= 0x90;
    const bool no_character = at[0] == 0xef && at[1] == 0xbf && at[2] >= 0xbe;
    return overlong || surrogate || beyond || no_character ? 0 : bytes;
}

void ig_html_add(ig_text *out, const char *text)
{
    static const struct {
        char special;
        const char *entity;
    } ESCAPES[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
    enum { N_ESCAPES = sizeof ESCAPES / sizeof *ESCAPES };
    while (*text) {
        const int bytes = character_bytes((const unsigned char *)text);
        int i = 0;
        while (i < N_ESCAPES && ESCAPES[i].special != *text)
            i++;
        if (i < N_ESCAPES)
            ig_text_add(out, "%s", ESCAPES[i].entity);
        else
            ig_text_add_bytes(out, bytes ? text : "?", bytes ? (size_t)bytes : 1);
        text += bytes ? bytes : 1;
    }
}

const char *ig_report_colour(int network)
{
    static const char *const COLOURS[] = {"#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e",
                                          "#17becf", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22"};
    return COLOURS[network % (int)(sizeof COLOURS / sizeof *COLOURS)];
}
