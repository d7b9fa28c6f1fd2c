/* Small texts remembered in a folder: a file each, named by the hash of a key. The key stands at its beginning, so that
 * a hash that agrees by chance proves nothing. */
#ifndef INGOT_BENCH_KEYED_FILE_H
#define INGOT_BENCH_KEYED_FILE_H

#include "ingot/base.h"

enum { IG_KEYED_TEXT = 1024 };

/* Fills `text` with what was remembered under this very key; false when there is nothing, or it is damaged. Key and
 * text end in a newline. */
bool ig_keyed_read(const char *folder, const char *ending, const char *key, char text[IG_KEYED_TEXT]);
/* `folder` is created when missing; a key too long to write is not worth remembering. */
ig_status ig_keyed_write(const char *folder, const char *ending, const char *key, const char *text,
                         ig_error *error) IG_MUST_USE;

#endif
