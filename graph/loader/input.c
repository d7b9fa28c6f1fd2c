/* `input:` - name, shape, and how an image becomes it. */
#include "base/shape.h"
#include "graph/loader/loader.h"

#include <string.h>

static const char *const INPUT_KEYS[] = {"name", "shape", "image"};
static const char *const IMAGE_KEYS[] = {"color", "resize", "scale", "mean", "std"};
static const char *const COLORS[] = {"rgb", "bgr", "gray"};
static const char *const RESIZES[] = {"none", "bilinear", "nearest"};

static ig_status read_shape(ig_loader *loader, const ig_yaml *node, ig_shape *shape)
{
    const ig_env env = {.loader = loader, .body = loader->top, .prev = -1};
    ig_status status = ig_yaml_expect(node, IG_YAML_SEQUENCE, "the input's shape", loader->error);
    if (status != IG_OK)
        return status;
    if (node->count < 1 || node->count > IG_MAX_RANK)
        return ig_yaml_fail(node, loader->error, "the input's shape has 1 to %d extents", (int)IG_MAX_RANK);
    shape->rank = node->count;
    for (int i = 0; i < node->count && status == IG_OK; i++)
        status = ig_loader_int(&env, node->items[i], "an extent", 1, IG_MAX_EXTENT, &shape->dim[i]);
    return status;
}

static ig_status override_shape(ig_loader *loader, ig_shape *shape)
{
    const ig_shape *wanted = &loader->params->input_shape;
    char stated[96], asked[96];
    if (wanted->rank == 0)
        return IG_OK;
    bool fits = wanted->rank == shape->rank;
    for (int i = 0; fits && i < wanted->rank; i++)
        fits = wanted->dim[i] >= 1 && wanted->dim[i] <= IG_MAX_EXTENT;
    if (!fits) {
        ig_fail(loader->error, IG_E_USAGE, "the input cannot have that shape");
        ig_error_expected(loader->error, "%d extents from 1 to %d, such as %s", shape->rank, (int)IG_MAX_EXTENT,
                          ig_shape_text(shape, stated, sizeof stated));
        ig_error_found(loader->error, "%s", ig_shape_text(wanted, asked, sizeof asked));
        return IG_E_USAGE;
    }
    *shape = *wanted;
    return IG_OK;
}

/* One number for each channel, or for all of them. */
static ig_status read_triple(ig_loader *loader, const ig_yaml *node, const char *what, double min, float out[3])
{
    if (!node)
        return IG_OK;
    double value[3];
    int count = node->kind == IG_YAML_SEQUENCE ? node->count : 1;
    if (count != 1 && count != 3)
        return ig_yaml_fail(node, loader->error, "%s has one number, or one for each of three channels", what);
    for (int i = 0; i < count; i++) {
        const ig_yaml *item = node->kind == IG_YAML_SEQUENCE ? node->items[i] : node;
        ig_status status = ig_yaml_double(item, what, min, 1e6, &value[i], loader->error);
        if (status != IG_OK)
            return status;
    }
    for (int i = 0; i < 3; i++)
        out[i] = (float)value[count == 3 ? i : 0];
    return IG_OK;
}

static ig_status check_channels(ig_loader *loader, const ig_yaml *node, const ig_shape *shape, ig_color color)
{
    int64_t channels = color == IG_COLOR_GRAY ? 1 : 3;
    if (shape->rank == 4 && shape->dim[1] == channels)
        return IG_OK;
    char text[96];
    ig_yaml_fail(node, loader->error, "a %s image does not fill the input", COLORS[color]);
    ig_error_expected(loader->error, "a shape of four extents with %d channels", (int)channels);
    ig_error_found(loader->error, "%s", ig_shape_text(shape, text, sizeof text));
    return IG_E_DATA;
}

static ig_status read_image(ig_loader *loader, const ig_yaml *node, const ig_shape *shape)
{
    ig_preprocess *how = &loader->graph->preprocess;
    int color = IG_COLOR_RGB, resize = IG_RESIZE_BILINEAR;
    double scale = 1.0 / 255.0;
    ig_error *error = loader->error;
    ig_status status = ig_yaml_expect(node, IG_YAML_MAPPING, "image", error);
    if (status == IG_OK)
        status = ig_yaml_check_keys(node, "image", IMAGE_KEYS, 5, error);
    if (status == IG_OK && ig_yaml_get(node, "color"))
        status = ig_yaml_choice(ig_yaml_get(node, "color"), "color", COLORS, 3, &color, error);
    if (status == IG_OK && ig_yaml_get(node, "resize"))
        status = ig_yaml_choice(ig_yaml_get(node, "resize"), "resize", RESIZES, 3, &resize, error);
    if (status == IG_OK && ig_yaml_get(node, "scale"))
        status = ig_yaml_double(ig_yaml_get(node, "scale"), "scale", 1e-6, 1e6, &scale, error);
    *how = (ig_preprocess){
        .color = (ig_color)color, .resize = (ig_resize_mode)resize, .scale = (float)scale, .std = {1.0F, 1.0F, 1.0F}};
    if (status == IG_OK)
        status = read_triple(loader, ig_yaml_get(node, "mean"), "mean", -1e6, how->mean);
    if (status == IG_OK)
        status = read_triple(loader, ig_yaml_get(node, "std"), "std", 1e-6, how->std);
    if (status == IG_OK)
        status = check_channels(loader, node, shape, how->color);
    loader->graph->has_preprocess = status == IG_OK;
    return status;
}

ig_status ig_loader_read_input(ig_loader *loader, const ig_yaml *node)
{
    const char *name = "input";
    ig_shape shape = {0};
    ig_status status = ig_yaml_expect(node, IG_YAML_MAPPING, "input", loader->error);
    if (status == IG_OK)
        status = ig_yaml_check_keys(node, "input", INPUT_KEYS, 3, loader->error);
    if (status != IG_OK)
        return status;
    const ig_yaml *named = ig_yaml_get(node, "name"), *extents = ig_yaml_get(node, "shape");
    const ig_yaml *image = ig_yaml_get(node, "image");
    if (!extents)
        return ig_yaml_fail(node, loader->error, "the input has no shape");
    if (named)
        status = ig_yaml_string(named, "the input's name", &name, loader->error);
    if (status == IG_OK)
        status = ig_loader_check_name(loader, named ? named : node, name);
    if (status == IG_OK)
        status = read_shape(loader, extents, &shape);
    if (status == IG_OK)
        status = override_shape(loader, &shape);
    if (status == IG_OK && image)
        status = read_image(loader, image, &shape);
    if (status != IG_OK)
        return status;
    if (ig_shape_elems(&shape) < 1 || ig_shape_elems(&shape) > IG_MAX_TENSOR_ELEMS)
        return ig_yaml_fail(extents, loader->error, "the input is too large: it has more than 2^31 elements");
    loader->graph->input = ig_graph_add_value(loader->graph, name, &shape, -1);
    return loader->graph->input >= 0 ? IG_OK : ig_fail_memory(loader->error, sizeof shape);
}
