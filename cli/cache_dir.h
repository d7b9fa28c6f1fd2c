/* Where the command keeps what it can make again: program binaries and remembered verdicts. */
#ifndef INGOT_CLI_CACHE_DIR_H
#define INGOT_CLI_CACHE_DIR_H

#include <stdbool.h>

enum { CACHE_PATH = 4096 };

/* $INGOT_CACHE_DIR, else $XDG_CACHE_HOME/ingot, else ~/.cache/ingot; false when none of them is set. */
bool cache_dir(char out[CACHE_PATH]);

#endif
