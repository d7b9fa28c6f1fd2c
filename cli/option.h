/* Command-line options: one table gives the parser, the help text and the hint at a mistyped name. */
#ifndef INGOT_CLI_OPTION_H
#define INGOT_CLI_OPTION_H

#include "ingot/base.h"

typedef enum option_kind {
    OPTION_FLAG,   /* bool */
    OPTION_TEXT,   /* const char * */
    OPTION_LIST,   /* text_list; the option may be repeated */
    OPTION_INT,    /* int64_t within min .. max */
    OPTION_REAL,   /* double above zero */
    OPTION_SHAPE,  /* ig_shape */
    OPTION_CHOICE, /* int: index into `choices` */
    OPTION_KIND_COUNT
} option_kind;

typedef struct option {
    const char *name;    /* without the dashes */
    const char *metavar; /* what stands for the value in the help text; NULL for a flag */
    const char *help;
    option_kind kind;
    size_t offset;      /* of the value in the arguments' struct */
    const char *preset; /* value when the option is not given; NULL leaves zero */
    int64_t min, max;   /* OPTION_INT */
    const char *const *choices;
} option;

/* Texts borrowed from argv. */
typedef struct text_list {
    const char **items;
    int count;
} text_list;

bool text_list_add(text_list *list, const char *item);

typedef struct option_table {
    const char *title;
    const option *options;
    int count;
} option_table;

enum { OPTION_TABLES = 2 };

/* All options of one command. Offsets of every table count from the same struct. */
typedef struct option_set {
    option_table tables[OPTION_TABLES];
    size_t positional; /* offset of the text_list of other arguments */
} option_set;

/* Fills `args` (zeroed by the caller) from presets and argv[0 .. argc-1].
 * USAGE with the nearest option as a hint, NO_MEMORY. Release with options_release() in any case. */
ig_status options_parse(const option_set *set, int argc, char **argv, void *args, ig_error *error) IG_MUST_USE;
void options_release(const option_set *set, void *args);
void options_print(const option_set *set);

#endif
