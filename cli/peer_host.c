#include "cli/peer_host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SHOWN = 60 };

/* --- answers ------------------------------------------------------------------------------------------------------ */

ig_status peer_fail_answer(const coprocess *c, const char *expected, ig_error *error)
{
    cli_fail(error, CLI_E_PEER, "the answer of %s is not understood", c->name);
    cli_expected(error, "%s", expected);
    cli_found(error, "%.*s", SHOWN, c->line);
    return CLI_E_PEER;
}

const char *peer_text(const cJSON *object, const char *key)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
}

ig_status peer_ask(coprocess *c, const char *request, const char *key, cJSON **out, ig_error *error)
{
    ig_status status = coprocess_ask(c, request, error);
    if (status)
        return status;
    cJSON *answer = cJSON_Parse(c->line);
    const char *problem = peer_text(answer, "error"), *hint = peer_text(answer, "hint");
    if (problem) {
        status = cli_fail(error, CLI_E_PEER, "%s: %s", c->name, problem);
        cli_hint(error, "%s", hint ? hint : "");
    } else if (!cJSON_GetObjectItemCaseSensitive(answer, key)) {
        char expected[SHOWN];
        snprintf(expected, sizeof expected, "a line of JSON: {\"%s\": ...}", key);
        status = peer_fail_answer(c, expected, error);
    }
    if (status)
        cJSON_Delete(answer);
    else
        *out = answer;
    return status;
}

/* --- the host ----------------------------------------------------------------------------------------------------- */

static ig_status fail_missing(const char *what, const char *path, const char *hint, ig_error *error)
{
    cli_fail(error, errno == EACCES ? IG_E_PERMISSION : IG_E_NO_INPUT, "%s: %s", what, strerror(errno));
    cli_found(error, "%s", path);
    cli_hint(error, "%s", hint);
    return error->status;
}

static ig_status find_python(const char *venv, char out[PEER_PATH], ig_error *error)
{
    struct stat info;
    const bool folder = stat(venv, &info) == 0 && S_ISDIR(info.st_mode);
    const int length = snprintf(out, PEER_PATH, "%s%s", venv, folder ? "/bin/python" : "");
    if (length >= PEER_PATH)
        errno = ENAMETOOLONG;
    else if (access(out, X_OK) == 0)
        return IG_OK;
    return fail_missing("--peers names no Python", out,
                        "make one: python3 -m venv FOLDER && FOLDER/bin/pip install onnxruntime numpy; "
                        "docs/benchmarks.md says what else it needs",
                        error);
}

static ig_status find_script(const char **out, ig_error *error)
{
    const char *named = getenv("INGOT_PEERS");
    *out = named && named[0] ? named : INGOT_SOURCE_PEERS;
    if (access(*out, R_OK) == 0)
        return IG_OK;
    return fail_missing("the script that runs peers cannot be read", *out,
                        "it is bench/peers/peer.py of the source tree; INGOT_PEERS says where", error);
}

/* Takes the names in the answer, or of them `only`. */
static ig_status take_names(const cJSON *answer, const char *only, peer_host *host, ig_error *error)
{
    const cJSON *item;
    char all[PEER_MAX * PEER_NAME] = "";
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(answer, "peers"))
    {
        const char *name = cJSON_GetStringValue(item);
        if (!name || strlen(name) >= PEER_NAME || host->n_names == PEER_MAX)
            continue;
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", all[0] ? ", " : "", name);
        if (!only || strcmp(only, name) == 0)
            strcpy(host->names[host->n_names++], name);
    }
    if (host->n_names > 0)
        return IG_OK;
    if (all[0]) {
        cli_fail(error, IG_E_USAGE, "--peer names no peer of this Python");
        cli_expected(error, "%s", all);
        cli_found(error, "%s", only);
        return IG_E_USAGE;
    }
    cli_fail(error, CLI_E_PEER, "%s has no peer", host->python);
    cli_hint(error, "install one: %s -m pip install onnxruntime numpy", host->python);
    return CLI_E_PEER;
}

ig_status peer_host_open(app *a, const char *venv, const char *only, double limit_s, peer_host *out, ig_error *error)
{
    *out = (peer_host){.limit_s = limit_s};
    ig_status status = find_python(venv, out->python, error);
    if (!status)
        status = find_script(&out->script, error);
    if (status)
        return status;
    cJSON *answer = NULL;
    coprocess c = {.a = a, .name = "the script that runs peers", .limit_s = limit_s};
    const char *const words[] = {out->python, out->script, "list", NULL};
    status = coprocess_start(&c, words, error);
    if (!status)
        status = peer_ask(&c, NULL, "peers", &answer, error);
    coprocess_end(&c);
    if (!status)
        status = take_names(answer, only, out, error);
    cJSON_Delete(answer);
    return status;
}
