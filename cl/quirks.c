/* The one table of what is peculiar to drivers and device families. A row earns a flag only from a defect that was
 * seen; defects that ingot detects by itself (event stamps out of order, work-groups that do not fit a kernel) need
 * none. */
#include "cl/internal.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

typedef struct quirk_row {
    const char *platform, *vendor, *name; /* parts to find, case ignored; NULL matches all */
    const char *family;
    bool host_timer; /* its event stamps are wrong in a way that the stamp check cannot see; no row needs it so far */
    bool whole_buffers; /* sub-buffers do not work */
} quirk_row;

/* The first row that matches wins, so software drivers come before the vendor whose processor they run on. */
static const quirk_row QUIRKS[] = {
    /* PoCL runs on any CPU and names the CPU's maker as vendor. Stamps are host times of the worker threads: good. */
    {"Portable Computing Language", "NVIDIA", NULL, "nvidia"}, /* its CUDA devices */
    {"Portable Computing Language", NULL, NULL, "pocl-cpu"},
    /* An interpreter: good for finding races and bounds errors, but its speed says nothing about any hardware. Its
     * record of what is initialised forgets a buffer once a kernel writes to another window of it (seen with 21.10);
     * whole buffers also let it see an access that leaves one tensor for its neighbour. */
    {"Oclgrind", NULL, NULL, "oclgrind", false, true},
    {NULL, NULL, "Oclgrind", "oclgrind", false, true},
    {NULL, "NVIDIA", NULL, "nvidia"},
    /* ROCm says "Advanced Micro Devices, Inc.", Mesa (Clover, rusticl) "AMD". No flag for the 780M's absurd stamps
     * (darktable issue 21122): the stamp check catches them, and other drivers of that device are fine. */
    {NULL, "Advanced Micro Devices", NULL, "amd"},
    {NULL, "AMD", NULL, "amd"},
    {NULL, NULL, "gfx1", "amd"},
    {NULL, NULL, "Radeon", "amd"},
    /* Intel's CPU runtime shares the vendor string with the GPUs, but tunes as a CPU. */
    {"Intel(R) CPU Runtime", NULL, NULL, "intel-cpu"},
    {"Intel", "Intel", "CPU", "intel-cpu"},
    {NULL, "Intel", NULL, "intel"},
    /* Arm and Mesa (panfrost) both name the GPU "Mali-...". Local memory there is ordinary memory behind the cache. */
    {NULL, NULL, "Mali", "mali"},
    {"ARM Platform", NULL, NULL, "mali"},
    /* Qualcomm's driver names the device "QUALCOMM Adreno(TM)", Mesa's "FD630" of vendor "Qualcomm". */
    {NULL, NULL, "Adreno", "adreno"},
    {NULL, "QUALCOMM", NULL, "adreno"},
};

bool ig_cl_contains_nocase(const char *text, const char *part)
{
    for (; *text; text++) {
        size_t i = 0;
        while (part[i] && tolower((unsigned char)text[i]) == tolower((unsigned char)part[i]))
            i++;
        if (!part[i])
            return true;
    }
    return !*part;
}

static bool part_matches(const char *text, const char *part)
{
    return !part || ig_cl_contains_nocase(text, part);
}

void ig_device_apply_quirks(ig_device_limits *limits)
{
    snprintf(limits->family, sizeof limits->family, "generic");
    limits->host_timer = limits->whole_buffers = false;
    for (size_t i = 0; i < sizeof QUIRKS / sizeof QUIRKS[0]; i++) {
        const quirk_row *row = &QUIRKS[i];
        if (!part_matches(limits->platform, row->platform) || !part_matches(limits->vendor, row->vendor) ||
            !part_matches(limits->name, row->name))
            continue;
        snprintf(limits->family, sizeof limits->family, "%s", row->family);
        limits->host_timer = row->host_timer;
        limits->whole_buffers = row->whole_buffers;
        return;
    }
}
