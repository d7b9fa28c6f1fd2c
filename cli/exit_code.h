/* The one table from what went wrong to the exit code of the process. */
#ifndef INGOT_CLI_EXIT_CODE_H
#define INGOT_CLI_EXIT_CODE_H

#include "ingot/base.h"

/* Outcomes only the command knows: an output file cannot be created, two plans differ, a peer is of no use. */
#define CLI_E_CANNOT_CREATE IG_STATUS_COUNT
#define CLI_E_DIFFERENT (IG_STATUS_COUNT + 1)
#define CLI_E_PEER (IG_STATUS_COUNT + 2)

int exit_code_of(ig_status status);
/* The table as `ingot help exit-codes` prints it. */
void exit_codes_print(void);

#endif
