/* A YAML subset as a document tree with line and column on every node.
 *
 * Strict on purpose: one document, mappings with unique plain-string keys, no anchors, aliases, tags or merge keys,
 * bounded size, depth and node count. Everything else is an error with file:line:col. */
#ifndef IG_YAML_YAML_H
#define IG_YAML_YAML_H

#include "base/arena.h"
#include "base/text.h"
#include "ingot/base.h"

typedef enum ig_yaml_kind { IG_YAML_SCALAR, IG_YAML_SEQUENCE, IG_YAML_MAPPING } ig_yaml_kind;

typedef struct ig_yaml ig_yaml;
struct ig_yaml {
    ig_yaml_kind kind;
    int line, column;  /* from 1 */
    const char *file;  /* shared by the whole document */
    const char *text;  /* scalar: its value; else NULL */
    bool quoted;       /* scalar was quoted or a block scalar: never null, bool or number */
    int count;         /* sequence items or mapping entries */
    ig_yaml **items;   /* sequence items, or mapping values */
    ig_yaml **keys;    /* mapping keys (scalars) */
    const char *words; /* scalar: what messages call it, see ig_yaml_kind_text() */
};

enum { IG_YAML_MAX_BYTES = 8 << 20, IG_YAML_MAX_DEPTH = 48, IG_YAML_MAX_NODES = 1 << 20, IG_YAML_MAX_SCALAR = 1 << 16 };

/* Parses `length` bytes; `file` names them in errors. The tree lives in `arena`. */
ig_status ig_yaml_parse(const char *bytes, size_t length, const char *file, ig_arena *arena, ig_yaml **out,
                        ig_error *error) IG_MUST_USE;
ig_status ig_yaml_read(const char *path, ig_arena *arena, ig_yaml **out, ig_error *error) IG_MUST_USE;

/* Typed access; each fills the error with the node's place, what was expected and what was found. */
const char *ig_yaml_kind_text(const ig_yaml *node);            /* "a mapping", "the text 'abc'", "nothing" */
ig_yaml *ig_yaml_get(const ig_yaml *mapping, const char *key); /* NULL when absent */
bool ig_yaml_is_null(const ig_yaml *node);                     /* NULL, empty, ~ or null */
ig_status ig_yaml_expect(const ig_yaml *node, ig_yaml_kind kind, const char *what, ig_error *error) IG_MUST_USE;
ig_status ig_yaml_string(const ig_yaml *node, const char *what, const char **out, ig_error *error) IG_MUST_USE;
ig_status ig_yaml_int(const ig_yaml *node, const char *what, int64_t min, int64_t max, int64_t *out,
                      ig_error *error) IG_MUST_USE;
ig_status ig_yaml_double(const ig_yaml *node, const char *what, double min, double max, double *out,
                         ig_error *error) IG_MUST_USE;
ig_status ig_yaml_bool(const ig_yaml *node, const char *what, bool *out, ig_error *error) IG_MUST_USE;
/* Index of the scalar's text in `names`, with the nearest one as a hint when absent. */
ig_status ig_yaml_choice(const ig_yaml *node, const char *what, const char *const *names, int count, int *out,
                         ig_error *error) IG_MUST_USE;
/* Every key must be one of `keys`; the error hints at the nearest. */
ig_status ig_yaml_check_keys(const ig_yaml *mapping, const char *what, const char *const *keys, int count,
                             ig_error *error) IG_MUST_USE;
/* A failure at a node's place. */
ig_status ig_yaml_fail(const ig_yaml *node, ig_error *error, const char *format, ...) IG_PRINTF(3, 4);

/* Emitter: appends `node` as block YAML, flow style for mappings and sequences of scalars that fit a line.
 * What it writes, ig_yaml_parse reads back to the same tree (places aside). */
void ig_yaml_emit(const ig_yaml *node, ig_text *out);

/* Building a tree to emit. NULL when memory is out. */
ig_yaml *ig_yaml_new_scalar(ig_arena *arena, const char *text);
ig_yaml *ig_yaml_new(ig_arena *arena, ig_yaml_kind kind);
ig_yaml *ig_yaml_new_text(ig_arena *arena, const char *text, size_t length, bool quoted);
bool ig_yaml_append(ig_arena *arena, ig_yaml *parent, ig_yaml *key, ig_yaml *child); /* key NULL in a sequence */
bool ig_yaml_add(ig_arena *arena, ig_yaml *parent, const char *key, ig_yaml *child); /* key NULL in a sequence */

#endif
