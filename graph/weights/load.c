/* Weights from a safetensors file: every parameter of the graph, under its name or an alias of it. */
#include "base/error.h"
#include "base/text.h"
#include "graph/weights/safetensors.h"
#include "graph/weights/weights.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_SPELLINGS = 64, SHOWN_NAMES = 3 };

/* All spellings of one name; the first is the name itself. */
typedef struct spellings {
    ig_text names[MAX_SPELLINGS];
    int count;
} spellings;

static void release(spellings *list)
{
    for (int i = 0; i < list->count; i++)
        ig_text_release(&list->names[i]);
    list->count = 0;
}

/* `from` as whole components of `name`: begins at its start or behind a dot, ends at its end or before one. */
static const char *find_run(const char *name, const char *from)
{
    size_t length = strlen(from);
    for (const char *at = strstr(name, from); at; at = strstr(at + 1, from))
        if ((at == name || at[-1] == '.') && (at[length] == '.' || at[length] == '\0'))
            return at;
    return NULL;
}

/* Each alias may apply to every spelling found so far, so that several can meet in one name. */
static bool spell(const ig_graph *graph, const char *name, spellings *list)
{
    bool failed = false;
    list->names[0] = (ig_text){0};
    list->count = 1;
    ig_text_add(&list->names[0], "%s", name);
    for (int i = 0; i < graph->n_aliases; i++) {
        const ig_alias *alias = &graph->aliases[i];
        for (int j = 0, known = list->count; j < known && list->count < MAX_SPELLINGS; j++) {
            const char *base = ig_text_get(&list->names[j]), *at = find_run(base, alias->from);
            if (!at)
                continue;
            ig_text *other = &list->names[list->count++];
            *other = (ig_text){0};
            ig_text_add(other, "%.*s%s%s", (int)(at - base), base, alias->to, at + strlen(alias->from));
        }
    }
    for (int i = 0; i < list->count; i++)
        failed = failed || list->names[i].failed;
    return !failed;
}

/* The first spelling that the file has; the others are the same tensor stored again, so they count as used too. */
static ig_status find_entry(const ig_graph *graph, const char *name, ig_safetensors *file, ig_safetensors_entry **out,
                            ig_error *error)
{
    spellings list;
    *out = NULL;
    bool done = spell(graph, name, &list);
    for (int i = 0; done && i < list.count; i++) {
        int at = ig_index_find(&file->by_name, ig_text_get(&list.names[i]));
        if (at < 0)
            continue;
        file->entries[at].used = true;
        if (!*out)
            *out = &file->entries[at];
    }
    release(&list);
    return done ? IG_OK : ig_fail_memory(error, strlen(name));
}

static ig_status fail_missing(const ig_graph *graph, const ig_safetensors *file, const char *name, int missing,
                              ig_error *error)
{
    ig_fail(error, IG_E_DATA, "the file has no tensor '%s'", name);
    ig_error_where(error, file->path, 0, 0);
    ig_error_expected(error, "the %d tensors of '%s'", graph->n_params, graph->name ? graph->name : "the model");
    ig_error_found(error, "%d tensors; %d of the model's are missing", file->n_entries, missing);
    const char **names = malloc(((size_t)file->n_entries + 1) * sizeof *names);
    if (!names)
        return IG_E_DATA;
    for (int i = 0; i < file->n_entries; i++)
        names[i] = file->entries[i].name;
    const char *nearest = ig_text_nearest(name, names, file->n_entries);
    if (nearest)
        ig_error_hint(error, "the nearest name in the file is '%s'", nearest);
    free(names);
    return IG_E_DATA;
}

/* The weight [O,I,K] of a convolution along one axis is that of a convolution with a kernel of one row, [O,I,1,K]. */
static bool shapes_fit(const ig_shape *found, const ig_shape *wanted)
{
    if (found->rank != 3 || wanted->rank != 4 || wanted->dim[2] != 1)
        return ig_shape_equal(found, wanted);
    return found->dim[0] == wanted->dim[0] && found->dim[1] == wanted->dim[1] && found->dim[2] == wanted->dim[3];
}

static ig_status check_entry(const ig_safetensors *file, const ig_safetensors_entry *entry, const ig_tensor *tensor,
                             ig_error *error)
{
    char wanted[96], found[96];
    bool fits = shapes_fit(&entry->shape, &tensor->shape);
    if (fits && strcmp(entry->dtype, "F32") == 0)
        return IG_OK;
    ig_fail(error, IG_E_DATA, "the tensor '%.200s' has the wrong %s", entry->name, fits ? "type" : "shape");
    ig_error_where(error, file->path, 0, 0);
    ig_error_expected(error, "%s", fits ? "F32" : ig_shape_text(&tensor->shape, wanted, sizeof wanted));
    if (fits)
        ig_error_found(error, "%.20s", entry->dtype);
    else
        ig_error_found(error, "%s",
                       entry->shape.rank < 0 ? "more axes" : ig_shape_text(&entry->shape, found, sizeof found));
    if (fits)
        ig_error_hint(error, "convert the checkpoint to float32");
    return IG_E_DATA;
}

static ig_status read_tensors(const ig_graph *graph, ig_safetensors *file, ig_weights *weights, ig_error *error)
{
    const char *missing = NULL;
    int n_missing = 0;
    for (int i = 0; i < weights->n_tensors; i++) {
        const ig_tensor *tensor = &weights->tensors[i];
        ig_safetensors_entry *entry = NULL;
        ig_status status = find_entry(graph, tensor->name, file, &entry, error);
        if (status == IG_OK && entry)
            status = check_entry(file, entry, tensor, error);
        if (status == IG_OK && entry)
            status = ig_safetensors_read(file, entry, tensor->data, error);
        if (status != IG_OK)
            return status;
        if (entry)
            continue;
        missing = missing ? missing : tensor->name;
        n_missing++;
    }
    return missing ? fail_missing(graph, file, missing, n_missing, error) : IG_OK;
}

/* Counters that training frameworks store; nobody misses them. */
static bool is_silent(const char *name)
{
    static const char TAIL[] = "num_batches_tracked";
    size_t length = strlen(name);
    return length >= sizeof TAIL - 1 && strcmp(name + length - (sizeof TAIL - 1), TAIL) == 0;
}

static void note_left_out(const ig_safetensors *file, const ig_log *log)
{
    ig_text names = {0};
    int count = 0;
    for (int i = 0; i < file->n_entries; i++) {
        const ig_safetensors_entry *entry = &file->entries[i];
        if (entry->used || is_silent(entry->name))
            continue;
        if (count++ < SHOWN_NAMES)
            ig_text_add(&names, "%s%.100s", count > 1 ? ", " : "", entry->name);
    }
    if (count > 0)
        ig_log_write(log, IG_LOG_NOTE, "left out %d tensor%s: %s%s", count, count > 1 ? "s" : "", ig_text_get(&names),
                     count > SHOWN_NAMES ? ", ..." : "");
    ig_text_release(&names);
}

ig_status ig_weights_load(const ig_graph *graph, const char *path, const ig_log *log, ig_weights **out, ig_error *error)
{
    ig_safetensors file;
    *out = NULL;
    ig_status status = ig_safetensors_open(path, &file, error);
    if (status == IG_OK)
        status = ig_weights_create(graph, out, error);
    if (status == IG_OK)
        status = read_tensors(graph, &file, *out, error);
    if (status == IG_OK)
        note_left_out(&file, log);
    else
        ig_weights_destroy(out);
    ig_safetensors_close(&file);
    return status;
}
