/* Running a model the same way on a device and on the plain C reference. */
#ifndef INGOT_CLI_ENGINE_H
#define INGOT_CLI_ENGINE_H

#include "cli/backend.h"
#include "cli/model.h"
#include "cli/progress.h"
#include "ingot/session.h"

typedef struct engine_params {
    bool optimize;             /* run what ig_graph_optimize() makes of the graph; else the graph as described */
    const pass_choice *passes; /* to leave out of that; NULL: as the model says */
    bool keep_all;             /* every value can be read after a run */
    const char *const *keep;   /* values that can be read after a run */
    int n_keep;
} engine_params;

typedef struct engine {
    app *a;
    const backend *b;
    const model *m;
    engine_params params;
    ig_graph *optimized;   /* NULL: none */
    const ig_graph *graph; /* the one that runs */
    ig_plan *plan;         /* NULL on the reference */
    ig_session *session;   /* NULL on the reference */
    ig_tensor *kept;       /* values of the last run on the reference; own names and data */
    int n_kept;
    bool ran;
} engine;

/* `a`, `b`, `m` and what `params` points to must outlive the engine. Release with engine_close() in any case. */
ig_status engine_open(app *a, const backend *b, const model *m, const engine_params *params, engine *e,
                      ig_error *error) IG_MUST_USE;
void engine_close(engine *e);

/* One inference. `outputs` as model_alloc_outputs() makes them; NULL: not wanted. */
ig_status engine_run(engine *e, const ig_tensor *input, ig_tensor *outputs, ig_error *error) IG_MUST_USE;
/* The first result is there: its time counts as the first run, from `begin_ns`. Only the first call counts. */
void engine_note_run(engine *e, int64_t begin_ns);
/* A kept value after a run. Own: ig_tensor_release(). */
ig_status engine_read(engine *e, const char *value, ig_tensor *out, ig_error *error) IG_MUST_USE;

#endif
