/* How the programs of a test are built: CPUs spend these tests on compiling. Programs that link this need
 * -Wl,--wrap=ig_program_get. */
#ifndef IG_TESTS_PROGRAMS_H
#define IG_TESTS_PROGRAMS_H

#include <stdbool.h>
#include <stdint.h>

/* Whether the programs from now on are built without optimisation: in a fraction of the time, and they compute the
 * same. Enough for runs that repeat, in another shape or place, what was built as users build it. */
void programs_build_quickly(bool quick);

/* What has been built as users build it. */
typedef struct build_list {
    uint64_t seen[4096]; /* hashes; what no longer fits counts as new */
    int count;
} build_list;

/* False when `what` is on the list already. */
bool build_list_add(build_list *list, const char *what);

#endif
