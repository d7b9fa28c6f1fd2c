/* Shared by the files of the self-test only. */
#ifndef IG_CL_SELFTEST_H
#define IG_CL_SELFTEST_H

#include "cl/internal.h"

enum { IG_SELFTEST_ITEMS = 1024 };

typedef struct ig_selftest {
    ig_device *device;
    ig_program *program;
    ig_buffer *in, *out; /* IG_SELFTEST_ITEMS numbers each */
    int32_t host_in[IG_SELFTEST_ITEMS], host_out[IG_SELFTEST_ITEMS];
} ig_selftest;

/* Each fills `passed`, `warning` and `detail`; an error means that the device failed outright. */
ig_status ig_selftest_group(ig_selftest *test, ig_selftest_item *item, ig_error *error);
ig_status ig_selftest_timer(ig_selftest *test, ig_selftest_item *item, ig_error *error);

#endif
