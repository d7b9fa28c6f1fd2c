#include "cli/feed.h"

#include <stdlib.h>
#include <string.h>

static int64_t batch_images(const feed *f)
{
    return f->e->m->info.input_shape.dim[0];
}

static sample *samples_of(const feed *f, uint64_t batch)
{
    return &f->samples[(int64_t)(batch % IG_STREAM_DEPTH) * batch_images(f)];
}

static int *count_of(const feed *f, uint64_t batch)
{
    return &f->n_samples[batch % IG_STREAM_DEPTH];
}

ig_status feed_open(feed *f, engine *e, answer *a, ig_tensor *outputs, int64_t n_images, ig_error *error)
{
    const ig_graph_info *info = &e->m->info;
    *f = (feed){.e = e, .answer = a, .outputs = outputs};
    f->samples = calloc((size_t)batch_images(f) * IG_STREAM_DEPTH, sizeof *f->samples);
    f->n_samples = calloc(IG_STREAM_DEPTH, sizeof *f->n_samples);
    if (!f->samples || !f->n_samples)
        return cli_fail_memory(error);
    if (e->session && n_images > batch_images(f))
        return ig_stream_create(e->session, &(ig_stream_params){.depth = IG_STREAM_DEPTH}, &f->stream, error);
    f->own = calloc((size_t)ig_shape_elems(&info->input_shape), sizeof *f->own);
    f->input = (ig_tensor){.name = info->input_name, .shape = info->input_shape, .data = f->own};
    return f->own ? IG_OK : cli_fail_memory(error);
}

void feed_close(feed *f)
{
    ig_stream_destroy(&f->stream);
    free(f->own);
    free(f->samples);
    free(f->n_samples);
}

static ig_status answer_batch(feed *f, uint64_t batch, const ig_tensor *outputs, ig_error *error)
{
    ig_status status = IG_OK;
    for (int i = 0; i < *count_of(f, batch) && !status; i++)
        status = answer_add(f->answer, &samples_of(f, batch)[i], outputs, i, error);
    *count_of(f, batch) = 0;
    return status;
}

/* Answers the oldest batch in the stream; `*more` is false when there is none. */
static ig_status answer_oldest(feed *f, bool *more, ig_error *error)
{
    ig_frame frame;
    ig_status status = ig_stream_collect(f->stream, IG_STREAM_BLOCK, &frame, error);
    *more = !status && frame.state == IG_FRAME_DONE;
    if (!*more)
        return status;
    engine_note_run(f->e, f->first_ns);
    status = answer_batch(f, frame.tag, frame.outputs, error);
    ig_stream_release(f->stream);
    return status;
}

ig_status feed_place(feed *f, float **place, ig_error *error)
{
    ig_status status = IG_OK;
    bool more = true;
    while (!f->input.data && more && !status) {
        status = ig_stream_acquire(f->stream, IG_STREAM_POLL, &f->input, error);
        if (!status && !f->input.data)
            status = answer_oldest(f, &more, error);
    }
    const int64_t image = ig_shape_elems(&f->e->m->info.input_shape) / batch_images(f);
    *place = status ? NULL : f->input.data + *count_of(f, f->batch) * image;
    return status;
}

static ig_status send_batch(feed *f, ig_error *error)
{
    const uint64_t batch = f->batch++;
    if (!f->stream) {
        ig_status status = engine_run(f->e, &f->input, f->outputs, error);
        return status ? status : answer_batch(f, batch, f->outputs, error);
    }
    if (!f->first_ns)
        f->first_ns = clock_ns();
    f->input.data = NULL;
    return ig_stream_commit(f->stream, batch, error);
}

ig_status feed_add(feed *f, const sample *image, ig_error *error)
{
    int *count = count_of(f, f->batch);
    samples_of(f, f->batch)[(*count)++] = *image;
    return *count == batch_images(f) ? send_batch(f, error) : IG_OK;
}

/* What is left of an unfilled batch is made zeros: no number may come from nowhere. */
static void clear_rest(feed *f)
{
    const int64_t image = ig_shape_elems(&f->input.shape) / batch_images(f), taken = *count_of(f, f->batch) * image;
    memset(f->input.data + taken, 0, (size_t)(ig_shape_elems(&f->input.shape) - taken) * sizeof *f->input.data);
}

ig_status feed_end(feed *f, ig_error *error)
{
    ig_status status = IG_OK;
    if (f->input.data && *count_of(f, f->batch) > 0) { /* else an older batch is still counted there */
        clear_rest(f);
        status = send_batch(f, error);
    }
    if (status || !f->stream)
        return status;
    ig_stream_end(f->stream);
    for (bool more = true; more && !status;)
        status = answer_oldest(f, &more, error);
    return status;
}
