/* Which device a person means. A choice that is not exact is an error, never a guess: a program that quietly runs on
 * the wrong device costs more than one that stops. */
#include "base/text.h"
#include "cl/internal.h"

#include <stdio.h>
#include <string.h>

static void list_candidates(ig_text *text, const ig_device_info *list, int count, const bool *chosen)
{
    for (int i = 0; i < count; i++) {
        if (!chosen || chosen[i])
            ig_text_add(text, "%s%s '%s'", text->length ? ", " : "", list[i].id, list[i].limits.name);
    }
}

static ig_status fail_none(ig_error *error)
{
    ig_status status = ig_fail(error, IG_E_NO_DEVICE, "no OpenCL device was found");
    ig_error_expected(error, "at least one driver registered with the OpenCL loader, in /etc/OpenCL/vendors/*.icd");
    ig_error_hint(error, "install the driver of your GPU, or PoCL to run on the CPU (package pocl-opencl-icd); "
                         "a GPU may also need its user in the groups 'render' and 'video'");
    return status;
}

static ig_status fail_choice(const ig_device_info *list, int count, const char *select, const bool *chosen,
                             int n_chosen, ig_error *error)
{
    ig_text names = {0};
    list_candidates(&names, list, count, n_chosen > 0 ? chosen : NULL);
    ig_status status = n_chosen > 0 ? ig_fail(error, IG_E_NO_DEVICE, "%d devices match '%s'", n_chosen, select)
                                    : ig_fail(error, IG_E_NO_DEVICE, "no device matches '%s'", select);
    ig_error_expected(error, "an id such as %s, an index below %d, or a part of one device's name", list[0].id, count);
    ig_error_found(error, "%s: %s", n_chosen > 0 ? "matching" : "present", ig_text_get(&names));
    ig_error_hint(error, "name one of these by its id: %s", ig_text_get(&names));
    ig_text_release(&names);
    return status;
}

static int default_device(const ig_device_info *list, int count)
{
    for (int i = 0; i < count; i++) {
        if (list[i].limits.type == IG_DEVICE_GPU)
            return i;
    }
    return 0;
}

static bool is_digits(const char *text)
{
    return *text && strspn(text, "0123456789") == strlen(text);
}

typedef enum match_pass { MATCH_NAME, MATCH_OWNER, MATCH_PASSES } match_pass;

static bool device_matches(const ig_device_limits *limits, const char *part, match_pass pass)
{
    if (pass == MATCH_NAME)
        return ig_cl_contains_nocase(limits->name, part);
    return ig_cl_contains_nocase(limits->platform, part) || ig_cl_contains_nocase(limits->vendor, part);
}

/* Names first; platform and vendor ("pocl", "nvidia") only when no name has the part. */
static ig_status select_by_name(const ig_device_info *list, int count, const char *select, int *index, ig_error *error)
{
    enum { MAX_LISTED = 64 };
    bool chosen[MAX_LISTED] = {false};
    int limit = count < MAX_LISTED ? count : MAX_LISTED, n = 0;
    for (int pass = MATCH_NAME; pass < MATCH_PASSES && n == 0; pass++) {
        for (int i = 0; i < limit; i++) {
            chosen[i] = device_matches(&list[i].limits, select, (match_pass)pass);
            if (chosen[i]) {
                *index = i;
                n++;
            }
        }
    }
    return n == 1 ? IG_OK : fail_choice(list, limit, select, chosen, n, error);
}

ig_status ig_cl_select_device(const ig_device_info *list, int count, const char *select, int *index, ig_error *error)
{
    if (count <= 0)
        return fail_none(error);
    if (!select || !*select) {
        *index = default_device(list, count);
        return IG_OK;
    }
    for (int i = 0; i < count; i++) {
        if (strcmp(list[i].id, select) == 0) {
            *index = i;
            return IG_OK;
        }
    }
    /* Digits are always an index, never a part of a name: "3" must not fall through to a "Graphics 630". */
    int64_t number;
    if (is_digits(select)) {
        if (!ig_text_to_int(select, &number) || number < 0 || number >= count)
            return fail_choice(list, count, select, NULL, 0, error);
        *index = (int)number;
        return IG_OK;
    }
    return select_by_name(list, count, select, index, error);
}
