#include "tests/random/outcome.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void outcome_watch(outcome *o, const char *name)
{
    for (int i = 0; i < o->count; i++)
        if (strcmp(o->names[i], name) == 0)
            return;
    if (o->count < OUTCOME_MOST)
        o->names[o->count++] = name;
}

void outcome_copy_names(outcome *to, const outcome *from)
{
    *to = (outcome){.count = from->count};
    memcpy(to->names, from->names, sizeof to->names);
}

void outcome_release(outcome *o)
{
    for (int i = 0; i < o->count; i++)
        ig_tensor_release(&o->values[i]);
}

static ig_status visit(void *user, const ig_tensor *value, ig_error *error)
{
    outcome *o = user;
    const size_t bytes = (size_t)ig_shape_elems(&value->shape) * sizeof(float);
    (void)error;
    for (int i = 0; i < o->count; i++) {
        if (strcmp(o->names[i], value->name) != 0)
            continue;
        o->values[i] = (ig_tensor){o->names[i], value->shape, malloc(bytes)};
        if (!o->values[i].data)
            return IG_E_NO_MEMORY;
        memcpy(o->values[i].data, value->data, bytes);
    }
    return IG_OK;
}

static ig_status run_device(outcome *o, const outcome_place *place, const ig_graph *graph, const ig_weights *weights,
                            const ig_tensor *input, ig_error *error)
{
    ig_plan *plan = NULL;
    ig_session *session = NULL;
    const ig_plan_params params = {.limits = &ig_device_get_info(place->device)->limits,
                                   .db = place->db,
                                   .keep = o->names,
                                   .n_keep = o->count,
                                   .no_chains = !place->chains,
                                   .layout = IG_LAYOUT_BLOCKED}; /* maps so small would rarely get blocks by cost */
    ig_status status = ig_plan_create(graph, &params, &plan, error);
    if (!status)
        status = ig_session_create(place->device, plan, weights, &session, error);
    if (!status)
        status = ig_session_run(session, input, NULL, 0, error);
    for (int i = 0; i < o->count && !status; i++)
        status = ig_session_read(session, o->names[i], &o->values[i], error);
    ig_session_destroy(&session);
    ig_plan_destroy(&plan);
    return status;
}

ig_status outcome_run(outcome *o, const outcome_place *place, const ig_graph *graph, const ig_weights *weights,
                      const ig_tensor *input, ig_error *error)
{
    const ig_reference_params params = {.input = input, .visit = visit, .user = o, .threads = 1};
    return place->device ? run_device(o, place, graph, weights, input, error)
                         : ig_reference_run(graph, weights, &params, error);
}

bool outcome_varies(const outcome *o, int index)
{
    const ig_tensor *value = &o->values[index];
    for (int64_t i = 1; i < ig_shape_elems(&value->shape); i++)
        if (value->data[i] != value->data[0])
            return true;
    return false;
}

int outcome_differs(const outcome *found, const outcome *wanted, ig_verify_item *item, double *worst)
{
    for (int i = 0; i < found->count; i++) {
        *item = (ig_verify_item){.path = found->names[i]};
        if (!found->values[i].data)
            return i;
        ig_verify_compare(&found->values[i], &wanted->values[i], IG_VERIFY_TOLERANCE, item);
        *worst = fmax(*worst, item->relative_error);
        if (!item->passed)
            return i;
    }
    return -1;
}
