/* A model description under construction, step by step, drawn from a seed. Each step is read by the loader at once, so
 * that shapes and rules are the library's own: a step it refuses is not added, and neither is one that reads it. */
#ifndef IG_TESTS_RANDOM_DRAFT_H
#define IG_TESTS_RANDOM_DRAFT_H

#include "base/text.h"
#include "ingot/graph.h"

enum { DRAFT_STEPS = 56, DRAFT_OUTPUTS = 4, DRAFT_NONE = -1 };

/* A value: 0 is the network's input, k the result of step k. */
typedef struct draft_step {
    char *text; /* what follows `name:` and `in:`; NULL for the input */
    const char *op;
    int inputs[IG_MAX_INPUTS], n_inputs;
    int share; /* the value whose tensors it uses, or DRAFT_NONE */
    ig_shape shape;
    int uses;
} draft_step;

typedef struct draft {
    uint32_t seed, drawn;
    const char *seeded; /* the description's ranges for norm weights */
    draft_step steps[DRAFT_STEPS];
    int count; /* the input included */
    int outputs[DRAFT_OUTPUTS], n_outputs;
} draft;

/* Starts with the input alone; release it in any case. */
void draft_begin(draft *d, uint32_t seed);
void draft_release(draft *d);

/* --- drawing ------------------------------------------------------------------------------------------------------ */

/* C leaves open in which order arguments are worked out: at most one of a call may draw or add, or a seed would mean
 * one thing to one compiler and another to the next. */
int draw(draft *d, int below);                 /* 0 .. below-1 */
int draw_between(draft *d, int low, int high); /* both included */
bool draw_chance(draft *d, double share);

/* --- adding ------------------------------------------------------------------------------------------------------- */

/* Adds one step: `format` gives its attributes ("out: %d, kernel: 3", or ""). Returns its value, or DRAFT_NONE when an
 * input is DRAFT_NONE or the loader refuses the step. */
int draft_add(draft *d, const char *op, const int *inputs, int n_inputs, const char *format, ...) IG_PRINTF(5, 6);
#define draft_add1(d, op, x, ...) draft_add(d, op, (const int[]){x}, 1, __VA_ARGS__)
#define draft_add2(d, op, x, y, ...) draft_add(d, op, (const int[]){x, y}, 2, __VA_ARGS__)
/* The step again on another input: with the same tensors, or with its own. */
int draft_repeat(draft *d, int step, int input, bool share);

/* --- looking ------------------------------------------------------------------------------------------------------ */

const ig_shape *draft_shape(const draft *d, int value);    /* of DRAFT_NONE: rank 0 */
int64_t draft_extent(const draft *d, int value, int axis); /* 0 where there is none */
/* A value of this rank, rather a late one; DRAFT_NONE when there is none. */
int draft_pick(draft *d, int rank);
/* Another value of the same shape than this one; DRAFT_NONE when there is none. */
int draft_twin(draft *d, int value);
/* A value whose operator is `op`; DRAFT_NONE when there is none. */
int draft_pick_op(draft *d, const char *op);

/* --- finishing ---------------------------------------------------------------------------------------------------- */

/* Chooses outputs: most results that nobody reads, now and then one in the middle, or one under two names. */
void draft_finish(draft *d);
/* The description of the first `count` values with the outputs among them, or the last value when none is; steps marked
 * in `skip` (may be NULL) are left out. */
void draft_print(const draft *d, int count, const bool *skip, ig_text *out);

#endif
