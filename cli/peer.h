/* A peer: another program that runs networks, asked to run one in a process of its own. */
#ifndef INGOT_CLI_PEER_H
#define INGOT_CLI_PEER_H

#include "cli/peer_host.h"

typedef struct peer_params {
    const peer_host *host;
    const char *name;  /* of those of the host */
    const char *model; /* a network of the zoo */
    const char *cache; /* folder for what it can make again; "": none */
    int threads;
} peer_params;

/* One network in a peer, ready to run one input. */
typedef struct peer {
    coprocess process;
    cJSON *ready;        /* what it said of itself */
    const char *version; /* in `ready`, as are the outputs' names */
    const char *device;  /* what it computes on */
    ig_tensor *outputs;  /* what it computes from the input */
    int n_outputs;
} peer;

/* Starts a zeroed peer and has it compute `input`. CLI_E_PEER, CANCELLED, IO, NO_MEMORY. Close with peer_close() in any
 * case. */
ig_status peer_open(app *a, const peer_params *params, const ig_tensor *input, peer *p, ig_error *error) IG_MUST_USE;
void peer_close(peer *p);
/* Runs that input `frames` times; `ms` gets the time of each. */
ig_status peer_run(peer *p, int frames, double *ms, ig_error *error) IG_MUST_USE;

#endif
