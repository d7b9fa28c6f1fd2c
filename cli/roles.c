#include "cli/roles.h"

#include "ingot/image.h"

#include <string.h>

enum { RGB = 3 };

/* One sample of the output for each sample of the input. */
static bool has_rank(const ig_graph_info *info, int output, int rank)
{
    const ig_shape *shape = &info->output_shapes[output];
    return shape->rank == rank && info->input_shape.rank > 0 && shape->dim[0] == info->input_shape.dim[0];
}

static bool is_rows(const ig_graph_info *info, int output)
{
    return has_rank(info, output, 3) && info->output_shapes[output].dim[2] > IG_BOX_ROW_HEAD;
}

static bool is_boxes(const ig_graph_info *info, int output)
{
    return has_rank(info, output, 4) && info->output_shapes[output].dim[3] == IG_BOX_SIDES;
}

static bool is_scores(const ig_graph_info *info, int output)
{
    return has_rank(info, output, 3);
}

static bool is_planes(const ig_graph_info *info, int output)
{
    return has_rank(info, output, 4) && info->output_shapes[output].dim[1] <= IG_MASK_MAX_CLASSES;
}

static bool is_picture(const ig_graph_info *info, int output)
{
    int64_t channels = has_rank(info, output, 4) ? info->output_shapes[output].dim[1] : 0;
    return channels == 1 || channels == RGB;
}

typedef bool (*shape_test)(const ig_graph_info *info, int output);

/* The output of this name, NULL: the first of all, whose shape fits. */
static int find(const ig_graph_info *info, const char *name, shape_test fits)
{
    for (int i = 0; i < info->n_outputs; i++)
        if ((!name || strcmp(info->output_names[i], name) == 0) && fits(info, i))
            return i;
    return -1;
}

static bool is_task(const ig_graph_info *info, const char *task)
{
    return strcmp(info->task, task) == 0;
}

static void drop_unlike(const ig_graph_info *info, output_roles *roles)
{
    if (roles->boxes >= 0 && roles->scores >= 0) {
        const int64_t *boxes = info->output_shapes[roles->boxes].dim, *scores = info->output_shapes[roles->scores].dim;
        if (boxes[1] == scores[1] && boxes[2] == scores[2])
            return;
    }
    roles->boxes = roles->scores = -1;
}

void roles_find(const ig_graph_info *info, output_roles *out)
{
    *out = (output_roles){-1, -1, -1, -1, -1};
    if (is_task(info, "classification") || is_task(info, "discrimination"))
        return;
    out->detections = find(info, "detections", is_rows);
    out->boxes = find(info, "boxes", is_boxes);
    out->scores = find(info, "scores", is_scores);
    drop_unlike(info, out);
    out->segmentation = find(info, "segmentation", is_planes);
    if (out->segmentation < 0 && is_task(info, "segmentation"))
        out->segmentation = find(info, NULL, is_planes);
    if (is_task(info, "generation"))
        out->picture = find(info, NULL, is_picture);
}

bool roles_boxes(const output_roles *roles)
{
    return roles->detections >= 0 || roles->boxes >= 0;
}

bool roles_any(const output_roles *roles)
{
    return roles_boxes(roles) || roles->segmentation >= 0 || roles->picture >= 0;
}
