#include "cli/destination.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_PATH = 4096, NAME_TEXT = 256 };

ig_status check_can_create(const char *path, ig_error *error)
{
    char folder[FOLDER_PATH];
    struct stat info;
    const char *slash = strrchr(path, '/');
    int length = slash ? (int)(slash - path) : 0;
    if (length >= FOLDER_PATH)
        return cli_fail(error, CLI_E_CANNOT_CREATE, "the path of an output file is too long");
    snprintf(folder, sizeof folder, "%.*s", slash && length == 0 ? 1 : length, path);
    const char *place = slash ? folder : ".";
    if (stat(place, &info) != 0 || !S_ISDIR(info.st_mode)) {
        cli_fail(error, CLI_E_CANNOT_CREATE, "cannot create %s: there is no folder %s", path, place);
        cli_hint(error, "create the folder first");
        return CLI_E_CANNOT_CREATE;
    }
    if (!slash ? !path[0] : !slash[1])
        return cli_fail(error, CLI_E_CANNOT_CREATE, "cannot create '%s': the name of a file is missing", path);
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return cli_fail(error, CLI_E_CANNOT_CREATE, "cannot create %s: it exists and is no regular file", path);
    if (access(place, W_OK) != 0)
        return cli_fail(error, IG_E_PERMISSION, "cannot create %s: no permission to write in %s", path, place);
    return IG_OK;
}

/* Splits NAME=file; an argument without '=' or whose '=' belongs to a path has no name. */
static const char *split_name(const char *argument, char name[NAME_TEXT])
{
    size_t length = strcspn(argument, "=/");
    name[0] = '\0';
    if (argument[length] != '=' || length >= NAME_TEXT)
        return argument;
    memcpy(name, argument, length);
    name[length] = '\0';
    return argument + length + 1;
}

static ig_status resolve_output(const model *m, const char *argument, destination *out, ig_error *error)
{
    char name[NAME_TEXT];
    out->path = split_name(argument, name);
    for (int i = 0; i < m->info.n_outputs; i++)
        if (!name[0] || strcmp(m->info.output_names[i], name) == 0) {
            out->output = i;
            return check_can_create(out->path, error);
        }
    cli_fail(error, IG_E_USAGE, "%s has no output named %s", m->info.name, name);
    const char *nearest = ig_text_nearest(name, m->info.output_names, m->info.n_outputs);
    if (nearest)
        cli_hint(error, "did you mean %s?", nearest);
    else
        cli_hint(error, "`ingot summary %s` lists the outputs; --tap writes any other value", m->info.name);
    return IG_E_USAGE;
}

static ig_status resolve_tap(const model *m, const char *argument, destination *out, ig_error *error)
{
    char name[NAME_TEXT];
    const char *nearest = NULL;
    out->output = -1;
    out->path = split_name(argument, name);
    if (!name[0]) {
        cli_fail(error, IG_E_USAGE, "--tap needs the name of a value");
        cli_expected(error, "--tap PATH=file.npy");
        cli_found(error, "%s", argument);
        return IG_E_USAGE;
    }
    out->value = ig_graph_find_value(m->graph, name, &nearest);
    if (out->value && strcmp(out->value, m->info.input_name) != 0)
        return check_can_create(out->path, error);
    if (out->value)
        return cli_fail(error, IG_E_USAGE, "%s is the input: there is nothing to compute", name);
    cli_fail(error, IG_E_USAGE, "%s has no value named %s", m->info.name, name);
    if (nearest)
        cli_hint(error, "did you mean %s?", nearest);
    else
        cli_hint(error, "`ingot summary %s` lists the layers", m->info.name);
    return IG_E_USAGE;
}

ig_status destinations_parse(const model *m, const text_list *outputs, const text_list *taps, destination_list *out,
                             ig_error *error)
{
    memset(out, 0, sizeof *out);
    out->items = calloc((size_t)(outputs->count + taps->count) + 1, sizeof *out->items);
    out->taps = calloc((size_t)taps->count + 1, sizeof *out->taps);
    if (!out->items || !out->taps)
        return cli_fail_memory(error);
    ig_status status = IG_OK;
    for (int i = 0; i < outputs->count && !status; i++)
        status = resolve_output(m, outputs->items[i], &out->items[out->count++], error);
    for (int i = 0; i < taps->count && !status; i++) {
        destination *tap = &out->items[out->count++];
        status = resolve_tap(m, taps->items[i], tap, error);
        out->taps[out->n_taps++] = tap->value;
    }
    return status;
}

void destinations_release(destination_list *list)
{
    free(list->items);
    free(list->taps);
    memset(list, 0, sizeof *list);
}

ig_status destinations_write(const destination_list *list, engine *e, const ig_tensor *outputs, ig_error *error)
{
    ig_status status = IG_OK;
    for (int i = 0; i < list->count && !status; i++) {
        const destination *d = &list->items[i];
        ig_tensor value = {0};
        if (d->output < 0)
            status = engine_read(e, d->value, &value, error);
        if (!status)
            status = ig_tensor_write_npy(d->path, d->output < 0 ? &value : &outputs[d->output], error);
        ig_tensor_release(&value);
    }
    return status;
}
