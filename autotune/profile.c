/* Device profiles: a device's limits as YAML, so that planning and its tests need no hardware. Family and quirks are
 * not in a profile: they follow from its names, as they would on the machine. */
#include "autotune/profile.h"

#include "base/error.h"
#include "cl/cl.h"
#include "yaml/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum field_kind {
    FIELD_TEXT,
    FIELD_INT,
    FIELD_INT64,
    FIELD_REAL,
    FIELD_BOOL,
    FIELD_TYPE,
    FIELD_VERSION,
    FIELD_ITEMS
} field_kind;

typedef struct field {
    const char *key;
    field_kind kind;
    bool required;
    size_t offset;
    int64_t min;
} field;

#define FIELD(name, kind, required, min)                                                                               \
    {                                                                                                                  \
#name, kind, required, offsetof(ig_profile, limits.name), min                                                  \
    }

static const field FIELDS[] = {
    FIELD(name, FIELD_TEXT, true, 0),
    FIELD(vendor, FIELD_TEXT, true, 0),
    FIELD(platform, FIELD_TEXT, true, 0),
    FIELD(driver, FIELD_TEXT, false, 0),
    FIELD(type, FIELD_TYPE, true, 0),
    {"opencl", FIELD_VERSION, true, offsetof(ig_profile, limits.opencl_major), 0},
    {"opencl_c", FIELD_VERSION, true, offsetof(ig_profile, limits.opencl_c_major), 0},
    FIELD(compute_units, FIELD_INT, true, 1),
    FIELD(max_work_group, FIELD_INT64, true, 1),
    FIELD(max_work_item, FIELD_ITEMS, true, 1),
    FIELD(local_mem_bytes, FIELD_INT64, true, 0),
    FIELD(global_mem_bytes, FIELD_INT64, true, 1),
    FIELD(max_alloc_bytes, FIELD_INT64, true, 1),
    FIELD(base_align_bytes, FIELD_INT64, true, 1),
    FIELD(timer_resolution_ns, FIELD_INT64, false, 0),
    FIELD(native_vector_float, FIELD_INT, true, 1),
    FIELD(has_fp16, FIELD_BOOL, false, 0),
    FIELD(has_images, FIELD_BOOL, false, 0),
    FIELD(unified_memory, FIELD_BOOL, false, 0),
    FIELD(local_is_cache, FIELD_BOOL, false, 0),
    {"bytes_per_flop", FIELD_REAL, false, offsetof(ig_profile, bytes_per_flop), 0},
    {"local_gain", FIELD_REAL, false, offsetof(ig_profile, local_gain), 0},
};
enum { N_FIELDS = (int)(sizeof FIELDS / sizeof FIELDS[0]) };

/* More than any device has of anything, and so little that sums of some stay in range. */
static const int64_t MOST = INT64_C(1) << 48;
static const double MOST_RATIO = 1e3;

static ig_status read_text(const ig_yaml *node, const field *f, char *out, ig_error *error)
{
    const char *text;
    ig_status status = ig_yaml_string(node, f->key, &text, error);
    if (status != IG_OK)
        return status;
    if (strlen(text) >= IG_DEVICE_TEXT)
        return ig_yaml_fail(node, error, "%s is longer than %d bytes", f->key, IG_DEVICE_TEXT - 1);
    memcpy(out, text, strlen(text) + 1);
    return IG_OK;
}

static ig_status read_int(const ig_yaml *node, const field *f, int *out, ig_error *error)
{
    int64_t value = 0;
    ig_status status = ig_yaml_int(node, f->key, f->min, INT32_MAX, &value, error);
    *out = (int)value;
    return status;
}

static ig_status read_type(const ig_yaml *node, const field *f, ig_device_type *out, ig_error *error)
{
    static const char *const TYPES[] = {[IG_DEVICE_CPU] = "cpu",
                                        [IG_DEVICE_GPU] = "gpu",
                                        [IG_DEVICE_ACCELERATOR] = "accelerator",
                                        [IG_DEVICE_OTHER] = "other"};
    int choice = 0;
    ig_status status = ig_yaml_choice(node, f->key, TYPES, (int)(sizeof TYPES / sizeof TYPES[0]), &choice, error);
    *out = (ig_device_type)choice;
    return status;
}

/* A list of exactly `count` numbers, from `f->min` up. */
static ig_status read_numbers(const ig_yaml *node, const field *f, int count, int64_t max, int64_t *out,
                              ig_error *error)
{
    ig_status status = ig_yaml_expect(node, IG_YAML_SEQUENCE, f->key, error);
    if (status == IG_OK && node->count != count) {
        status = ig_yaml_fail(node, error, "%s has the wrong length", f->key);
        ig_error_expected(error, "%d numbers", count);
        ig_error_found(error, "%d", node->count);
    }
    for (int i = 0; i < count && status == IG_OK; i++)
        status = ig_yaml_int(node->items[i], f->key, f->min, max, &out[i], error);
    return status;
}

/* [major, minor]; in ig_device_limits the minor follows the major. */
static ig_status read_version(const ig_yaml *node, const field *f, void *out, ig_error *error)
{
    enum { MAX_VERSION = 99 };
    int64_t numbers[2] = {0, 0};
    ig_status status = read_numbers(node, f, 2, MAX_VERSION, numbers, error);
    const int version[2] = {(int)numbers[0], (int)numbers[1]};
    memcpy(out, version, sizeof version);
    return status;
}

static ig_status read_field(const ig_yaml *node, const field *f, ig_profile *profile, ig_error *error)
{
    void *out = (char *)profile + f->offset;
    switch (f->kind) {
    case FIELD_TEXT: return read_text(node, f, out, error);
    case FIELD_INT: return read_int(node, f, out, error);
    case FIELD_INT64: return ig_yaml_int(node, f->key, f->min, MOST, out, error);
    case FIELD_REAL: return ig_yaml_double(node, f->key, (double)f->min, MOST_RATIO, out, error);
    case FIELD_BOOL: return ig_yaml_bool(node, f->key, out, error);
    case FIELD_TYPE: return read_type(node, f, out, error);
    case FIELD_VERSION: return read_version(node, f, out, error);
    case FIELD_ITEMS: return read_numbers(node, f, 3, MOST, out, error);
    }
    return IG_E_INTERNAL;
}

static ig_status read_fields(const ig_yaml *root, ig_profile *out, ig_error *error)
{
    const char *keys[N_FIELDS];
    for (int i = 0; i < N_FIELDS; i++)
        keys[i] = FIELDS[i].key;
    ig_status status = ig_yaml_expect(root, IG_YAML_MAPPING, "a device profile", error);
    if (status == IG_OK)
        status = ig_yaml_check_keys(root, "a device profile", keys, N_FIELDS, error);
    for (int i = 0; i < N_FIELDS && status == IG_OK; i++) {
        const ig_yaml *node = ig_yaml_get(root, FIELDS[i].key);
        if (node)
            status = read_field(node, &FIELDS[i], out, error);
        else if (FIELDS[i].required)
            status = ig_yaml_fail(root, error, "the device profile has no key '%s'", FIELDS[i].key);
    }
    return status;
}

ig_status ig_autotune_parse_profile(const char *text, size_t length, const char *file, ig_profile *out, ig_error *error)
{
    memset(out, 0, sizeof *out);
    ig_arena *arena = ig_arena_create();
    if (!arena)
        return ig_fail_memory(error, sizeof *out);
    ig_yaml *root;
    ig_status status = ig_yaml_parse(text, length, file, arena, &root, error);
    if (status == IG_OK)
        status = read_fields(root, out, error);
    if (status == IG_OK)
        ig_device_apply_quirks(&out->limits);
    ig_arena_destroy(&arena);
    return status;
}

ig_status ig_device_limits_read(const char *path, ig_device_limits *out, ig_error *error)
{
    ig_profile profile = {.local_gain = 0};
    char *text = NULL;
    size_t length = 0;
    ig_status status = ig_file_read(path, IG_YAML_MAX_BYTES, &text, &length, error);
    if (status == IG_OK)
        status = ig_autotune_parse_profile(text, length, path, &profile, error);
    *out = profile.limits;
    free(text);
    return status;
}
