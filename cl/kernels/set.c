/* The kernels that come with the library. */
#include "base/embed.h"
#include "cl/kernels/kernel.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

const char *ig_kernel_header(const char *name)
{
    for (int i = 0; i < ig_kernel_text_count; i++) {
        if (strcmp(ig_kernel_text[i].name, name) == 0)
            return ig_kernel_text[i].text;
    }
    return "";
}

const char *ig_kernel_prelude(void)
{
    return ig_kernel_header("prelude.clh");
}

static bool is_kernel_file(const char *name)
{
    size_t length = strlen(name);
    return length > 3 && strcmp(name + length - 3, ".cl") == 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const ig_kernel_def *)a)->name, ((const ig_kernel_def *)b)->name);
}

ig_status ig_kernel_set_load(ig_arena *arena, ig_kernel_set *out, ig_error *error)
{
    memset(out, 0, sizeof *out);
    size_t room = ig_kernel_text_count > 0 ? (size_t)ig_kernel_text_count : 1;
    ig_kernel_def *kernels = ig_arena_array(arena, room, sizeof *kernels);
    if (!kernels)
        return ig_fail_memory(error, room * sizeof *kernels);
    int count = 0;
    for (int i = 0; i < ig_kernel_text_count; i++) {
        const ig_embedded *file = &ig_kernel_text[i];
        if (!is_kernel_file(file->name))
            continue;
        ig_status status = ig_kernel_parse(file->text, file->length, file->name, arena, &kernels[count], error);
        if (status != IG_OK)
            return status;
        count++;
    }
    qsort(kernels, (size_t)count, sizeof *kernels, by_name);
    out->kernels = kernels;
    out->count = count;
    return IG_OK;
}
