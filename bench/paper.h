/* The figures that papers print, as data: bench/papers/<paper>.yaml. */
#ifndef INGOT_BENCH_PAPER_H
#define INGOT_BENCH_PAPER_H

#include "ingot/graph.h"

/* What a figure speaks of. */
typedef enum ig_paper_quantity {
    IG_PAPER_PARAMS,
    IG_PAPER_FLOPS,
    IG_PAPER_MEMORY, /* of features */
    IG_PAPER_SIZE,   /* of the model */
    IG_PAPER_FPS,
    IG_PAPER_TIME,
    IG_PAPER_QUANTITIES
} ig_paper_quantity;
const char *ig_paper_quantity_name(ig_paper_quantity quantity);
bool ig_paper_is_speed(ig_paper_quantity quantity); /* measured, not counted */

/* How ours is counted: the rules of ig_count_rule, and what else papers count. */
typedef enum ig_paper_count {
    IG_PAPER_COUNT_PARAMS = IG_COUNT_RULES,
    IG_PAPER_COUNT_FEATURES,        /* bytes of feature memory with nothing reused */
    IG_PAPER_COUNT_FEATURES_FOLDED, /* ... and norms folded */
    IG_PAPER_COUNT_INT8,            /* bytes of the weights, those of convolution and linear layers as int8 */
    IG_PAPER_COUNTS
} ig_paper_count;
const char *ig_paper_count_name(int count);

enum { IG_PAPER_MAX_SET = 8 };

typedef struct ig_paper_figure {
    const char *table, *row;
    ig_paper_quantity quantity;
    const char *printed; /* as the paper prints it, without its unit */
    const char *unit;    /* "", "M", "G", "MiB", "fps", ... */
    double unit_value;   /* what one of it is */
    const char *model;   /* of the zoo; NULL: no network of ours can tell */
    ig_override set[IG_PAPER_MAX_SET];
    int n_set;
    ig_shape shape;  /* rank 0: the model's own */
    int count;       /* an ig_count_rule or ig_paper_count */
    int64_t images;  /* the count times this: a batch */
    int64_t exact;   /* what the count must be; -1: not stated */
    bool reproduced; /* ours prints the same digits */
    const char *why; /* a reading, or where a difference comes from; "" */
} ig_paper_figure;

typedef struct ig_paper {
    const char *name, *title, *source, *device; /* device: on which the paper measured speed; "" */
    ig_paper_figure *figures;
    int n_figures;
} ig_paper;

/* Names of the papers that the command carries, up to ig_paper_count_all(). */
int ig_paper_count_all(void);
const char *ig_paper_name(int index);
/* Reads the paper called `name`. Own: destroy with ig_paper_destroy().
 * Error: USAGE with the nearest name, DATA with file:line:col, NO_MEMORY. */
ig_status ig_paper_load(const char *name, ig_paper **out, ig_error *error) IG_MUST_USE;
/* As ig_paper_load() from memory; `file` names the text in errors. */
ig_status ig_paper_parse(const char *text, size_t length, const char *file, ig_paper **out,
                         ig_error *error) IG_MUST_USE;
void ig_paper_destroy(ig_paper **paper);

/* True when `value`, in the figure's unit, prints as the paper prints it: rounded to as many decimals. */
bool ig_paper_prints_same(const ig_paper_figure *figure, double value);
/* The printed figure as a number, its thousands' commas left out; false where the paper prints none. */
bool ig_paper_printed_value(const ig_paper_figure *figure, double *out);

#endif
