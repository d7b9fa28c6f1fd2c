/* Images on their way through the network, in batches: while one batch computes, the next is decoded into memory of its
 * own. The reference, and what fits into one batch, runs without a stream. */
#ifndef INGOT_CLI_FEED_H
#define INGOT_CLI_FEED_H

#include "cli/answer.h"
#include "cli/engine.h"
#include "ingot/stream.h"

typedef struct feed {
    engine *e;
    answer *answer;
    ig_tensor *outputs; /* of a batch without a stream */
    ig_stream *stream;  /* NULL: batches run one by one */
    ig_tensor input;    /* where the batch is that is being filled; NULL data: nowhere yet */
    float *own;         /* input memory without a stream */
    sample *samples;    /* per batch in flight and image in it */
    int *n_samples;     /* per batch in flight */
    uint64_t batch;     /* number of the one being filled */
    int64_t first_ns;   /* when the first was sent; 0: none was */
} feed;

/* What `e`, `a` and `outputs` point to must outlive the feed. Release with feed_close() in any case. */
ig_status feed_open(feed *f, engine *e, answer *a, ig_tensor *outputs, int64_t n_images, ig_error *error) IG_MUST_USE;
void feed_close(feed *f);

/* Room for the numbers of the next image; answers an older batch when there is none. */
ig_status feed_place(feed *f, float **place, ig_error *error) IG_MUST_USE;
/* The image in that room counts. A full batch is sent. */
ig_status feed_add(feed *f, const sample *image, ig_error *error) IG_MUST_USE;
/* No image follows: answers all that is under way. */
ig_status feed_end(feed *f, ig_error *error) IG_MUST_USE;

#endif
