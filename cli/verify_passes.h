/* `ingot verify --each-pass`: a network with all passes, with none, and without each one that does something to it. */
#ifndef INGOT_CLI_VERIFY_PASSES_H
#define INGOT_CLI_VERIFY_PASSES_H

#include "cli/backend.h"
#include "cli/model.h"

/* Prints a row for each choice of passes. Error: VERIFY when a value of any is out of tolerance. */
ig_status verify_each_pass(app *a, const backend *b, const model *m, double tolerance, output_format format,
                           ig_error *error) IG_MUST_USE;

#endif
