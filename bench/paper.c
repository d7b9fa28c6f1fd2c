#include "bench/paper.h"

#include "base/embed.h"
#include "base/error.h"
#include "yaml/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct owned_paper {
    ig_paper paper;
    ig_arena *arena;
} owned_paper;

static const char *const QUANTITIES[IG_PAPER_QUANTITIES] = {"params", "flops", "memory", "size", "fps", "time"};
static const char *const COUNTS[IG_PAPER_COUNTS] = {
    "macs", "flops", "thop", "fvcore", "ptflops", "params", "features", "features_folded", "int8"};
static const struct {
    const char *name;
    double value;
} UNITS[] = {{"", 1},     {"k", 1e3},         {"M", 1e6}, {"G", 1e9}, {"Gi", 1073741824.0},
             {"MB", 1e6}, {"MiB", 1048576.0}, {"ms", 1},  {"s", 1e3}, {"fps", 1}};
enum { N_UNITS = (int)(sizeof UNITS / sizeof *UNITS) };

const char *ig_paper_quantity_name(ig_paper_quantity quantity)
{
    return (unsigned)quantity < IG_PAPER_QUANTITIES ? QUANTITIES[quantity] : "unknown";
}

bool ig_paper_is_speed(ig_paper_quantity quantity)
{
    return quantity == IG_PAPER_FPS || quantity == IG_PAPER_TIME;
}

const char *ig_paper_count_name(int count)
{
    return count >= 0 && count < IG_PAPER_COUNTS ? COUNTS[count] : "unknown";
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static ig_status read_text(const ig_yaml *node, const char *key, bool required, const char **out, ig_error *error)
{
    const ig_yaml *item = ig_yaml_get(node, key);
    *out = "";
    if (!item && !required)
        return IG_OK;
    if (!item)
        return ig_yaml_fail(node, error, "the figure has no '%s'", key);
    return ig_yaml_string(item, key, out, error);
}

static ig_status read_unit(const ig_yaml *node, ig_paper_figure *out, ig_error *error)
{
    const char *names[N_UNITS];
    int index = 0;
    const ig_yaml *item = ig_yaml_get(node, "unit");
    for (int i = 0; i < N_UNITS; i++)
        names[i] = UNITS[i].name;
    ig_status status = item ? ig_yaml_choice(item, "unit", names, N_UNITS, &index, error) : IG_OK;
    out->unit = UNITS[index].name;
    out->unit_value = UNITS[index].value;
    return status;
}

static ig_status read_set(const ig_yaml *node, ig_paper_figure *out, ig_error *error)
{
    const ig_yaml *set = ig_yaml_get(node, "set");
    ig_status status = set ? ig_yaml_expect(set, IG_YAML_MAPPING, "set", error) : IG_OK;
    if (status == IG_OK && set && set->count > IG_PAPER_MAX_SET)
        return ig_yaml_fail(set, error, "a figure sets at most %d parameters", (int)IG_PAPER_MAX_SET);
    for (int i = 0; status == IG_OK && set && i < set->count; i++) {
        out->set[i].key = set->keys[i]->text;
        status = ig_yaml_string(set->items[i], "a parameter's value", &out->set[i].value, error);
        out->n_set = i + 1;
    }
    return status;
}

static ig_status read_shape(const ig_yaml *node, ig_paper_figure *out, ig_error *error)
{
    const ig_yaml *shape = ig_yaml_get(node, "shape");
    ig_status status = shape ? ig_yaml_expect(shape, IG_YAML_SEQUENCE, "shape", error) : IG_OK;
    if (status == IG_OK && shape && shape->count > IG_MAX_RANK)
        return ig_yaml_fail(shape, error, "a shape has at most %d extents", (int)IG_MAX_RANK);
    for (int i = 0; status == IG_OK && shape && i < shape->count; i++) {
        status = ig_yaml_int(shape->items[i], "an extent", 1, 1 << 24, &out->shape.dim[i], error);
        out->shape.rank = i + 1;
    }
    return status;
}

/* What the figure's own quantity is counted by when it does not say. */
static int usual_count(ig_paper_quantity quantity)
{
    return quantity == IG_PAPER_PARAMS   ? (int)IG_PAPER_COUNT_PARAMS
           : quantity == IG_PAPER_MEMORY ? (int)IG_PAPER_COUNT_FEATURES
           : quantity == IG_PAPER_SIZE   ? (int)IG_PAPER_COUNT_INT8
                                         : (int)IG_COUNT_MACS;
}

static ig_status read_numbers(const ig_yaml *node, ig_paper_figure *out, ig_error *error)
{
    const ig_yaml *count = ig_yaml_get(node, "count"), *images = ig_yaml_get(node, "images");
    const ig_yaml *exact = ig_yaml_get(node, "exact"), *reproduced = ig_yaml_get(node, "reproduced");
    ig_status status = IG_OK;
    out->count = usual_count(out->quantity);
    out->images = 1;
    out->exact = -1;
    out->reproduced = out->model && !ig_paper_is_speed(out->quantity);
    if (count)
        status = ig_yaml_choice(count, "count", COUNTS, IG_PAPER_COUNTS, &out->count, error);
    if (status == IG_OK && images)
        status = ig_yaml_int(images, "images", 1, 1 << 20, &out->images, error);
    if (status == IG_OK && exact)
        status = ig_yaml_int(exact, "exact", 0, INT64_MAX, &out->exact, error);
    if (status == IG_OK && reproduced)
        status = ig_yaml_bool(reproduced, "reproduced", &out->reproduced, error);
    if (status == IG_OK && !out->reproduced && !ig_paper_is_speed(out->quantity) && !out->why[0])
        return ig_yaml_fail(node, error, "a figure that is not reproduced says why");
    return status;
}

static ig_status read_figure(const ig_yaml *node, ig_paper_figure *out, ig_error *error)
{
    static const char *const KEYS[] = {"table", "row",   "quantity", "printed", "unit",       "model", "set",
                                       "shape", "count", "images",   "exact",   "reproduced", "why"};
    int quantity = 0;
    ig_status status = ig_yaml_expect(node, IG_YAML_MAPPING, "a figure", error);
    if (status == IG_OK)
        status = ig_yaml_check_keys(node, "a figure", KEYS, (int)(sizeof KEYS / sizeof *KEYS), error);
    if (status == IG_OK)
        status = read_text(node, "table", true, &out->table, error);
    if (status == IG_OK)
        status = read_text(node, "row", true, &out->row, error);
    if (status == IG_OK)
        status = read_text(node, "printed", true, &out->printed, error);
    if (status == IG_OK)
        status = read_text(node, "why", false, &out->why, error);
    if (status == IG_OK)
        status = read_text(node, "model", false, &out->model, error);
    if (status == IG_OK && !ig_yaml_get(node, "quantity"))
        return ig_yaml_fail(node, error, "the figure has no 'quantity'");
    if (status == IG_OK)
        status = ig_yaml_choice(ig_yaml_get(node, "quantity"), "quantity", QUANTITIES, IG_PAPER_QUANTITIES, &quantity,
                                error);
    out->quantity = (ig_paper_quantity)quantity;
    out->model = out->model && out->model[0] ? out->model : NULL;
    if (status == IG_OK)
        status = read_unit(node, out, error);
    if (status == IG_OK)
        status = read_set(node, out, error);
    if (status == IG_OK)
        status = read_shape(node, out, error);
    return status == IG_OK ? read_numbers(node, out, error) : status;
}

static ig_status read_paper(const ig_yaml *document, owned_paper *out, ig_error *error)
{
    static const char *const KEYS[] = {"paper", "title", "source", "device", "figures"};
    ig_paper *paper = &out->paper;
    ig_status status = ig_yaml_expect(document, IG_YAML_MAPPING, "a paper", error);
    if (status == IG_OK)
        status = ig_yaml_check_keys(document, "a paper", KEYS, 5, error);
    if (status == IG_OK)
        status = read_text(document, "paper", true, &paper->name, error);
    if (status == IG_OK)
        status = read_text(document, "title", true, &paper->title, error);
    if (status == IG_OK)
        status = read_text(document, "source", true, &paper->source, error);
    if (status == IG_OK)
        status = read_text(document, "device", false, &paper->device, error);
    const ig_yaml *figures = status == IG_OK ? ig_yaml_get(document, "figures") : NULL;
    if (status == IG_OK && !figures)
        return ig_yaml_fail(document, error, "the paper has no 'figures'");
    if (status == IG_OK)
        status = ig_yaml_expect(figures, IG_YAML_SEQUENCE, "figures", error);
    if (status != IG_OK)
        return status;
    paper->figures = ig_arena_array(out->arena, (size_t)figures->count + 1, sizeof *paper->figures);
    if (!paper->figures)
        return ig_fail_memory(error, (size_t)figures->count * sizeof *paper->figures);
    for (; paper->n_figures < figures->count && status == IG_OK; paper->n_figures++)
        status = read_figure(figures->items[paper->n_figures], &paper->figures[paper->n_figures], error);
    return status;
}

ig_status ig_paper_parse(const char *text, size_t length, const char *file, ig_paper **out, ig_error *error)
{
    ig_arena *arena = ig_arena_create();
    owned_paper *paper = arena ? ig_arena_alloc(arena, sizeof *paper) : NULL;
    ig_yaml *document = NULL;
    *out = NULL;
    if (!paper) {
        ig_arena_destroy(&arena);
        return ig_fail_memory(error, sizeof *paper);
    }
    *paper = (owned_paper){.arena = arena};
    ig_status status = ig_yaml_parse(text, length, file, arena, &document, error);
    if (status == IG_OK)
        status = read_paper(document, paper, error);
    if (status == IG_OK)
        *out = &paper->paper;
    else
        ig_arena_destroy(&arena);
    return status;
}

void ig_paper_destroy(ig_paper **paper)
{
    if (!paper || !*paper)
        return;
    ig_arena *arena = ((owned_paper *)*paper)->arena; /* the paper is the first member of its owner */
    *paper = NULL;
    ig_arena_destroy(&arena);
}
