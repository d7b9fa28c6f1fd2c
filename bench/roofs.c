#include "bench/roofs.h"

#include "bench/keyed_file.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define ENDING "roofs"
#define WIDTH_KEY "fma_width"

#define FIGURE(name, unit, what)                                                                                       \
    {                                                                                                                  \
#name, unit, what, offsetof(ig_device_roofs, name)                                                             \
    }

const ig_roof_figure ig_roof_figures[IG_ROOF_FIGURES] = {
    FIGURE(fma_gflops, "GFLOP/s", "fp32 multiply-adds, each counted as two"),
    FIGURE(copy_gbytes_per_s, "GB/s", "memory, read and written"),
    FIGURE(cached_gbytes_per_s, "GB/s", "caches, read and written"),
    FIGURE(launch_us, "us", "each of many launches in a row"),
    FIGURE(wait_us, "us", "one launch and the wait for it"),
    FIGURE(local_gain, "", "how many times as fast a tile is read from local memory"),
    FIGURE(fp16_gain, "", "how many times as many multiply-adds in half precision; 0: none"),
};

const ig_roof *ig_roofs_get(const ig_device_roofs *roofs, const ig_roof_figure *figure)
{
    return (const ig_roof *)(const void *)((const char *)roofs + figure->offset);
}

static ig_roof *figure_of(ig_device_roofs *roofs, const ig_roof_figure *figure)
{
    return (ig_roof *)(void *)((char *)roofs + figure->offset);
}

/* --- remembering -------------------------------------------------------------------------------------------------- */

static bool key_text(const char *device, const char *driver, char out[IG_KEYED_TEXT])
{
    const int length =
        snprintf(out, IG_KEYED_TEXT, "ingot roofs 1\ndevice %s\ndriver %s\nversion %s\n", device, driver, ig_version());
    return length > 0 && length < IG_KEYED_TEXT;
}

/* The next line of `*text` without its key; NULL when it has another. */
static char *next_line(char **text, const char *key)
{
    char *line = *text, *end = strchr(line, '\n');
    const size_t length = strlen(key);
    if (!end || strncmp(line, key, length) != 0 || line[length] != ' ')
        return NULL;
    *end = '\0';
    *text = end + 1;
    return line + length + 1;
}

/* Three numbers between spaces. */
static bool read_roof(char *line, ig_roof *out)
{
    double values[3];
    for (int i = 0; i < 3; i++) {
        char *space = strchr(line, ' ');
        if ((space != NULL) != (i < 2))
            return false;
        if (space)
            *space = '\0';
        if (!ig_text_to_double(line, &values[i]) || !isfinite(values[i]) || values[i] < 0)
            return false;
        line = space ? space + 1 : line;
    }
    *out = (ig_roof){.median = values[0], .best = values[1], .spread = values[2]};
    return true;
}

bool ig_roofs_recall(const char *folder, const char *device, const char *driver, ig_device_roofs *out)
{
    char key[IG_KEYED_TEXT], bytes[IG_KEYED_TEXT], *text = bytes;
    int64_t width;
    memset(out, 0, sizeof *out);
    if (!key_text(device, driver, key) || !ig_keyed_read(folder, ENDING, key, bytes))
        return false;
    for (int i = 0; i < IG_ROOF_FIGURES; i++) {
        char *line = next_line(&text, ig_roof_figures[i].key);
        if (!line || !read_roof(line, figure_of(out, &ig_roof_figures[i])))
            return false;
    }
    const char *line = next_line(&text, WIDTH_KEY);
    if (!line || !ig_text_to_int(line, &width) || *text)
        return false;
    out->fma_width = (int)width;
    return out->fma_gflops.best > 0 && out->copy_gbytes_per_s.best > 0 && out->cached_gbytes_per_s.best > 0;
}

ig_status ig_roofs_remember(const char *folder, const char *device, const char *driver, const ig_device_roofs *roofs,
                            ig_error *error)
{
    char key[IG_KEYED_TEXT], text[IG_KEYED_TEXT];
    int length = 0;
    if (!key_text(device, driver, key))
        return IG_OK;
    for (int i = 0; i < IG_ROOF_FIGURES; i++) {
        const ig_roof *roof = ig_roofs_get(roofs, &ig_roof_figures[i]);
        length += snprintf(text + length, sizeof text - (size_t)length, "%s %.9g %.9g %.9g\n", ig_roof_figures[i].key,
                           roof->median, roof->best, roof->spread);
    }
    snprintf(text + length, sizeof text - (size_t)length, WIDTH_KEY " %d\n", roofs->fma_width);
    return ig_keyed_write(folder, ENDING, key, text, error);
}

/* --- measuring again ---------------------------------------------------------------------------------------------- */

static bool is_better(const ig_roof_figure *figure, const ig_roof *roof, const ig_roof *than)
{
    const bool cost = strcmp(figure->unit, "us") == 0;
    return cost ? roof->best < than->best : roof->best > than->best;
}

void ig_roofs_merge(ig_device_roofs *roofs, const ig_device_roofs *again)
{
    if (again->fma_gflops.best > roofs->fma_gflops.best)
        roofs->fma_width = again->fma_width;
    for (int i = 0; i < IG_ROOF_FIGURES; i++) {
        ig_roof *roof = figure_of(roofs, &ig_roof_figures[i]);
        const ig_roof *other = ig_roofs_get(again, &ig_roof_figures[i]);
        if (is_better(&ig_roof_figures[i], other, roof))
            *roof = *other;
    }
}
