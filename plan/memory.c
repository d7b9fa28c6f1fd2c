/* One arena by lifetimes: storages are placed one after another, the largest first or as turns out better, each at the
 * lowest offset where nothing that lives at the same time is in the way. The arena is cut into slabs only when a device
 * cannot allocate it in one piece. */
#include "plan/plan.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

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

/* Ties by the order of storages, the same in every run: plans must not depend on qsort. */
static int by_size(const void *a, const void *b)
{
    const ig_storage *x = *(ig_storage *const *)a, *y = *(ig_storage *const *)b;
    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? 1 : -1;
    return x < y ? -1 : 1;
}

static int64_t bytes_by_steps(const ig_storage *storage)
{
    return storage->bytes * (storage->last_step - storage->first_step + 1);
}

/* Large and long-lived ones first. */
static int by_area(const void *a, const void *b)
{
    const ig_storage *x = *(ig_storage *const *)a, *y = *(ig_storage *const *)b;
    if (bytes_by_steps(x) != bytes_by_steps(y))
        return bytes_by_steps(x) < bytes_by_steps(y) ? 1 : -1;
    return by_size(a, b);
}

static int by_beginning(const void *a, const void *b)
{
    const ig_storage *x = *(ig_storage *const *)a, *y = *(ig_storage *const *)b;
    if (x->first_step != y->first_step)
        return x->first_step < y->first_step ? -1 : 1;
    return by_size(a, b);
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

typedef struct packer {
    const ig_plan *plan;
    ig_storage **order, **busy; /* in the order they are placed; room for those in the way */
    int count;
} packer;

static void place_all(packer *p)
{
    const int64_t align = p->plan->limits.base_align_bytes > 0 ? p->plan->limits.base_align_bytes : 1;
    for (int i = 0; i < p->count; i++) {
        int n_busy = 0;
        for (int k = 0; k < i; k++)
            if (p->order[k]->first_step <= p->order[i]->last_step && p->order[i]->first_step <= p->order[k]->last_step)
                p->busy[n_busy++] = p->order[k];
        qsort(p->busy, (size_t)n_busy, sizeof *p->busy, by_offset);
        place(p->order[i], p->busy, n_busy, align, p->plan->limits.max_alloc_bytes);
    }
}

/* The storage that ends last, in the last slab. */
static int highest(const packer *p)
{
    int top = 0;
    for (int i = 1; i < p->count; i++) {
        const ig_storage *x = p->order[i], *y = p->order[top];
        if (x->slab > y->slab || (x->slab == y->slab && x->offset_bytes + x->bytes > y->offset_bytes + y->bytes))
            top = i;
    }
    return top;
}

/* Height of all slabs, as if each were the largest; exact when there is one. */
static int64_t height(const packer *p)
{
    const ig_storage *top = p->order[highest(p)];
    return top->slab * p->plan->limits.max_alloc_bytes + top->offset_bytes + top->bytes;
}

/* What stands out goes first from now on. */
static void raise_highest(packer *p)
{
    const int top = highest(p);
    ig_storage *const storage = p->order[top];
    memmove(p->order + 1, p->order, (size_t)top * sizeof *p->order);
    p->order[0] = storage;
}

/* Fitting intervals into least memory is hard; the best of some orders comes near the lower bound. */
static void place_best(packer *p, ig_storage **best)
{
    static int (*const ORDERS[])(const void *, const void *) = {by_size, by_area, by_beginning};
    enum { N_ORDERS = sizeof ORDERS / sizeof *ORDERS, RAISES = 24 };
    int64_t least = INT64_MAX;
    for (int i = 0; i < N_ORDERS * RAISES && least > p->plan->totals.feature_bytes_lower_bound; i++) {
        if (i % RAISES == 0)
            qsort(p->order, (size_t)p->count, sizeof *p->order, ORDERS[i / RAISES]);
        else
            raise_highest(p);
        place_all(p);
        if (height(p) < least) {
            least = height(p);
            memcpy(best, p->order, (size_t)p->count * sizeof *best);
        }
    }
    memcpy(p->order, best, (size_t)p->count * sizeof *best);
    place_all(p);
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
    const size_t n = (size_t)plan->n_storages;
    ig_storage **tables = ig_arena_array(plan->arena, n * 3, sizeof *tables);
    if (!tables)
        return ig_fail_memory(error, n * 3 * sizeof *tables);
    packer p = {.plan = plan, .order = tables, .busy = tables + n};
    for (int i = 0; i < plan->n_storages; i++) {
        ig_storage *storage = &plan->storages[i];
        if (!lives(storage))
            continue;
        if (storage->bytes > plan->limits.max_alloc_bytes)
            return ig_fail(error, IG_E_UNSUPPORTED, "a value of %lld bytes is over the device's largest buffer of %lld",
                           (long long)storage->bytes, (long long)plan->limits.max_alloc_bytes);
        p.order[p.count++] = storage;
    }
    if (plan->limits.whole_buffers)
        place_apart(p.order, p.count);
    else if (p.count > 0)
        place_best(&p, tables + 2 * n);
    return measure_slabs(plan, p.order, p.count, error);
}
