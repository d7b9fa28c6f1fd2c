#include "cli/exit_code.h"

#include <stdio.h>

typedef struct exit_row {
    int code;
    ig_status status;
    const char *meaning;
} exit_row;

/* Ascending by code; the numbers from 64 on are those of sysexits.h. */
static const exit_row rows[] = {
    {0, IG_OK, "success"},
    {1, IG_E_VERIFY, "a verification failed: a result differs from the reference, or came sooner than the device can"},
    {1, CLI_E_DIFFERENT, "`diff` compared two plans, and they differ"},
    {64, IG_E_USAGE, "usage: unknown option, missing argument, value out of range"},
    {65, IG_E_DATA, "a model, weights, image or tensor file is malformed or does not fit"},
    {66, IG_E_NO_INPUT, "an input file or a model of that name does not exist"},
    {69, IG_E_NO_DEVICE, "no OpenCL device, none that matches, or several that match"},
    {69, IG_E_DEVICE, "the device or its driver failed, or refused to build a kernel"},
    {69, IG_E_UNSUPPORTED, "legal, but this version or this device cannot do it"},
    {69, CLI_E_PEER, "a peer of `bench --peers` is not there, failed, or did not answer in time"},
    {70, IG_E_INTERNAL, "a bug in ingot: please report it"},
    {71, IG_E_NO_MEMORY, "host or device memory ran out"},
    {73, CLI_E_CANNOT_CREATE, "an output file cannot be created where it was asked for"},
    {74, IG_E_IO, "reading or writing failed midway: full disk, closed pipe"},
    {77, IG_E_PERMISSION, "the system refused access"},
    {130, IG_E_CANCELLED, "interrupted (Ctrl-C)"},
};
enum { N_ROWS = sizeof rows / sizeof *rows, INTERNAL_CODE = 70 };

int exit_code_of(ig_status status)
{
    for (int i = 0; i < N_ROWS; i++)
        if (rows[i].status == status)
            return rows[i].code;
    return INTERNAL_CODE;
}

void exit_codes_print(void)
{
    printf("Exit codes (64 and above follow sysexits.h):\n\n");
    for (int i = 0; i < N_ROWS; i++)
        printf("  %3d  %s\n", rows[i].code, rows[i].meaning);
}
