/* Strings: a growable builder, spelling distance for hints, small parsers that check their whole input, files. */
#ifndef IG_BASE_TEXT_H
#define IG_BASE_TEXT_H

#include "ingot/base.h"

#include <string.h>

/* For names that are looked up often: most differ in the first character, and then no call is needed. */
static inline bool ig_text_equal(const char *a, const char *b)
{
    return a[0] == b[0] && strcmp(a, b) == 0;
}

/* A growable string. Zero-initialise; check `failed` once at the end (memory ran out). */
typedef struct ig_text {
    char *data; /* always terminated once anything was added; NULL before */
    size_t length, capacity;
    bool failed;
} ig_text;

void ig_text_add(ig_text *text, const char *format, ...) IG_PRINTF(2, 3);
void ig_text_add_bytes(ig_text *text, const char *bytes, size_t length);
const char *ig_text_get(const ig_text *text); /* never NULL */
void ig_text_release(ig_text *text);

/* The shortest decimal that reads back to the same double, or to the same float; false when memory runs out. */
enum { IG_DOUBLE_TEXT = 32 };
bool ig_text_from_double(double value, bool single, char out[IG_DOUBLE_TEXT]);

/* The parsers of whole strings, the nearest word and the atomic write are public: ingot/base.h. */

/* Reads a whole regular file of at most `max_bytes`; `*out` is malloc'ed, with a terminating NUL beyond `*length`.
 * NO_INPUT, PERMISSION, DATA (too large, not a regular file), NO_MEMORY. */
ig_status ig_file_read(const char *path, size_t max_bytes, char **out, size_t *length, ig_error *error) IG_MUST_USE;
bool ig_file_exists(const char *path);

#endif
