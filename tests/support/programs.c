#include "tests/support/programs.h"

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "cl/cl.h"

#include <stdlib.h>
#include <string.h>

static bool quickly;

void programs_build_quickly(bool quick)
{
    quickly = quick;
}

ig_status __real_ig_program_get(ig_device *device, const char *source, const char *options, ig_program **out,
                                ig_error *error);
ig_status __wrap_ig_program_get(ig_device *device, const char *source, const char *options, ig_program **out,
                                ig_error *error);

ig_status __wrap_ig_program_get(ig_device *device, const char *source, const char *options, ig_program **out,
                                ig_error *error)
{
    ig_text text = {0};
    ig_text_add(&text, "%s%s", options, quickly ? " -cl-opt-disable" : "");
    ig_status status = __real_ig_program_get(device, source, ig_text_get(&text), out, error);
    ig_text_release(&text);
    return status;
}

ig_status __real_ig_program_link(ig_device *device, const ig_program_part *parts, int n_parts, ig_program **out,
                                 ig_error *error);
ig_status __wrap_ig_program_link(ig_device *device, const ig_program_part *parts, int n_parts, ig_program **out,
                                 ig_error *error);

ig_status __wrap_ig_program_link(ig_device *device, const ig_program_part *parts, int n_parts, ig_program **out,
                                 ig_error *error)
{
    ig_program_part *quick = calloc((size_t)n_parts, sizeof *quick);
    ig_text *options = calloc((size_t)n_parts, sizeof *options);
    for (int i = 0; quick && options && i < n_parts; i++) {
        ig_text_add(&options[i], "%s%s", parts[i].options, quickly ? " -cl-opt-disable" : "");
        quick[i] = (ig_program_part){parts[i].source, ig_text_get(&options[i])};
    }
    ig_status status = quick && options ? __real_ig_program_link(device, quick, n_parts, out, error)
                                        : ig_fail_memory(error, (size_t)n_parts * sizeof *quick);
    for (int i = 0; options && i < n_parts; i++)
        ig_text_release(&options[i]);
    free(options);
    free(quick);
    return status;
}

bool build_list_add(build_list *list, const char *what)
{
    const uint64_t hash = ig_hash_fnv64(IG_HASH_FNV64_SEED, what, strlen(what));
    for (int i = 0; i < list->count; i++)
        if (list->seen[i] == hash)
            return false;
    if (list->count < (int)(sizeof list->seen / sizeof *list->seen))
        list->seen[list->count++] = hash;
    return true;
}
