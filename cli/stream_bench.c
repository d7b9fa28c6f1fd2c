/* `ingot bench --stream`: frames in flight against one frame after the other, in turn, from the same input. */
#include "cli/bench_row.h"

#include <math.h>
#include <string.h>

enum { ROUND_DEPTHS = 4 }; /* a round's frames, in depths of the stream: filling and emptying it count too */

const column stream_columns[STREAM_COLUMNS] = {
    BENCH_ROW_COLUMNS,
    {"depth", "depth", 0},
    {"frames", "frames", 0},
    {"rounds", "rounds", 0},
    {"single_fps", "single FPS", 4},
    {"stream_fps", "stream FPS", 4},
    {"speedup", "speed-up", 4},
    {"spread", "spread", 3},
    {"max_rel_error", "max rel error", 3},
    {"of_roof", NULL, 3},
    {"reduced", NULL, 0},
};

/* The row comes first: the bench's callbacks get both by one pointer. */
typedef struct stream_row {
    bench_row row;
    ig_stream *stream;
    int depth, frames; /* in flight, and of a round */
    ig_bench_pair pair;
} stream_row;

/* --- a round ------------------------------------------------------------------------------------------------------ */

static ig_status run_single(void *user, ig_error *error)
{
    stream_row *s = user;
    ig_status status = IG_OK;
    for (int i = 0; i < s->frames && !status; i++)
        status = engine_run(&s->row.e, &s->row.m.input, s->row.outputs, error);
    return status;
}

static ig_status collect_frame(stream_row *s, ig_error *error)
{
    ig_frame frame;
    ig_status status = ig_stream_collect(s->stream, IG_STREAM_BLOCK, &frame, error);
    ig_stream_release(s->stream);
    return status;
}

static ig_status run_stream(void *user, ig_error *error)
{
    stream_row *s = user;
    ig_status status = IG_OK;
    for (int i = 0; i < s->frames + s->depth && !status; i++) {
        if (i >= s->depth)
            status = collect_frame(s, error);
        if (!status && i < s->frames)
            status = ig_stream_submit(s->stream, &s->row.m.input, 0, error);
    }
    return status;
}

/* --- a row -------------------------------------------------------------------------------------------------------- */

static ig_status compare_outputs(const stream_row *s, const ig_frame *frame, ig_error *error)
{
    for (int i = 0; i < frame->n_outputs; i++) {
        const ig_tensor *single = &s->row.outputs[i];
        if (memcmp(frame->outputs[i].data, single->data,
                   (size_t)ig_shape_elems(&single->shape) * sizeof *single->data) != 0)
            return cli_fail(error, IG_E_VERIFY, "the stream's '%s' is not that of a single run", single->name);
    }
    return IG_OK;
}

/* What was verified is a single run; the stream must give its very numbers. */
static ig_status verify_stream(stream_row *s, ig_error *error)
{
    ig_frame frame;
    ig_status status = engine_run(&s->row.e, &s->row.m.input, s->row.outputs, error);
    if (!status)
        status = ig_stream_submit(s->stream, &s->row.m.input, 0, error);
    if (!status)
        status = ig_stream_collect(s->stream, IG_STREAM_BLOCK, &frame, error);
    if (!status)
        status = compare_outputs(s, &frame, error);
    ig_stream_release(s->stream);
    return status;
}

static ig_status time_rounds(app *a, const bench_args *args, const backend *b, stream_row *s, ig_error *error)
{
    ig_bench_params params = bench_row_params(a, args, b, &s->row);
    params.run = run_single;
    params.user = s;
    ig_status status = bench_row_time_pair(a, &s->row, &params, run_stream, &s->pair, error);
    const double fastest_ms = fmin(s->pair.first.median, s->pair.second.median) / s->frames;
    return status ? status : bench_row_hold(a, b, &s->row, fastest_ms, error);
}

static ig_status measure(app *a, const bench_args *args, const char *name, const backend *b, stream_row *s,
                         ig_error *error)
{
    if (b->reference)
        return cli_fail(error, IG_E_USAGE, "the plain C reference has no stream");
    ig_status status = bench_row_open(a, args, &args->common, name, b, &s->row, error);
    if (!status)
        status = ig_stream_create(s->row.e.session, &(ig_stream_params){.depth = s->depth}, &s->stream, error);
    if (!status)
        status = verify_stream(s, error);
    return status ? status : time_rounds(a, args, b, s, error);
}

static void add_row(table *t, const char *name, const backend *b, const stream_row *s, bool ok)
{
    const ig_shape *shape = &s->row.m.input.shape;
    const double images = s->frames * (shape->rank > 0 ? (double)shape->dim[0] : 1);
    bench_row_begin_line(t, name, &s->row, b, ok);
    table_int(t, s->depth);
    table_int(t, s->frames);
    if (ok) {
        table_int(t, s->pair.ratio.runs);
        table_real(t, images * 1e3 / s->pair.first.median);
        table_real(t, images * 1e3 / s->pair.second.median);
        table_real(t, s->pair.ratio.median);
        table_real(t, s->pair.ratio.spread);
        table_real(t, s->row.max_rel_error);
    }
    for (int i = 0; !ok && i < 6; i++) /* rounds .. max_rel_error */
        table_none(t);
    bench_row_add_roof(t, &s->row);
}

int bench_stream(bench_run *r, const char *name)
{
    ig_error error;
    const int depth = (int)r->args->depth;
    stream_row s = {.row = {.roofs = r->roofs}, .depth = depth, .frames = ROUND_DEPTHS * depth};
    ig_status status = measure(r->a, r->args, name, r->b, &s, &error);
    if (!status)
        status = bench_row_report(r, name, &s.row, &error);
    int code = app_finish(status, &error);
    if (status != IG_E_CANCELLED)
        add_row(&r->t, name, r->b, &s, status == IG_OK);
    ig_stream_destroy(&s.stream);
    bench_row_close(&s.row);
    return code;
}
