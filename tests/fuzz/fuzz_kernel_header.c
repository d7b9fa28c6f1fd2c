/* Any bytes as a kernel file: parsed or refused with a place; what parses must also bind and check without harm. */
#include <stdint.h>
#include <stdlib.h>

#include "cl/kernels/kernel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use_kernel(const ig_kernel_def *kernel)
{
    static const char *const NAMES[] = {"N", "C", "H", "W", "OC", "OH", "OW", "KH", "KW", "G"};
    const ig_kernel_bounds bounds = {64, {64, 64, 64}, 16384, 1 << 20};
    ig_kernel_vars vars = {.count = 0};
    ig_kernel_launches launches;
    ig_error error;
    bool legal;
    char why[64];
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (!ig_kernel_vars_set(&vars, NAMES[i], (int64_t)i + 1))
            abort();
    }
    if (ig_kernel_bind(kernel, NULL, &vars, &error) != IG_OK ||
        ig_kernel_check(kernel, &vars, &bounds, &legal, &launches, why, sizeof why, &error) != IG_OK)
        return;
    for (int i = 0; legal && i < launches.count; i++) {
        const int64_t *local = launches.at[i].local;
        if (local[0] * local[1] * local[2] > bounds.max_work_group)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ig_arena *arena = ig_arena_create();
    ig_kernel_def kernel;
    ig_error error = {0};
    if (!arena)
        return 0;
    ig_status status = ig_kernel_parse((const char *)data, size, "k.cl", arena, &kernel, &error);
    if (status == IG_OK)
        use_kernel(&kernel);
    else if (error.message[0] == '\0')
        abort();
    ig_arena_destroy(&arena);
    return 0;
}
