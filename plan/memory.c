/* One arena by lifetimes: the largest storages are placed first, each at the lowest offset where nothing that lives at
 * the same time is in the way. The arena is cut into slabs only when a device cannot allocate it in one piece. */
#include "plan/plan.h"

#include "base/error.h"

#include <stdlib.h>

static void extend_life(ig_storage *storage, int step)
{
    if (storage->last_step < step)
        storage->last_step = step;
}

static void find_lifetimes(ig_plan *plan)
{
    for (int i = 0; i < plan->n_storages; i++)
        plan->storages[i].first_step = plan->n_steps;
    plan->storages[plan->places[plan->graph->input].storage].first_step = -1;
    for (int s = 0; s < plan->n_steps; s++) {
        const ig_step *step = &plan->steps[s];
        for (int a = 0; a < step->n_args; a++) {
            const ig_karg_kind kind = step->args[a].kind;
            if (kind != IG_KARG_INPUT && kind != IG_KARG_OUTPUT && kind != IG_KARG_SCRATCH)
                continue;
            ig_storage *storage = &plan->storages[step->args[a].index];
            if (kind != IG_KARG_INPUT && storage->first_step > s)
                storage->first_step = s;
            extend_life(storage, s);
        }
    }
    for (int i = 0; i < plan->n_storages; i++)
        if (plan->storages[i].kept)
            extend_life(&plan->storages[i], plan->n_steps);
}

static bool lives(const ig_storage *storage)
{
    return storage->slab >= 0 && storage->last_step >= storage->first_step;
}

static int64_t lower_bound(const ig_plan *plan)
{
    int64_t most = 0;
    for (int s = -1; s <= plan->n_steps; s++) {
        int64_t sum = 0;
        for (int i = 0; i < plan->n_storages; i++) {
            const ig_storage *storage = &plan->storages[i];
            if (lives(storage) && storage->first_step <= s && s <= storage->last_step)
                sum += storage->bytes;
        }
        most = sum > most ? sum : most;
    }
    return most;
}

static int by_size(const void *a, const void *b)
{
    const ig_storage *x = *(ig_storage *const *)a, *y = *(ig_storage *const *)b;
    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? 1 : -1;
    return x < y ? -1 : 1; /* same address order in every run: plans must not depend on qsort */
}

static int by_offset(const void *a, const void *b)
{
    const ig_storage *x = *(ig_storage *const *)a, *y = *(ig_storage *const *)b;
    if (x->slab != y->slab)
        return x->slab < y->slab ? -1 : 1;
    return x->offset_bytes < y->offset_bytes ? -1 : x->offset_bytes > y->offset_bytes;
}

static int64_t align_up(int64_t bytes, int64_t align)
{
    return (bytes + align - 1) / align * align;
}

/* Lowest fitting place among `busy`, the placed storages alive at the same time, sorted by slab and offset. */
static void place(ig_storage *storage, ig_storage *const *busy, int n_busy, int64_t align, int64_t slab_limit)
{
    int slab = 0;
    int64_t offset = 0;
    for (int i = 0; i < n_busy; i++) {
        const ig_storage *other = busy[i];
        if (other->slab != slab) {
            if (offset + storage->bytes <= slab_limit)
                break;
            slab = other->slab;
            offset = 0;
        }
        if (offset + storage->bytes <= other->offset_bytes)
            break;
        int64_t behind = align_up(other->offset_bytes + other->bytes, align);
        offset = behind > offset ? behind : offset;
    }
    if (offset + storage->bytes > slab_limit) {
        slab++;
        offset = 0;
    }
    storage->slab = slab;
    storage->offset_bytes = offset;
}

static void place_all(ig_plan *plan, ig_storage **order, int n_order, ig_storage **busy)
{
    const int64_t align = plan->limits.base_align_bytes > 0 ? plan->limits.base_align_bytes : 1;
    for (int i = 0; i < n_order; i++) {
        int n_busy = 0;
        for (int k = 0; k < i; k++)
            if (order[k]->first_step <= order[i]->last_step && order[i]->first_step <= order[k]->last_step)
                busy[n_busy++] = order[k];
        qsort(busy, (size_t)n_busy, sizeof *busy, by_offset);
        place(order[i], busy, n_busy, align, plan->limits.max_alloc_bytes);
    }
}

/* For drivers whose sub-buffers do not work: every storage is a buffer of its own. */
static void place_apart(ig_storage **order, int n_order)
{
    for (int i = 0; i < n_order; i++)
        order[i]->slab = i;
}

static ig_status measure_slabs(ig_plan *plan, ig_storage *const *order, int n_order, ig_error *error)
{
    for (int i = 0; i < n_order; i++)
        plan->n_slabs = order[i]->slab >= plan->n_slabs ? order[i]->slab + 1 : plan->n_slabs;
    plan->slab_bytes = ig_arena_array(plan->arena, (size_t)plan->n_slabs, sizeof *plan->slab_bytes);
    if (!plan->slab_bytes)
        return ig_fail_memory(error, (size_t)plan->n_slabs * sizeof *plan->slab_bytes);
    for (int i = 0; i < n_order; i++) {
        int64_t end = order[i]->offset_bytes + order[i]->bytes;
        int64_t *bytes = &plan->slab_bytes[order[i]->slab];
        *bytes = end > *bytes ? end : *bytes;
    }
    return IG_OK;
}

ig_status ig_plan_layout_memory(ig_plan *plan, ig_error *error)
{
    find_lifetimes(plan);
    plan->totals.feature_bytes_lower_bound = lower_bound(plan);
    ig_storage **order = ig_arena_array(plan->arena, (size_t)plan->n_storages, sizeof *order);
    ig_storage **busy = ig_arena_array(plan->arena, (size_t)plan->n_storages, sizeof *busy);
    if (!order || !busy)
        return ig_fail_memory(error, (size_t)plan->n_storages * 2 * sizeof *order);
    int n_order = 0;
    for (int i = 0; i < plan->n_storages; i++) {
        ig_storage *storage = &plan->storages[i];
        if (!lives(storage))
            continue;
        if (storage->bytes > plan->limits.max_alloc_bytes)
            return ig_fail(error, IG_E_UNSUPPORTED, "a value of %lld bytes is over the device's largest buffer of %lld",
                           (long long)storage->bytes, (long long)plan->limits.max_alloc_bytes);
        order[n_order++] = storage;
    }
    qsort(order, (size_t)n_order, sizeof *order, by_size);
    if (plan->limits.whole_buffers)
        place_apart(order, n_order);
    else
        place_all(plan, order, n_order, busy);
    return measure_slabs(plan, order, n_order, error);
}
