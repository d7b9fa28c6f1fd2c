/* The Python that peers run in, which of them it has, and how a peer is asked. bench/peers/peer.py is the other side.
 */
#ifndef INGOT_CLI_PEER_HOST_H
#define INGOT_CLI_PEER_HOST_H

#include "cli/coprocess.h"

#include <cJSON.h>

enum { PEER_PATH = 4096, PEER_NAME = 32, PEER_MAX = 8 };

typedef struct peer_host {
    char python[PEER_PATH];
    const char *script;
    double limit_s; /* patience with each answer */
    char names[PEER_MAX][PEER_NAME];
    int n_names;
} peer_host;

/* What --peers names, a virtual environment or a Python, and the peers it has; of them the one that `only` (NULL: all)
 * names. The script is $INGOT_PEERS, else that of the source tree. NO_INPUT, PERMISSION, USAGE, CLI_E_PEER, CANCELLED.
 */
ig_status peer_host_open(app *a, const char *venv, const char *only, double limit_s, peer_host *out,
                         ig_error *error) IG_MUST_USE;

/* One request, as in coprocess_ask(), and its answer: an object that has `key`. Own: cJSON_Delete(). CLI_E_PEER when it
 * is another, or tells of an error. */
ig_status peer_ask(coprocess *c, const char *request, const char *key, cJSON **out, ig_error *error) IG_MUST_USE;
/* CLI_E_PEER: the last answer lacks what was expected. */
ig_status peer_fail_answer(const coprocess *c, const char *expected, ig_error *error);
/* A member that is a text; else NULL. */
const char *peer_text(const cJSON *object, const char *key);

#endif
