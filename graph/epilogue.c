/* Operator calls, and the element-wise steps that may end them. */
#include "base/error.h"
#include "base/shape.h"
#include "base/text.h"
#include "graph/op.h"

#include <string.h>

/* Activations go without a row. */
static const struct {
    const char *word;
    ig_epilogue_kind kind;
    int n_numbers;
    bool takes_operand;
    int adds, other; /* per element */
} STEPS[] = {
    {"leaky_relu", IG_EPILOGUE_LEAKY_RELU, 1, false, 1, 1},
    {"scale", IG_EPILOGUE_SCALE, 2, false, 1, 1},
    {"add", IG_EPILOGUE_ADD, 0, true, 1, 0},
    {"sub", IG_EPILOGUE_SUB, 0, true, 1, 0},
    {"rsub", IG_EPILOGUE_RSUB, 0, true, 1, 0},
    {"mul", IG_EPILOGUE_MUL, 0, true, 0, 1},
};
enum { N_STEPS = (int)(sizeof STEPS / sizeof STEPS[0]) };

static int find_row(const char *word)
{
    for (int i = 0; i < N_STEPS; i++)
        if (strcmp(STEPS[i].word, word) == 0)
            return i;
    return -1;
}

bool ig_epilogue_has(const char *word, bool *takes_operand)
{
    const int row = find_row(word);
    *takes_operand = row >= 0 && STEPS[row].takes_operand;
    return row >= 0 || ig_activation_find(word) != IG_ACT_NONE;
}

/* Reads the step that starts at word `at`; the number of its words, 0 when there is no such step. */
static int read_step(const ig_attr *words, int at, ig_epilogue *out, ig_epilogue_step *step)
{
    const char *word = words->words[at];
    const int row = find_row(word);
    *step = (ig_epilogue_step){.name = word, .operand = -1, .activation = ig_activation_find(word)};
    if (row < 0)
        return step->activation != IG_ACT_NONE;
    step->kind = STEPS[row].kind;
    if (STEPS[row].takes_operand) {
        if (out->n_operands == IG_MAX_OPERANDS)
            return 0;
        step->operand = out->n_operands++;
    }
    for (int i = 0; i < STEPS[row].n_numbers; i++)
        if (at + 1 + i >= words->n_words || !ig_text_to_double(words->words[at + 1 + i], &step->number[i]))
            return 0;
    return 1 + STEPS[row].n_numbers;
}

static bool read_epilogue(const ig_op *op, const ig_attr *attrs, ig_epilogue *out)
{
    *out = (ig_epilogue){0};
    const int index = ig_op_attr_index(op, IG_EPILOGUE_ATTR);
    const ig_attr *words = index >= 0 ? &attrs[index] : NULL;
    for (int at = 0; words && at < words->n_words;) {
        int used = out->count < IG_MAX_EPILOGUE ? read_step(words, at, out, &out->steps[out->count]) : 0;
        if (used == 0)
            return false;
        out->count++;
        at += used;
    }
    return true;
}

int ig_op_operands(const ig_op *op, const ig_attr *attrs)
{
    ig_epilogue then;
    return read_epilogue(op, attrs, &then) ? then.n_operands : -1;
}

static int64_t span(const ig_shape *shape, int begin)
{
    int64_t elems = 1;
    for (int axis = begin; axis < shape->rank; axis++)
        elems *= shape->dim[axis];
    return elems;
}

/* As NumPy aligns shapes: missing leading axes are 1. */
static bool align(const ig_shape *operand, int rank, ig_shape *out)
{
    if (operand->rank > rank)
        return false;
    *out = (ig_shape){.rank = rank};
    for (int axis = 0; axis < rank; axis++)
        out->dim[axis] = axis < rank - operand->rank ? 1 : operand->dim[axis - (rank - operand->rank)];
    return true;
}

/* True when along axes begin..end-1 `b` has the extents of `a`, or 1 each with `ones`. */
static bool fits(const ig_shape *a, const ig_shape *b, int begin, int end, bool ones)
{
    for (int axis = begin; axis < end; axis++)
        if (b->dim[axis] != (ones ? 1 : a->dim[axis]))
            return false;
    return true;
}

bool ig_operand_see(const ig_shape *result, const ig_shape *operand, ig_operand *out)
{
    ig_shape other;
    const int rank = result->rank;
    if (rank < 1 || !align(operand, rank, &other) || (other.dim[0] != result->dim[0] && other.dim[0] != 1))
        return false;
    *out = (ig_operand){.image = other.dim[0] == 1 ? 0 : span(&other, 1), .run = 1};
    if (fits(result, &other, 1, rank, false))
        return true;
    for (int split = 1; split < rank; split++) {
        const bool leading = fits(result, &other, 1, split, false) && fits(result, &other, split, rank, true);
        const bool trailing = fits(result, &other, 1, split, true) && fits(result, &other, split, rank, false);
        out->form = leading ? IG_OPERAND_LEADING : IG_OPERAND_TRAILING;
        out->run = span(result, split);
        if (leading || trailing)
            return true;
    }
    return false;
}

static ig_status refuse(const ig_op *op, const char *what, ig_error *error)
{
    return ig_fail(error, IG_E_DATA, "%s: %s", op->name, what);
}

static ig_status check_operands(const ig_op_context *call, ig_error *error)
{
    ig_operand operand;
    char text[2][128];
    for (int i = 0; i < call->then.n_operands; i++) {
        if (ig_operand_see(&call->output, &call->then.operands[i], &operand))
            continue;
        refuse(call->op, "an operand of `then` does not fit the result", error);
        ig_error_expected(error, "%s with ones at the end or in front",
                          ig_shape_text(&call->output, text[0], sizeof text[0]));
        ig_error_found(error, "%s", ig_shape_text(&call->then.operands[i], text[1], sizeof text[1]));
        return IG_E_DATA;
    }
    return IG_OK;
}

ig_status ig_op_call(ig_op_context *call, const ig_op *op, const ig_attr *attrs, const ig_shape *inputs, int n_inputs,
                     ig_error *error)
{
    *call = (ig_op_context){.op = op, .attrs = attrs};
    if (!read_epilogue(op, attrs, &call->then))
        return refuse(op, "`then` is no list of element-wise steps", error);
    call->n_inputs = n_inputs - call->then.n_operands;
    if (call->n_inputs < 0)
        return refuse(op, "an operand of `then` is missing", error);
    for (int i = 0; i < n_inputs; i++)
        *(i < call->n_inputs ? &call->inputs[i] : &call->then.operands[i - call->n_inputs]) = inputs[i];
    ig_status status = op->infer(call, error);
    return status == IG_OK ? check_operands(call, error) : status;
}

void ig_op_call_cost(const ig_op_context *call, ig_cost *out)
{
    const int64_t elems = ig_shape_elems(&call->output);
    *out = (ig_cost){0};
    call->op->cost(call, out);
    for (int i = 0; i < call->then.count; i++) {
        const ig_epilogue_step *step = &call->then.steps[i];
        const int row = find_row(step->name);
        ig_cost cost = ig_activation_cost(step->activation, elems);
        if (row >= 0)
            cost = (ig_cost){.adds = elems * STEPS[row].adds, .other = elems * STEPS[row].other};
        const bool scales = step->kind == IG_EPILOGUE_SCALE; /* as the operator of that name counts */
        out->adds += scales && step->number[1] == 0 ? 0 : cost.adds;
        out->other += scales && step->number[0] == 1 ? 0 : cost.other;
    }
}

static double apply_step(const ig_epilogue_step *step, double x, double operand)
{
    switch (step->kind) {
    case IG_EPILOGUE_ACTIVATION: return ig_activation_apply(step->activation, x);
    case IG_EPILOGUE_LEAKY_RELU: return x < 0 ? x * step->number[0] : x;
    case IG_EPILOGUE_SCALE: return x * step->number[0] + step->number[1];
    case IG_EPILOGUE_ADD: return x + operand;
    case IG_EPILOGUE_SUB: return x - operand;
    case IG_EPILOGUE_RSUB: return operand - x;
    case IG_EPILOGUE_MUL: return x * operand;
    }
    return x;
}

static int64_t operand_index(const ig_operand *operand, int64_t image, int64_t r)
{
    const int64_t forms[] = {
        [IG_OPERAND_SAME] = r, [IG_OPERAND_LEADING] = r / operand->run, [IG_OPERAND_TRAILING] = r % operand->run};
    return image * operand->image + forms[operand->form];
}

void ig_epilogue_apply(const ig_op_context *call, const ig_op_data *data, ig_op_range range)
{
    const int64_t per_image = span(&call->output, 1);
    ig_operand operands[IG_MAX_OPERANDS];
    for (int k = 0; k < call->then.n_operands; k++)
        (void)ig_operand_see(&call->output, &call->then.operands[k], &operands[k]); /* as ig_op_call() saw */
    for (int64_t i = range.begin; i < range.end; i++) {
        double x = data->output[i];
        for (int k = 0; k < call->then.count; k++) {
            const ig_epilogue_step *step = &call->then.steps[k];
            double other = 0;
            if (step->operand >= 0)
                other = data->inputs[call->n_inputs + step->operand]
                                    [operand_index(&operands[step->operand], i / per_image, i % per_image)];
            x = apply_step(step, x, other);
        }
        data->output[i] = (float)x;
    }
}
