#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/error.h"

static void names_every_status(void **state)
{
    (void)state;
    for (int i = 0; i < IG_STATUS_COUNT; i++) {
        for (int k = 0; k < i; k++)
            assert_string_not_equal(ig_status_name((ig_status)i), ig_status_name((ig_status)k));
    }
    assert_string_equal(ig_status_name(IG_E_DATA), "data");
    assert_string_equal(ig_status_name(IG_STATUS_COUNT), "unknown");
    assert_string_equal(ig_status_name((ig_status)-1), "unknown");
    assert_string_equal(ig_version(), IG_VERSION);
}

static void formats_all_lines(void **state)
{
    (void)state;
    ig_error error;
    char text[1024];
    assert_int_equal(ig_fail(&error, IG_E_DEVICE, "the kernel does not build"), IG_E_DEVICE);
    ig_error_where(&error, "a.cl", 3, 7);
    ig_error_expected(&error, "%d things", 2);
    ig_error_found(&error, "one");
    ig_error_hint(&error, "add one");
    ig_error_log(&error, "first\nsecond\n");
    strcpy(error.cl_name, "CL_BUILD_PROGRAM_FAILURE");
    static const char WHOLE[] = "a.cl:3:7: error: the kernel does not build\n"
                                "  expected: 2 things\n"
                                "  found: one\n"
                                "  hint: add one\n"
                                "  OpenCL: CL_BUILD_PROGRAM_FAILURE\n"
                                "  build log:\n"
                                "    first\n"
                                "    second\n";
    assert_int_equal(ig_error_format(&error, text, sizeof text), strlen(WHOLE));
    assert_string_equal(text, WHOLE);
    for (size_t size = 0; size <= sizeof WHOLE; size++) {
        memset(text, 'x', sizeof text);
        assert_int_equal(ig_error_format(&error, text, size), strlen(WHOLE));
        if (size > 0) {
            assert_int_equal(strlen(text), size - 1);
            assert_memory_equal(text, WHOLE, size - 1);
        }
        assert_int_equal(text[size], 'x');
    }
    assert_int_equal(ig_error_format(&error, NULL, 0), strlen(WHOLE));
}

static void formats_what_is_known(void **state)
{
    (void)state;
    ig_error error;
    char text[256];
    (void)ig_fail(&error, IG_E_DATA, "bad");
    ig_error_format(&error, text, sizeof text);
    assert_string_equal(text, "error: bad\n");
    ig_error_where(&error, "file", 0, 0);
    ig_error_format(&error, text, sizeof text);
    assert_string_equal(text, "file: error: bad\n");
    ig_error_where(&error, NULL, 2, 5);
    ig_error_format(&error, text, sizeof text);
    assert_string_equal(text, "2:5: error: bad\n");
    ig_error_where(&error, "file", 2, 0);
    ig_error_format(&error, text, sizeof text);
    assert_string_equal(text, "file:2: error: bad\n");
}

static void accepts_no_error(void **state)
{
    (void)state;
    assert_int_equal(ig_fail(NULL, IG_E_IO, "x"), IG_E_IO);
    assert_int_equal(ig_fail_memory(NULL, 1), IG_E_NO_MEMORY);
    ig_error_where(NULL, "x", 1, 1);
    ig_error_expected(NULL, "x");
    ig_error_found(NULL, "x");
    ig_error_hint(NULL, "x");
    ig_error_log(NULL, "x");
}

/* A second failure must not keep parts of the first. */
static void starts_afresh(void **state)
{
    (void)state;
    ig_error error;
    (void)ig_fail(&error, IG_E_DATA, "one");
    ig_error_hint(&error, "old");
    ig_error_where(&error, "old", 1, 1);
    (void)ig_fail(&error, IG_E_IO, "two");
    assert_string_equal(error.hint, "");
    assert_string_equal(error.file, "");
    assert_int_equal(error.status, IG_E_IO);
}

static void cuts_and_cleans_text(void **state)
{
    (void)state;
    ig_error error;
    char large[2 * IG_ERROR_LOG];
    memset(large, 'a', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    (void)ig_fail(&error, IG_E_DATA, "%s", large);
    assert_int_equal(strlen(error.message), IG_ERROR_TEXT - 1);
    assert_string_equal(error.message + IG_ERROR_TEXT - 4, "...");
    for (size_t i = 0; i + 2 < sizeof large; i += 2)
        memcpy(large + i, "\xC3\xA9", 2);
    (void)ig_fail(&error, IG_E_DATA, "%s", large);
    size_t length = strlen(error.message);
    assert_string_equal(error.message + length - 3, "...");
    assert_int_equal((length - 3) % 2, 0); /* no half character before the dots */
    (void)ig_fail(&error, IG_E_DATA, "a%cb%c[2Jc", '\n', 27);
    assert_string_equal(error.message, "a?b?[2Jc");
    strcpy(large + sizeof large - 8, "the end");
    ig_error_log(&error, large);
    assert_int_equal(strlen(error.log), IG_ERROR_LOG - 1);
    assert_string_equal(error.log + IG_ERROR_LOG - 8, "the end");
}

static void maps_errno(void **state)
{
    (void)state;
    static const struct {
        int code;
        const char *doing;
        ig_status status;
    } CASES[] = {
        {ENOENT, "read", IG_E_NO_INPUT},   {ENOENT, "open", IG_E_NO_INPUT},
        {ENOENT, "write", IG_E_IO},        {EACCES, "read", IG_E_PERMISSION},
        {EROFS, "write", IG_E_PERMISSION}, {ENOSPC, "write", IG_E_IO},
        {ENOMEM, "read", IG_E_NO_MEMORY},  {EIO, "read", IG_E_IO},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ig_error error;
        errno = CASES[i].code;
        assert_int_equal(ig_fail_errno(&error, CASES[i].doing, "the/path"), CASES[i].status);
        assert_string_equal(error.file, "the/path");
        assert_non_null(strstr(error.message, CASES[i].doing));
    }
}

static void keep_line(void *user, ig_log_level level, const char *text)
{
    assert_int_equal(level, IG_LOG_NOTE);
    strcpy(user, text);
}

static void logs_when_asked(void **state)
{
    (void)state;
    char line[64] = "";
    ig_log log = {keep_line, line}, silent = {NULL, line};
    ig_log_write(NULL, IG_LOG_NOTE, "x");
    ig_log_write(&silent, IG_LOG_NOTE, "x");
    assert_string_equal(line, "");
    ig_log_write(&log, IG_LOG_NOTE, "%d of %d", 1, 2);
    assert_string_equal(line, "1 of 2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_every_status),
        cmocka_unit_test(formats_all_lines),
        cmocka_unit_test(formats_what_is_known),
        cmocka_unit_test(accepts_no_error),
        cmocka_unit_test(starts_afresh),
        cmocka_unit_test(cuts_and_cleans_text),
        cmocka_unit_test(maps_errno),
        cmocka_unit_test(logs_when_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
