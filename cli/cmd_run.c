#include "cli/destination.h"
#include "cli/feed.h"
#include "ingot/image.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct run_args {
    common_args common;
    const char *tensor;
    text_list output, tap;
    int64_t top;
    answer_args answer;
} run_args;

typedef struct run_state {
    app *a;
    const run_args *args;
    model m;
    backend b;
    engine e;
    destination_list files;
    ig_tensor *outputs;
    answer answer;
    feed feed;
    int bad_image_code; /* exit code of the first image that could not be read; 0: none */
} run_state;

static const option options[] = {
    {"top", "N", "how many classes to print", OPTION_INT, offsetof(run_args, top), "3", 1, 100000},
    {"tensor", "IN.npy", "run this float32 tensor as it is, in its own shape, instead of images", OPTION_TEXT,
     offsetof(run_args, tensor)},
    {"output", "[NAME=]OUT.npy", "write an output (without NAME the first); may be repeated", OPTION_LIST,
     offsetof(run_args, output)},
    {"tap", "PATH=OUT.npy", "write any value of the network, computed unfused; may be repeated", OPTION_LIST,
     offsetof(run_args, tap)},
    {"conf", "C", "least score of a box, up to 1 (0.25 when not given)", OPTION_REAL, offsetof(run_args, answer.conf)},
    {"iou", "IOU", "boxes of a class that overlap a better one by more are dropped, up to 1 (0.45 when not given)",
     OPTION_REAL, offsetof(run_args, answer.iou)},
    {"mask", "OUT.png", "write the class of each pixel, in the picture's own size", OPTION_TEXT,
     offsetof(run_args, answer.mask)},
    {"mask-color", NULL, "write --mask in colours instead of class numbers", OPTION_FLAG,
     offsetof(run_args, answer.mask_color)},
    {"image", "OUT.png", "write the picture that a generator makes", OPTION_TEXT, offsetof(run_args, answer.image)},
};

/* --- images ------------------------------------------------------------------------------------------------------- */

static ig_status read_image(const run_state *s, const char *path, float *place, sample *out, ig_error *error)
{
    struct stat info;
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
        cli_fail(error, IG_E_USAGE, "%s is a folder", path);
        cli_hint(error, "name the images in it, e.g. %s/*.jpg", path);
        return IG_E_USAGE;
    }
    ig_image image;
    ig_status status = ig_image_read(path, &image, error);
    if (status)
        return status;
    const int64_t *dim = s->m.info.input_shape.dim;
    status = ig_image_to_tensor(&image, &s->m.info.preprocess, (int)dim[1], (int)dim[2], (int)dim[3], place, error);
    *out = (sample){path, image.width, image.height};
    ig_image_release(&image);
    return status;
}

/* An image that cannot be read is reported and left out; the others still get their answer. */
static ig_status run_image(run_state *s, const char *path, ig_error *error)
{
    ig_error bad;
    sample image;
    float *place;
    ig_status status = app_check_interrupt(s->a, error);
    if (!status)
        status = feed_place(&s->feed, &place, error);
    if (status)
        return status;
    if (!read_image(s, path, place, &image, &bad))
        return feed_add(&s->feed, &image, error);
    int code = report_error(&bad);
    s->bad_image_code = s->bad_image_code ? s->bad_image_code : code;
    return IG_OK;
}

static ig_status run_images(run_state *s, ig_error *error)
{
    const text_list *images = &s->args->common.positional;
    ig_status status = feed_open(&s->feed, &s->e, &s->answer, s->outputs, images->count - 1, error);
    for (int i = 1; i < images->count && !status; i++)
        status = run_image(s, images->items[i], error);
    return status ? status : feed_end(&s->feed, error);
}

/* A result that is no list of samples counts as one. */
static int64_t tensor_samples(const run_state *s)
{
    const ig_shape *first = &s->m.info.output_shapes[0];
    if (roles_any(&s->answer.roles))
        return s->m.info.input_shape.dim[0];
    return first->rank == 2 ? first->dim[0] : 1;
}

static ig_status run_tensor(run_state *s, ig_error *error)
{
    ig_status status = engine_run(&s->e, &s->m.input, s->outputs, error);
    int64_t samples = tensor_samples(s);
    for (int i = 0; i < samples && !status; i++) {
        char name[IG_ERROR_TEXT];
        snprintf(name, sizeof name, samples > 1 ? "%s[%d]" : "%s", s->args->tensor, i);
        status = answer_add(&s->answer, &(sample){.name = name}, s->outputs, i, error);
    }
    return status;
}

/* --- set-up ------------------------------------------------------------------------------------------------------- */

static ig_status check_arguments(const run_args *args, ig_error *error)
{
    int n_images = args->common.positional.count - 1;
    if ((args->tensor != NULL) == (n_images > 0)) {
        cli_fail(error, IG_E_USAGE, n_images > 0 ? "images and --tensor exclude each other" : "nothing to run");
        cli_expected(error, "ingot run MODEL IMAGE... or ingot run MODEL --tensor IN.npy");
        return IG_E_USAGE;
    }
    return answer_check(&args->answer, error);
}

static ig_status check_images(const run_state *s, ig_error *error)
{
    const ig_graph_info *info = &s->m.info;
    if (!info->has_preprocess || info->input_shape.rank != 4) {
        cli_fail(error, IG_E_USAGE, "%s does not say how an image becomes its input", info->name);
        cli_hint(error, "give --tensor IN.npy instead of images");
        return IG_E_USAGE;
    }
    int64_t batch = info->input_shape.dim[0];
    if (s->files.count > 0 && s->args->common.positional.count - 1 > batch) {
        cli_fail(error, IG_E_USAGE, "--output and --tap write one inference, and there are more images than that");
        cli_expected(error, "at most %lld image(s), or a larger batch by --shape", (long long)batch);
        return IG_E_USAGE;
    }
    return IG_OK;
}

static ig_status open_answer(run_state *s, ig_error *error)
{
    const ig_shape *input = &s->m.info.input_shape;
    int64_t samples = s->args->tensor ? (input->rank > 0 ? input->dim[0] : 1) : s->args->common.positional.count - 1;
    return answer_open(&s->answer, &s->args->answer, &s->m.info, samples, error);
}

static ig_status open_all(run_state *s, ig_error *error)
{
    const common_args *common = &s->args->common;
    ig_status status = model_load_graph(s->a, common, common->positional.items[0], s->args->tensor, &s->m, error);
    if (!status)
        status = open_answer(s, error);
    if (!status)
        status = destinations_parse(&s->m, &s->args->output, &s->args->tap, &s->files, error);
    if (!status && !s->args->tensor)
        status = check_images(s, error);
    if (!status)
        status = model_load_weights(s->a, common, WEIGHTS_SHIPPED, &s->m, error);
    if (!status)
        status = model_alloc_outputs(&s->m, &s->outputs, error);
    if (!status)
        status = backend_open(s->a, backend_selection(common), &s->b, error);
    if (status)
        return status;
    /* Taps name values of the graph as described, so that graph runs; the reference always runs it. */
    engine_params params = {
        .optimize = !s->b.reference && s->files.n_taps == 0, .keep = s->files.taps, .n_keep = s->files.n_taps};
    return engine_open(s->a, &s->b, &s->m, &params, &s->e, error);
}

/* Files are written only when everything before succeeded. */
static ig_status run_all(run_state *s, ig_error *error)
{
    ig_status status = open_all(s, error);
    if (status)
        return status;
    answer_begin(&s->answer, (output_format)s->args->common.format, (int)s->args->top);
    status = s->args->tensor ? run_tensor(s, error) : run_images(s, error);
    ig_error ignored;
    ig_status printed = answer_end(&s->answer, status ? &ignored : error);
    if (status || printed)
        return status ? status : printed;
    if (s->bad_image_code)
        return IG_OK;
    status = destinations_write(&s->files, &s->e, s->outputs, error);
    return status ? status : answer_write(&s->answer, error);
}

static int run_run(app *a, const void *args)
{
    ig_error error;
    run_state s = {.a = a, .args = args};
    ig_status status = check_arguments(s.args, &error);
    if (!status)
        status = run_all(&s, &error);
    int code = app_finish(status, &error);
    feed_close(&s.feed);
    engine_close(&s.e);
    backend_close(&s.b);
    tensors_release(&s.outputs, s.m.info.n_outputs);
    destinations_release(&s.files);
    answer_release(&s.answer);
    model_release(&s.m);
    return code ? code : s.bad_image_code;
}

const command cmd_run = {
    .name = "run",
    .arguments = "MODEL [IMAGE...]",
    .brief = "Runs a network on images or on a tensor",
    .details = "Prints what the network is for: the best classes of each image, its boxes, the share of each class of\n"
               "pixels. --output and --tap write float32 .npy files, --mask and --image PNG, when all is well.\n",
    .examples = "  ingot run neu_resnet18 crazing_1.jpg scratches_2.jpg\n"
                "  ingot run resnet18 --weights seeded --tensor in.npy --output logits=out.npy\n"
                "  ingot run multitask --weights w.safetensors plate.jpg --conf 0.4 --mask classes.png --mask-color\n"
                "  ingot run mobilesteelnet --weights seeded --tensor in.npy --tap attention=att.npy --device ref\n",
    .common = COMMON_MODEL,
    .min_positional = 1,
    .max_positional = -1,
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .args_size = sizeof(run_args),
    .run = run_run,
};
