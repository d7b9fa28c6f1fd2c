/* One small file per verdict, named by the hash of its key; the key itself stands inside, so that a hash that agrees by
 * chance proves nothing. */
#include "bench/bench.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { KEY_TEXT = 1024, FILE_TEXT = KEY_TEXT + 64, PATH_TEXT = 4096 };

typedef struct verdict_file {
    char key[KEY_TEXT];
    char path[PATH_TEXT];
} verdict_file;

static bool locate(const char *folder, const ig_bench_key *key, verdict_file *out)
{
    int length = snprintf(out->key, sizeof out->key,
                          "ingot verdict 1\nplan %016" PRIx64 "\nweights %016" PRIx64 "\ninput %016" PRIx64
                          "\ndevice %s\ndriver %s\nversion %s\n",
                          key->plan_hash, key->weights_hash, key->input_hash, key->device, key->driver, key->version);
    if (length < 0 || length >= KEY_TEXT)
        return false;
    uint64_t hash = ig_hash_fnv64(IG_HASH_FNV64_SEED, out->key, (size_t)length);
    length = snprintf(out->path, sizeof out->path, "%s/%016" PRIx64 ".verdict", folder, hash);
    return length > 0 && length < PATH_TEXT;
}

bool ig_bench_recall(const char *folder, const ig_bench_key *key, double *max_rel_error)
{
    verdict_file file;
    char text[FILE_TEXT];
    if (!locate(folder, key, &file))
        return false;
    FILE *in = fopen(file.path, "rb");
    if (!in)
        return false;
    size_t length = fread(text, 1, sizeof text - 1, in);
    fclose(in);
    text[length] = '\0';
    size_t key_length = strlen(file.key);
    if (strncmp(text, file.key, key_length) != 0 || length == 0 || text[length - 1] != '\n')
        return false;
    text[length - 1] = '\0';
    static const char label[] = "max_rel_error ";
    const char *rest = text + key_length;
    return strncmp(rest, label, sizeof label - 1) == 0 && ig_text_to_double(rest + sizeof label - 1, max_rel_error) &&
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
    verdict_file file;
    char text[FILE_TEXT];
    if (!locate(folder, key, &file))
        return IG_OK; /* a key too long to write is not worth remembering */
    ig_bench_make_folder(folder);
    int length = snprintf(text, sizeof text, "%smax_rel_error %.9g\n", file.key, max_rel_error);
    return ig_file_write(file.path, text, (size_t)length, error);
}
