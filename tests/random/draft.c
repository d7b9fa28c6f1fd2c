#include "tests/random/draft.h"

#include "base/hash.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ELEMS = 6000 };

int draw(draft *d, int below)
{
    return (int)(ig_hash_uniform(d->seed, ++d->drawn) * below);
}

int draw_between(draft *d, int low, int high)
{
    return low + draw(d, high - low + 1);
}

bool draw_chance(draft *d, double share)
{
    return ig_hash_uniform(d->seed, ++d->drawn) < share;
}

/* Channel counts with many divisors come up more often: groups, shuffles and halves need them. */
void draft_begin(draft *d, uint32_t seed)
{
    static const int CHANNELS[] = {1, 2, 3, 4, 4, 5, 6, 6, 8, 8, 9, 12, 12};
    static const char *const SEEDED[] = {"", "seeded: {norm_weight: [0.8, 0.4]}\n",
                                         "seeded: {norm_weight: [1.2, 0.5], gain: 0.8}\n"};
    *d = (draft){.seed = seed, .count = 1};
    d->seeded = SEEDED[draw(d, 3)];
    d->steps[0].share = DRAFT_NONE;
    d->steps[0].op = "";
    d->steps[0].shape = (ig_shape){.rank = 4};
    d->steps[0].shape.dim[0] = draw_between(d, 1, 3);
    d->steps[0].shape.dim[1] = CHANNELS[draw(d, 13)];
    for (int axis = 2; axis < 4; axis++)
        d->steps[0].shape.dim[axis] = draw_between(d, 1, 9);
}

void draft_release(draft *d)
{
    for (int i = 0; i < d->count; i++)
        free(d->steps[i].text);
    d->count = 0;
}

/* --- text -----------------------------------------------------------------------------------------------------------
 */

static void print_name(int value, ig_text *out)
{
    if (value == 0)
        ig_text_add(out, "input");
    else
        ig_text_add(out, "v%d", value);
}

static void print_step(const draft *d, int value, ig_text *out)
{
    const draft_step *step = &d->steps[value];
    ig_text_add(out, "  - {op: %s, name: ", step->op);
    print_name(value, out);
    for (int i = 0; i < step->n_inputs; i++) {
        ig_text_add(out, i == 0 ? ", in: [" : ", ");
        print_name(step->inputs[i], out);
    }
    if (step->n_inputs > 0)
        ig_text_add(out, "]");
    if (step->share >= 0)
        ig_text_add(out, ", share: v%d", step->share);
    ig_text_add(out, "%s%s}\n", step->text[0] ? ", " : "", step->text);
}

static void print_outputs(const draft *d, int count, const bool *skip, ig_text *out)
{
    int printed = 0, last = count - 1;
    ig_text_add(out, "outputs: {");
    for (int i = 0; i < d->n_outputs; i++)
        if (d->outputs[i] < count && !(skip && skip[d->outputs[i]]))
            ig_text_add(out, "%sy%d: v%d", printed++ > 0 ? ", " : "", i, d->outputs[i]);
    while (last > 1 && skip && skip[last])
        last--;
    if (printed == 0)
        ig_text_add(out, "y: v%d", last);
    ig_text_add(out, "}\n");
}

void draft_print(const draft *d, int count, const bool *skip, ig_text *out)
{
    const int64_t *dim = d->steps[0].shape.dim;
    ig_text_add(out, "ingot: 1\nname: random_%" PRIu32 "\n%s", d->seed, d->seeded);
    ig_text_add(out, "input: {shape: [%" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64 "]}\nlayers:\n", dim[0], dim[1],
                dim[2], dim[3]);
    for (int i = 1; i < count; i++)
        if (!(skip && skip[i]))
            print_step(d, i, out);
    print_outputs(d, count, skip, out);
}

/* --- adding ---------------------------------------------------------------------------------------------------------
 */

/* The shape of the newest step, as the loader infers it. */
static bool infer(draft *d)
{
    ig_text text = {0};
    ig_graph *graph = NULL;
    ig_layer_info layer;
    draft_print(d, d->count, NULL, &text);
    bool good = !text.failed &&
                ig_graph_parse(ig_text_get(&text), text.length, "draft.yaml", NULL, &graph, NULL) == IG_OK &&
                ig_graph_get_layer(graph, d->count - 2, &layer) && ig_shape_elems(&layer.output) <= MAX_ELEMS;
    if (good)
        d->steps[d->count - 1].shape = layer.output;
    ig_graph_destroy(&graph);
    ig_text_release(&text);
    return good;
}

static int add(draft *d, const draft_step *step)
{
    bool good = step->text && d->count < DRAFT_STEPS;
    for (int i = 0; i < step->n_inputs; i++)
        good = good && step->inputs[i] >= 0;
    if (good) {
        d->steps[d->count++] = *step;
        good = infer(d);
        d->count -= !good;
    }
    if (!good) {
        free(step->text);
        return DRAFT_NONE;
    }
    for (int i = 0; i < step->n_inputs; i++)
        d->steps[step->inputs[i]].uses++;
    return d->count - 1;
}

int draft_add(draft *d, const char *op, const int *inputs, int n_inputs, const char *format, ...)
{
    char attrs[256];
    draft_step step = {.op = op, .n_inputs = n_inputs, .share = DRAFT_NONE};
    va_list list;
    va_start(list, format);
    const int length = vsnprintf(attrs, sizeof attrs, format, list);
    va_end(list);
    if (n_inputs > IG_MAX_INPUTS || length < 0 || length >= (int)sizeof attrs)
        return DRAFT_NONE;
    for (int i = 0; i < n_inputs; i++)
        step.inputs[i] = inputs[i];
    step.text = strdup(attrs);
    return add(d, &step);
}

int draft_repeat(draft *d, int step, int input, bool share)
{
    if (step <= 0 || d->steps[step].n_inputs != 1)
        return DRAFT_NONE;
    draft_step copy = {.op = d->steps[step].op, .n_inputs = 1, .inputs = {input}, .share = DRAFT_NONE};
    copy.text = strdup(d->steps[step].text);
    if (share)
        copy.share = step;
    return add(d, &copy);
}

/* --- looking --------------------------------------------------------------------------------------------------------
 */

const ig_shape *draft_shape(const draft *d, int value)
{
    static const ig_shape NOTHING;
    return value < 0 ? &NOTHING : &d->steps[value].shape;
}

int64_t draft_extent(const draft *d, int value, int axis)
{
    const ig_shape *shape = draft_shape(d, value);
    return axis < shape->rank ? shape->dim[axis] : 0;
}

/* The later of two that fit; what fits is all values from the newest to the oldest, seen from a random place. */
int draft_pick(draft *d, int rank)
{
    int best = DRAFT_NONE;
    for (int attempt = 0; attempt < 2; attempt++) {
        const int start = draw(d, d->count);
        for (int i = 0; i < d->count; i++) {
            const int value = (start + i) % d->count;
            if (d->steps[value].shape.rank != rank)
                continue;
            best = value > best ? value : best;
            break;
        }
    }
    return best;
}

int draft_twin(draft *d, int value)
{
    const int start = draw(d, d->count);
    for (int i = 0; i < d->count && value >= 0; i++) {
        const int other = (start + i) % d->count;
        if (other != value && ig_shape_equal(&d->steps[other].shape, &d->steps[value].shape))
            return other;
    }
    return DRAFT_NONE;
}

int draft_pick_op(draft *d, const char *op)
{
    const int start = draw(d, d->count);
    for (int i = 0; i < d->count; i++) {
        const int value = (start + i) % d->count;
        if (strcmp(d->steps[value].op, op) == 0)
            return value;
    }
    return DRAFT_NONE;
}

/* --- finishing ------------------------------------------------------------------------------------------------------
 */

static void add_output(draft *d, int value)
{
    if (value > 0 && d->n_outputs < DRAFT_OUTPUTS)
        d->outputs[d->n_outputs++] = value;
}

void draft_finish(draft *d)
{
    add_output(d, d->count - 1);
    for (int i = d->count - 2; i > 0; i--)
        if (d->steps[i].uses == 0 && draw_chance(d, 0.7))
            add_output(d, i);
    if (draw_chance(d, 0.4))
        add_output(d, draw(d, d->count));
}
