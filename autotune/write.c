/* Tuning records as text: sections by device, each record one line, sorted, so that two files compare line by line. */
#include "autotune/db.h"

#include "base/error.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void ig_tune_vars_print(const ig_kernel_vars *vars, ig_text *out)
{
    if (vars->count == 0)
        ig_text_add(out, "*");
    for (int i = 0; i < vars->count; i++)
        ig_text_add(out, "%s%s:%" PRId64, i ? "," : "", vars->name[i], vars->value[i]);
}

/* Values with blanks stand in quotes; the reader knows no way to write a quote. */
static void print_field(ig_text *out, const char *key, const char *value)
{
    if (*value)
        ig_text_add(out, strpbrk(value, " \t") ? " %s=\"%s\"" : " %s=%s", key, value);
}

static void print_device(const ig_tune_device *device, ig_text *out)
{
    ig_text_add(out, "device");
    print_field(out, "family", device->family);
    print_field(out, "name", device->name);
    print_field(out, "driver", device->driver);
    print_field(out, "vendor", device->vendor);
    print_field(out, "opencl", device->opencl);
    print_field(out, "ingot", device->ingot);
    print_field(out, "date", device->date);
    ig_text_add(out, "\n");
}

static void print_number(ig_text *out, const char *key, int64_t value)
{
    if (value)
        ig_text_add(out, " %s=%" PRId64, key, value);
}

static void print_evidence(const ig_tune_evidence *e, ig_text *out)
{
    char spread[IG_DOUBLE_TEXT] = "0";
    if (e->time_ns == 0)
        return;
    out->failed |= !ig_text_from_double(e->spread, true, spread);
    print_number(out, "time_ns", e->time_ns);
    print_number(out, "base_ns", e->base_ns);
    ig_text_add(out, " spread=%s", spread);
    print_number(out, "runs", e->runs);
    ig_text_add(out, " level=%s", ig_tune_level_names[e->level]);
}

static void print_record(const ig_tune_record *record, ig_text *out)
{
    ig_text_add(out, "kernel=%s", record->kernel);
    if (record->kernel_hash)
        ig_text_add(out, " hash=%016" PRIx64, record->kernel_hash);
    ig_text_add(out, " problem=");
    ig_tune_vars_print(&record->problem, out);
    ig_text_add(out, " params=");
    ig_tune_vars_print(&record->params, out);
    print_number(out, "rate", record->rate);
    print_number(out, "priority", record->priority);
    print_evidence(&record->evidence, out);
    if (record->note)
        ig_text_add(out, " note=%s", record->note);
    ig_text_add(out, "\n");
}

static int compare_devices(const ig_tune_device *a, const ig_tune_device *b)
{
    int order = strcmp(a->family, b->family);
    if (!order)
        order = strcmp(a->name, b->name);
    return order ? order : strcmp(a->driver, b->driver);
}

static int compare_vars(const ig_kernel_vars *a, const ig_kernel_vars *b)
{
    for (int i = 0; i < a->count && i < b->count; i++) {
        const int order = strcmp(a->name[i], b->name[i]);
        if (order || a->value[i] != b->value[i])
            return order ? order : a->value[i] < b->value[i] ? -1 : 1;
    }
    return a->count - b->count;
}

static int compare_records(const void *left, const void *right)
{
    const ig_tune_record *a = *(const ig_tune_record *const *)left, *b = *(const ig_tune_record *const *)right;
    int order = compare_devices(a->device, b->device);
    if (!order)
        order = strcmp(a->kernel, b->kernel);
    if (!order)
        order = compare_vars(&a->problem, &b->problem);
    return order ? order : (a->kernel_hash > b->kernel_hash) - (a->kernel_hash < b->kernel_hash);
}

void ig_tune_db_print(const ig_tune_db *db, ig_text *out)
{
    const ig_tune_record **sorted = calloc((size_t)db->count + 1, sizeof *sorted);
    const size_t begin = out->length;
    bool measured = false;
    if (!sorted) {
        out->failed = true;
        return;
    }
    for (int i = 0; i < db->count; i++)
        sorted[i] = &db->records[i];
    qsort(sorted, (size_t)db->count, sizeof *sorted, compare_records);
    for (int i = 0; i < db->count; i++) {
        if (i == 0 || compare_devices(sorted[i - 1]->device, sorted[i]->device) != 0)
            print_device(sorted[i]->device, out);
        print_record(sorted[i], out);
        measured |= sorted[i]->evidence.time_ns > 0;
    }
    if (measured && !out->failed)
        ig_text_add(out, "end records=%d sum=%016" PRIx64 "\n", db->count,
                    ig_hash_fnv64(IG_HASH_FNV64_SEED, out->data + begin, out->length - begin));
    free(sorted);
}

ig_status ig_tune_db_save(const ig_tune_db *db, const char *path, ig_error *error)
{
    ig_text text = {0};
    ig_tune_db_print(db, &text);
    ig_status status =
        text.failed ? ig_fail_memory(error, text.length) : ig_file_write(path, ig_text_get(&text), text.length, error);
    ig_text_release(&text);
    return status;
}
