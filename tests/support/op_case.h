/* tests/ops/<op>.yaml: what an operator must compute and what it must refuse. One file drives the reference's test and
 * every kernel's. The format is described in tests/gen/gen_ops.py, which writes the files. */
#ifndef IG_TESTS_OP_CASE_H
#define IG_TESTS_OP_CASE_H

#include "base/arena.h"
#include "graph/ir.h"

/* One expected element. */
typedef struct op_probe {
    int64_t index;
    double value; /* NaN: the element must be one */
} op_probe;

typedef struct op_expect {
    ig_shape shape;
    double mean, absmean, absmax, dot; /* each NaN counts as 0 */
    int64_t nans;                      /* their number */
    op_probe *probes;                  /* first and last, then the listed ones */
    int n_probes;
    bool has_cost;
    ig_cost cost; /* bytes are not compared */
} op_expect;

typedef struct op_case {
    const ig_op *op;
    const char *name, *file;
    int line;
    int n_inputs;
    ig_shape inputs[IG_MAX_INPUTS];
    const float *data[IG_MAX_INPUTS];   /* literal values; NULL: the stream "in<k>" */
    const float *ranges[IG_MAX_INPUTS]; /* factor and offset by element modulo n_ranges */
    int n_ranges[IG_MAX_INPUTS];
    ig_attr attrs[IG_MAX_ATTRS];
    const char *refusal; /* a word the error must hold; NULL: the case must run */
    ig_status refusal_status;
    op_expect expect;
} op_case;

typedef struct op_suite {
    const ig_op *op;
    op_case *cases; /* refusals stand behind the cases */
    int n_cases;
} op_suite;

/* Reads one file; everything lives in `arena`. Unknown keys, attributes and operators are errors with file:line. */
ig_status op_suite_load(const char *path, ig_arena *arena, op_suite *out, ig_error *error) IG_MUST_USE;

/* The graph of one node, "op". Input 0 is the network's input, "in0"; further ones are parameters, "in1" and so on.
 * Fails as the operator does when it refuses the case. */
ig_status op_case_graph(const op_case *c, ig_graph **out, ig_error *error) IG_MUST_USE;
/* The node under test in that graph. */
const ig_node *op_case_node(const ig_graph *graph);
/* The node's parameters by the seeded rule, and inputs 1 and up. */
ig_status op_case_weights(const op_case *c, const ig_graph *graph, ig_weights **out, ig_error *error) IG_MUST_USE;
/* Fills the network's input. */
void op_case_fill_input(const op_case *c, float *data, int64_t elems);
/* Compares a result with the expectation, relative to its largest element. False: `why` says where they differ. */
bool op_case_check(const op_case *c, const ig_tensor *result, double tolerance, char *why, size_t why_size);

#endif
