/* What `doctor` looks at outside the library: ICD files, device nodes, the cache place. */
#ifndef INGOT_CLI_DOCTOR_CHECKS_H
#define INGOT_CLI_DOCTOR_CHECKS_H

#include "cli/table.h"

typedef enum check_result { CHECK_OK, CHECK_WARN, CHECK_FAIL } check_result;

/* Rows of the doctor's table. */
void check_add(table *t, const char *name, check_result result, const char *detail);

void check_icds(table *t);
void check_device_nodes(table *t);
void check_cache(table *t);

#endif
