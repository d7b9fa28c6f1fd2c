/* Remembered verdicts, and the folder that they lie in. */
#include "bench/bench.h"
#include "bench/keyed_file.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_TEXT = 4096 };

#define ENDING "verdict"
#define LABEL "max_rel_error "

/* False when it is too long. */
static bool key_text(const ig_bench_key *key, char out[IG_KEYED_TEXT])
{
    const int length =
        snprintf(out, IG_KEYED_TEXT,
                 "ingot verdict 1\nplan %016" PRIx64 "\nweights %016" PRIx64 "\ninput %016" PRIx64
                 "\ndevice %s\ndriver %s\nversion %s\n",
                 key->plan_hash, key->weights_hash, key->input_hash, key->device, key->driver, key->version);
    return length > 0 && length < IG_KEYED_TEXT;
}

bool ig_bench_recall(const char *folder, const ig_bench_key *key, double *max_rel_error)
{
    char name[IG_KEYED_TEXT], text[IG_KEYED_TEXT];
    if (!key_text(key, name) || !ig_keyed_read(folder, ENDING, name, text))
        return false;
    text[strlen(text) - 1] = '\0';
    return strncmp(text, LABEL, sizeof LABEL - 1) == 0 && ig_text_to_double(text + sizeof LABEL - 1, max_rel_error) &&
           isfinite(*max_rel_error);
}

void ig_bench_make_folder(const char *folder)
{
    char path[PATH_TEXT];
    if (snprintf(path, sizeof path, "%s", folder) >= PATH_TEXT)
        return;
    for (char *at = path + 1; *at; at++)
        if (*at == '/') {
            *at = '\0';
            (void)mkdir(path, 0777);
            *at = '/';
        }
    (void)mkdir(path, 0777);
}

ig_status ig_bench_remember(const char *folder, const ig_bench_key *key, double max_rel_error, ig_error *error)
{
    char name[IG_KEYED_TEXT], text[IG_KEYED_TEXT];
    if (!key_text(key, name))
        return IG_OK; /* a key too long to write is not worth remembering */
    snprintf(text, sizeof text, LABEL "%.9g\n", max_rel_error);
    return ig_keyed_write(folder, ENDING, name, text, error);
}
