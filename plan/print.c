/* A plan as text: one line a step, so that two plans can be compared with diff. */
#include "plan/plan.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

static void add_layout(int64_t block, ig_text *out)
{
    ig_text_add(out, "nchw");
    if (block > 1)
        ig_text_add(out, "%lldc", (long long)block);
}

/* Nothing for NCHW alone; else the layout of the result, with that of the inputs in front where it is another. */
static void add_layouts(const ig_step *step, ig_text *out)
{
    int64_t in = 1, result = 1;
    ig_kernel_vars_get(&step->vars, "IN_BLOCK", &in);
    ig_kernel_vars_get(&step->vars, "BLOCK", &result);
    if (in == 1 && result == 1)
        return;
    ig_text_add(out, ",");
    if (in != result) {
        add_layout(in, out);
        ig_text_add(out, "-");
    }
    add_layout(result, out);
}

const char *ig_plan_kernel_word(ig_plan *plan, const ig_op_context *call, const ig_step *step)
{
    ig_text text = {0};
    int64_t bias = 0, act = 0;
    ig_kernel_vars_get(&step->vars, "BIAS", &bias);
    ig_kernel_vars_get(&step->vars, "ACT", &act);
    ig_text_add(&text, "%s<f32", step->kernel->name);
    add_layouts(step, &text);
    ig_text_add(&text, "%s", bias ? ",bias" : "");
    if (act > IG_ACT_NONE && act < IG_ACT_COUNT)
        ig_text_add(&text, ",%s", ig_activation_names[act]);
    for (int i = 0; i < call->then.count; i++)
        ig_text_add(&text, ",%s", call->then.steps[i].name);
    ig_text_add(&text, ">");
    for (int i = 0; i < step->kernel->n_tunes; i++)
        ig_text_add(&text, "%s%s=%lld", i ? "," : "{", step->kernel->tunes[i].name, (long long)step->values[i]);
    if (step->kernel->n_tunes)
        ig_text_add(&text, "}");
    const char *word = text.failed ? NULL : ig_arena_strdup(plan->arena, ig_text_get(&text));
    ig_text_release(&text);
    return word;
}

/* slab:offset+bytes of the storage; and where in it, for a part. */
static void print_storage(const ig_plan *plan, const char *label, const ig_plan_arg *arg, ig_text *out)
{
    const ig_storage *storage = &plan->storages[arg->index];
    if (storage->slab < 0)
        ig_text_add(out, " %s=const", label);
    else
        ig_text_add(out, " %s=%d:%lld+%lld", label, storage->slab, (long long)storage->offset_bytes,
                    (long long)storage->bytes);
    if (arg->at > 0)
        ig_text_add(out, "@%lld", (long long)(arg->at * (int64_t)sizeof(float)));
}

static void add_triple(const int64_t triple[3], ig_text *out)
{
    ig_text_add(out, "%lldx%lldx%lld", (long long)triple[0], (long long)triple[1], (long long)triple[2]);
}

/* The work-groups of each launch, or a routine with its sizes. */
static void add_groups(const ig_kernel_launches *launches, ig_text *out)
{
    for (int i = 0; i < launches->count; i++) {
        const ig_kernel_launch *launch = &launches->at[i];
        const ig_routine_spec *spec = &ig_routine_specs[launch->stage->routine];
        ig_text_add(out, i ? "+%s" : " groups=%s", spec->name);
        if (launch->stage->routine == IG_ROUTINE_NONE)
            add_triple(launch->groups, out);
        for (int k = 0; k < spec->n_sizes; k++)
            ig_text_add(out, "%s%lld", k ? "," : "(", (long long)launch->sizes[k]);
        ig_text_add(out, spec->n_sizes ? ")" : "");
    }
}

static void add_local(const ig_kernel_launches *launches, ig_text *out)
{
    const char *before = " local=";
    for (int i = 0; i < launches->count; i++) {
        if (launches->at[i].stage->routine != IG_ROUTINE_NONE)
            continue;
        ig_text_add(out, "%s", before);
        add_triple(launches->at[i].local, out);
        before = "+";
    }
}

void ig_plan_print_step(const ig_plan *plan, int index, ig_text *out)
{
    const ig_step *step = &plan->steps[index];
    ig_text_add(out, "%d %s %s %s", index, plan->graph->nodes[step->node].path, step->word,
                ig_tune_rung_name(step->rung));
    add_groups(&step->launches, out);
    add_local(&step->launches, out);
    for (int i = 0; i < step->n_args; i++) {
        if (step->args[i].kind == IG_KARG_INPUT && !step->args[i].spare)
            print_storage(plan, "in", &step->args[i], out);
        else if (step->args[i].kind == IG_KARG_OUTPUT)
            print_storage(plan, "out", &step->args[i], out);
        else if (step->args[i].kind == IG_KARG_SCRATCH)
            print_storage(plan, "scratch", &step->args[i], out);
    }
    ig_text_add(out, "\n");
}

ig_status ig_plan_print(const ig_plan *plan, char **text, ig_error *error)
{
    ig_text out = {0};
    char shape[96];
    const ig_value *input = &plan->graph->values[plan->graph->input];
    ig_text_add(&out, "plan of %s for %s (%s), %s %s, %d steps\n", plan->graph->name, plan->limits.name,
                plan->limits.family, input->name, ig_shape_text(&input->shape, shape, sizeof shape), plan->n_steps);
    for (int i = 0; i < plan->n_steps; i++)
        ig_plan_print_step(plan, i, &out);
    ig_text_add(&out, "features %lld bytes, lower bound %lld; weights %lld bytes\n",
                (long long)plan->totals.feature_bytes, (long long)plan->totals.feature_bytes_lower_bound,
                (long long)plan->totals.weight_bytes);
    if (out.failed) {
        ig_text_release(&out);
        *text = NULL;
        return ig_fail_memory(error, out.length);
    }
    *text = out.data;
    return IG_OK;
}
