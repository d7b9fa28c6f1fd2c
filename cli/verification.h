/* Comparing what an engine computes with the plain C reference of the graph as described. */
#ifndef INGOT_CLI_VERIFICATION_H
#define INGOT_CLI_VERIFICATION_H

#include "cli/engine.h"

typedef void (*verification_report)(void *user, const ig_verify_item *item);

/* On a device: every value the plan still holds. On the reference: every value that the optimised graph still has, so
 * that the rewrites themselves are checked. `tolerance` 0: IG_VERIFY_TOLERANCE.
 * Error: VERIFY when a value is out of tolerance; `result` is filled all the same. */
ig_status verification_run(engine *e, double tolerance, verification_report report, void *user,
                           ig_verify_result *result, ig_error *error) IG_MUST_USE;

#endif
