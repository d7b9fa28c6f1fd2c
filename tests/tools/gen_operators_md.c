/* Prints docs/operators.md from the operator table. */
#include "graph/op.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const type_names[] = {
    [IG_ATTR_INT] = "integer",
    [IG_ATTR_BOOL] = "true or false",
    [IG_ATTR_FLOAT] = "number",
    [IG_ATTR_PAIR] = "integer or [height, width]",
    [IG_ATTR_INTS] = "list of integers",
    [IG_ATTR_ENUM] = "choice",
    [IG_ATTR_TEXT] = "text",
    [IG_ATTR_WORDS] = "list of words",
};

static void print_choices(const ig_attr_spec *spec)
{
    for (int i = 0; i < spec->n_choices; i++)
        printf("%s`%s`", i > 0 ? ", " : "", spec->choices[i]);
}

static void print_default(const ig_attr_spec *spec)
{
    if (spec->required)
        printf("required");
    else if (spec->type == IG_ATTR_FLOAT)
        printf("%g", spec->ffallback);
    else if (spec->type == IG_ATTR_BOOL)
        printf("%s", spec->fallback ? "true" : "false");
    else if (spec->type == IG_ATTR_ENUM)
        printf("`%s`", spec->choices[spec->fallback]);
    else if (spec->type == IG_ATTR_TEXT || spec->type == IG_ATTR_WORDS || spec->type == IG_ATTR_INTS)
        printf("none");
    else
        printf("%" PRId64, spec->fallback);
}

static void print_range(const ig_attr_spec *spec)
{
    if (spec->type == IG_ATTR_ENUM)
        print_choices(spec);
    else if (spec->type == IG_ATTR_FLOAT)
        printf("%g to %g", spec->fmin, spec->fmax);
    else if (spec->type != IG_ATTR_BOOL && spec->type != IG_ATTR_TEXT && spec->type != IG_ATTR_WORDS)
        printf("%" PRId64 " to %" PRId64, spec->min, spec->max);
}

static void print_attrs(const ig_op *op)
{
    if (op->n_attrs == 0)
        return;
    printf("\n| attribute | type | default | range | meaning |\n|---|---|---|---|---|\n");
    for (int i = 0; i < op->n_attrs; i++) {
        const ig_attr_spec *spec = &op->attrs[i];
        printf("| `%s` | %s | ", spec->name, type_names[spec->type]);
        print_default(spec);
        printf(" | ");
        print_range(spec);
        printf(" | %s%s |\n", spec->doc, spec->internal ? " (set by passes only)" : "");
    }
}

/* Products would read as emphasis. */
static void print_escaped(const char *before, const char *text, const char *after)
{
    printf("%s", before);
    for (; *text; text++) {
        if (*text == '*')
            putchar('\\');
        putchar(*text);
    }
    printf("%s", after);
}

static void print_op(const ig_op *op)
{
    printf("\n## %s\n\n", op->name);
    print_escaped("", op->doc, ".\n\n");
    if (op->min_inputs == op->max_inputs)
        printf("* Inputs: %d\n", op->min_inputs);
    else
        printf("* Inputs: %d to %d\n", op->min_inputs, op->max_inputs);
    print_escaped("* Parameters: ", op->params_doc ? op->params_doc : "none", "\n");
    print_escaped("* Cost: ", op->cost_doc, "\n");
    printf("* Problem variables: `%s`\n", op->problem_doc);
    if (op->pieces)
        printf("* One launch per input: the problem describes one of them\n");
    if (op->is_view)
        printf("* A view: needs no kernel\n");
    if (op->is_constant)
        printf("* A constant: needs no kernel\n");
    if (op->is_view_call)
        printf("* A view when nothing moves: needs no kernel then\n");
    printf("* Source: %s\n", op->source);
    print_attrs(op);
}

int main(void)
{
    printf(
        "# Operators\n\nWritten from the operator table by `gen_operators_md`; do not edit by hand.\n\n"
        "Tensors are dense, row-major float32. Parameters are given by slot, with the last part of their name.\n"
        "Costs count single operations: multiply-accumulates (macs), additions, subtractions and comparisons (adds),\n"
        "and everything else (other); one multiply-accumulate is two FLOPs. Problem variables are the integers\n"
        "that kernels and tuning records know a call by.\n");
    for (int i = 0; i < ig_op_count; i++)
        print_op(ig_op_table[i]);
    return 0;
}
