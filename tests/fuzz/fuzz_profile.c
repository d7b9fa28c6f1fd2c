/* Any bytes as a device profile; for a device that is accepted, a small network must plan or be refused with a reason.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "autotune/profile.h"
#include "ingot/ingot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char MODEL[] = "ingot: 1\nname: tiny\ninput: {name: input, shape: [1, 16, 9, 7]}\nlayers:\n"
                            "  - {op: conv2d, name: a, out: 24, kernel: 3, pad: 1}\n  - {op: relu}\n"
                            "  - {op: conv2d, name: b, out: 24, kernel: 1}\n  - {op: max_pool2d, kernel: 2}\n"
                            "  - {op: reduce_mean, axes: [2, 3]}\n  - {op: linear, name: fc, out: 5}\n"
                            "outputs: {y: fc}\n";

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void plan(const ig_device_limits *limits)
{
    ig_error error = {0};
    ig_graph *graph = NULL;
    ig_plan *made = NULL;
    require(ig_graph_parse(MODEL, strlen(MODEL), "tiny.yaml", NULL, &graph, &error) == IG_OK);
    const ig_plan_params params = {.limits = limits};
    if (ig_plan_create(graph, &params, &made, &error) != IG_OK)
        require(error.message[0] != '\0');
    ig_plan_destroy(&made);
    ig_graph_destroy(&graph);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ig_error error = {0};
    ig_profile profile;
    if (ig_autotune_parse_profile((const char *)data, size, "fuzz", &profile, &error) == IG_OK)
        plan(&profile.limits);
    else
        require(error.message[0] != '\0');
    return 0;
}
