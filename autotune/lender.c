/* Whose records a device takes of whose family there are none. */
#include "autotune/db.h"

#include "ingot/probe.h"

#include <stdio.h>
#include <string.h>

/* Without a common family, and without measured roofs, likenesses reach 0.56 at most (ingot/probe.h). */
static const double SURE = 0.5;

/* Of any problem: a few problems that were tuned say nothing of the other kernels. */
static bool has_records(const ig_tune_db *db, const char *family)
{
    for (int i = 0; i < db->count; i++)
        if (db->records[i].problem.count == 0 && strcmp(db->records[i].device->family, family) == 0)
            return true;
    return false;
}

ig_status ig_tune_find_lender(const ig_tune_db *db, const ig_device_limits *limits, char lender[IG_DEVICE_TEXT],
                              ig_error *error)
{
    ig_profile_match match;
    ig_device_limits profile;
    lender[0] = '\0';
    if (!db || db->count == 0 || has_records(db, limits->family))
        return IG_OK;
    ig_status status = ig_device_nearest_profile(limits, NULL, &match, error);
    if (status || match.confidence < SURE)
        return status;
    status = ig_device_limits_shipped(match.profile, &profile, error);
    /* How work is shared out among work-items hangs on these two. */
    if (!status && profile.type == limits->type && profile.local_is_cache == limits->local_is_cache)
        snprintf(lender, IG_DEVICE_TEXT, "%s", match.family);
    return status;
}
