#include "cli/peer.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NUMBER_TEXT = 24 };

/* --- starting ----------------------------------------------------------------------------------------------------- */

static ig_status make_folder(char out[PEER_PATH], ig_error *error)
{
    const char *base = getenv("TMPDIR");
    const int length = snprintf(out, PEER_PATH, "%s/ingot-peer-XXXXXX", base && base[0] ? base : "/tmp");
    if (length < PEER_PATH && mkdtemp(out))
        return IG_OK;
    const int code = length < PEER_PATH ? errno : ENAMETOOLONG;
    cli_fail(error, CLI_E_CANNOT_CREATE, "cannot make a folder for tensors: %s", strerror(code));
    cli_found(error, "%s", out);
    out[0] = '\0';
    return CLI_E_CANNOT_CREATE;
}

/* With the files that it or the peer left there. */
static void remove_folder(const char *folder)
{
    DIR *list = opendir(folder);
    char path[PEER_PATH + 256];
    for (struct dirent *entry; list && (entry = readdir(list)) != NULL;)
        if (entry->d_name[0] != '.') {
            snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
            (void)unlink(path);
        }
    if (list)
        closedir(list);
    (void)rmdir(folder);
}

static ig_status start(peer *p, const peer_params *params, const char *folder, ig_error *error)
{
    char threads[NUMBER_TEXT], cache[PEER_PATH + 16];
    snprintf(threads, sizeof threads, "%d", params->threads);
    snprintf(cache, sizeof cache, "%s/peers", params->cache);
    const char *words[] = {params->host->python,
                           params->host->script,
                           "serve",
                           params->model,
                           "--peer",
                           params->name,
                           "--threads",
                           threads,
                           "--folder",
                           folder,
                           "--cache",
                           cache,
                           NULL};
    if (!params->cache[0])
        words[sizeof words / sizeof *words - 3] = NULL;
    return coprocess_start(&p->process, words, error);
}

static ig_status read_outputs(peer *p, const char *folder, ig_error *error)
{
    const cJSON *names = cJSON_GetObjectItemCaseSensitive(p->ready, "outputs");
    const int count = cJSON_GetArraySize(names);
    char path[PEER_PATH + 32];
    p->outputs = calloc((size_t)count + 1, sizeof *p->outputs);
    if (!p->outputs)
        return cli_fail_memory(error);
    for (int i = 0; i < count; i++) {
        const char *name = cJSON_GetStringValue(cJSON_GetArrayItem(names, i));
        if (!name)
            return peer_fail_answer(&p->process, "outputs by name", error);
        snprintf(path, sizeof path, "%s/output%d.npy", folder, i);
        ig_status status = ig_tensor_read_npy(path, &p->outputs[i], error);
        if (status)
            return status;
        p->outputs[i].name = name;
        p->n_outputs++;
    }
    return IG_OK;
}

static ig_status open_in(peer *p, const peer_params *params, const ig_tensor *input, const char *folder,
                         ig_error *error)
{
    char path[PEER_PATH + 16];
    snprintf(path, sizeof path, "%s/input.npy", folder);
    ig_status status = ig_tensor_write_npy(path, input, error);
    if (!status)
        status = start(p, params, folder, error);
    if (!status)
        status = peer_ask(&p->process, NULL, "ready", &p->ready, error);
    if (status)
        return status;
    p->version = peer_text(p->ready, "version");
    p->device = peer_text(p->ready, "device");
    if (!p->version || !p->device)
        return peer_fail_answer(&p->process, "its version and device", error);
    return read_outputs(p, folder, error);
}

ig_status peer_open(app *a, const peer_params *params, const ig_tensor *input, peer *p, ig_error *error)
{
    char folder[PEER_PATH];
    p->process = (coprocess){.a = a, .name = params->name, .limit_s = params->host->limit_s};
    ig_status status = make_folder(folder, error);
    if (status)
        return status;
    status = open_in(p, params, input, folder, error);
    if (status) /* before its folder goes */
        coprocess_end(&p->process);
    remove_folder(folder);
    return status;
}

void peer_close(peer *p)
{
    coprocess_end(&p->process);
    for (int i = 0; i < p->n_outputs; i++)
        ig_tensor_release(&p->outputs[i]);
    free(p->outputs);
    cJSON_Delete(p->ready);
    *p = (peer){0};
}

/* --- running ------------------------------------------------------------------------------------------------------ */

static ig_status take_times(const peer *p, const cJSON *list, int frames, double *ms, ig_error *error)
{
    bool good = cJSON_GetArraySize(list) == frames;
    for (int i = 0; i < frames && good; i++) {
        ms[i] = cJSON_GetNumberValue(cJSON_GetArrayItem(list, i));
        good = isfinite(ms[i]) && ms[i] > 0;
    }
    return good ? IG_OK : peer_fail_answer(&p->process, "the time of each frame", error);
}

ig_status peer_run(peer *p, int frames, double *ms, ig_error *error)
{
    char request[NUMBER_TEXT];
    cJSON *answer = NULL;
    snprintf(request, sizeof request, "run %d\n", frames);
    ig_status status = peer_ask(&p->process, request, "ms", &answer, error);
    if (!status)
        status = take_times(p, cJSON_GetObjectItemCaseSensitive(answer, "ms"), frames, ms, error);
    cJSON_Delete(answer);
    return status;
}
