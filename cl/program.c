/* Programs: built once per device and text, from the cache when it holds them.
 *
 * When to fetch a binary was measured on PoCL 3.1 with ten small programs: fetched right after the build it lacks the
 * compiled work-groups, and the next process needs 1.3 s to its first results; fetched after the first launch, 0.05 s,
 * or 0.2 s when the driver's own cache is gone. Mali drivers too compile late, at clCreateKernel. So only programs that
 * have run are stored. Fetching takes PoCL about as long as building, hence ig_device_store_programs for the moment to
 * do it. */
#include "base/text.h"
#include "cl/internal.h"

#include <stdlib.h>
#include <string.h>

/* --- building ------------------------------------------------------------------------------------------------ */

static ig_status build(ig_program *out, const ig_program_part *parts, int n_parts, ig_error *error)
{
    ig_device *device = out->device;
    ig_status status = n_parts == 1 ? ig_cl_build(device, parts, &out->program, error)
                                    : ig_cl_link(device, parts, n_parts, &out->program, error);
    out->dirty = status == IG_OK;
    device->stats.programs_built += status == IG_OK;
    return status;
}

/* False when the cache has no binary, or the driver refuses the one it has; then the source decides. */
static bool build_cached(ig_program *out, const char *options)
{
    ig_device *device = out->device;
    unsigned char *binary;
    size_t length;
    if (!device->cache_dir || !ig_cache_load(device->cache_dir, out->key, &binary, &length))
        return false;
    const unsigned char *bytes = binary;
    cl_int state = CL_SUCCESS, code;
    cl_program program = clCreateProgramWithBinary(device->context, 1, &device->id, &length, &bytes, &state, &code);
    free(binary);
    if (code == CL_SUCCESS && state == CL_SUCCESS)
        code = clBuildProgram(program, 1, &device->id, options, NULL, NULL);
    else if (code == CL_SUCCESS)
        code = state;
    if (code == CL_SUCCESS) {
        out->program = program;
        device->stats.programs_cached++;
        return true;
    }
    if (program)
        clReleaseProgram(program);
    ig_log_write(&device->log, IG_LOG_NOTE, "the driver refuses a cached program (%s); building it from source",
                 ig_cl_error_name(code));
    return false;
}

/* --- storing ------------------------------------------------------------------------------------------------- */

static void warn_cache(ig_device *device, const char *reason)
{
    if (device->cache_warned)
        return;
    device->cache_warned = true;
    ig_log_write(&device->log, IG_LOG_WARNING,
                 "programs cannot be kept in '%s' (%s): every start will build them again", device->cache_dir, reason);
}

static unsigned char *fetch_binary(const ig_program *program, size_t *length)
{
    *length = 0;
    cl_int code = clGetProgramInfo(program->program, CL_PROGRAM_BINARY_SIZES, sizeof *length, length, NULL);
    unsigned char *binary = code == CL_SUCCESS && *length > 0 ? malloc(*length) : NULL;
    if (!binary)
        return NULL;
    if (clGetProgramInfo(program->program, CL_PROGRAM_BINARIES, sizeof binary, &binary, NULL) == CL_SUCCESS)
        return binary;
    free(binary);
    return NULL;
}

static void store_program(ig_program *program)
{
    ig_device *device = program->device;
    if (!program->dirty || !program->used || !device->cache_dir || device->cache_warned)
        return;
    program->dirty = false; /* one try each */
    size_t length;
    unsigned char *binary = fetch_binary(program, &length);
    ig_error error;
    if (binary && ig_cache_store(device->cache_dir, program->key, binary, length, &error) == IG_OK)
        device->cache_grown = true;
    else if (binary)
        warn_cache(device, error.message);
    free(binary);
}

void ig_device_store_programs(ig_device *device)
{
    for (ig_program *program = device->programs; program; program = program->next)
        store_program(program);
}

void ig_program_skip_store(ig_program *program)
{
    program->dirty = false;
}

/* --- the table of live programs ------------------------------------------------------------------------------- */

static ig_program *find_program(ig_device *device, const char *key)
{
    for (ig_program *program = device->programs; program; program = program->next) {
        if (strcmp(program->key, key) == 0)
            return program;
    }
    return NULL;
}

static void free_program(ig_program *program)
{
    if (program->program)
        clReleaseProgram(program->program);
    free(program->key);
    free(program);
}

/* Takes `key`. */
static ig_status make_program(ig_device *device, char *key, const ig_program_part *parts, int n_parts, ig_program **out,
                              ig_error *error)
{
    ig_program *program = calloc(1, sizeof *program);
    if (!program) {
        free(key);
        ig_fail_memory(error, sizeof *program);
        return IG_E_NO_MEMORY;
    }
    program->device = device;
    program->key = key;
    int64_t start_ns = ig_host_ns();
    ig_status status =
        build_cached(program, n_parts == 1 ? parts->options : "") ? IG_OK : build(program, parts, n_parts, error);
    device->stats.build_ns += ig_host_ns() - start_ns;
    if (status != IG_OK) {
        free_program(program);
        return status;
    }
    program->next = device->programs;
    device->programs = program;
    *out = program;
    return IG_OK;
}

/* Takes `key`, NULL when memory is out. */
static ig_status get_program(ig_device *device, char *key, const ig_program_part *parts, int n_parts, ig_program **out,
                             ig_error *error)
{
    *out = NULL;
    if (!key)
        return ig_fail_memory(error, strlen(parts->source));
    ig_program *program = find_program(device, key);
    if (program) {
        free(key);
    } else {
        ig_status status = make_program(device, key, parts, n_parts, &program, error);
        if (status != IG_OK)
            return status;
    }
    program->references++;
    *out = program;
    return IG_OK;
}

ig_status ig_program_get(ig_device *device, const char *source, const char *options, ig_program **out, ig_error *error)
{
    const ig_program_part part = {source, options ? options : ""};
    return get_program(device, ig_cache_make_key(&device->info.limits, source, part.options), &part, 1, out, error);
}

ig_status ig_program_link(ig_device *device, const ig_program_part *parts, int n_parts, ig_program **out,
                          ig_error *error)
{
    ig_text all = {0};
    for (int i = 0; i < n_parts; i++) {
        ig_text_add_bytes(&all, parts[i].options, strlen(parts[i].options) + 1);
        ig_text_add_bytes(&all, parts[i].source, strlen(parts[i].source) + 1);
    }
    char *key = all.failed ? NULL : ig_cache_make_key_of(&device->info.limits, all.data, all.length, "linked");
    ig_text_release(&all);
    return get_program(device, key, parts, n_parts, out, error);
}

void ig_program_release(ig_program **program)
{
    if (!program || !*program)
        return;
    ig_program *gone = *program;
    *program = NULL;
    if (--gone->references > 0)
        return;
    store_program(gone);
    ig_program **link = &gone->device->programs;
    while (*link != gone)
        link = &(*link)->next;
    *link = gone->next;
    free_program(gone);
}
