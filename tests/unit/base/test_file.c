#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

typedef struct scratch {
    char folder[64];
    char path[128]; /* of a file in it */
} scratch;

static int enter(void **state)
{
    scratch *here = calloc(1, sizeof *here);
    if (!here)
        return -1;
    strcpy(here->folder, "/tmp/ingot-file-XXXXXX");
    if (!mkdtemp(here->folder))
        return -1;
    snprintf(here->path, sizeof here->path, "%s/file", here->folder);
    *state = here;
    return 0;
}

static int leave(void **state)
{
    scratch *here = *state;
    unlink(here->path);
    int result = rmdir(here->folder); /* fails when a test left something behind */
    free(here);
    return result;
}

static int count_files(const char *folder)
{
    int count = 0;
    DIR *list = opendir(folder);
    assert_non_null(list);
    for (struct dirent *entry = readdir(list); entry; entry = readdir(list))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(list);
    return count;
}

static void assert_content(const char *path, const char *expected, size_t expected_length)
{
    char *bytes;
    size_t length;
    assert_int_equal(ig_file_read(path, 1 << 20, &bytes, &length, NULL), IG_OK);
    assert_int_equal(length, expected_length);
    assert_memory_equal(bytes, expected, length);
    assert_int_equal(bytes[length], 0);
    free(bytes);
}

static void writes_and_reads(void **state)
{
    const scratch *here = *state;
    assert_false(ig_file_exists(here->path));
    assert_int_equal(ig_file_write(here->path, "one\0two", 7, NULL), IG_OK);
    assert_true(ig_file_exists(here->path));
    assert_content(here->path, "one\0two", 7);
    assert_int_equal(chmod(here->path, 0640), 0);
    assert_int_equal(ig_file_write(here->path, NULL, 0, NULL), IG_OK);
    assert_content(here->path, "", 0);
    struct stat info;
    assert_int_equal(stat(here->path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0640);
    assert_int_equal(count_files(here->folder), 1);
}

static void refuses_large_files(void **state)
{
    const scratch *here = *state;
    char *bytes;
    size_t length;
    ig_error error;
    assert_int_equal(ig_file_write(here->path, "12345", 5, NULL), IG_OK);
    assert_int_equal(ig_file_read(here->path, 4, &bytes, &length, &error), IG_E_DATA);
    assert_string_equal(error.file, here->path);
    assert_string_equal(error.found, "5 bytes");
    assert_int_equal(ig_file_read(here->path, 5, &bytes, &length, &error), IG_OK);
    free(bytes);
}

static void refuses_what_is_no_file(void **state)
{
    const scratch *here = *state;
    char *bytes;
    size_t length;
    ig_error error;
    assert_int_equal(ig_file_read(here->path, 10, &bytes, &length, &error), IG_E_NO_INPUT);
    assert_int_equal(ig_file_read(here->folder, 10, &bytes, &length, &error), IG_E_DATA);
    assert_string_equal(error.found, "a directory");
    assert_int_equal(mkfifo(here->path, 0600), 0);
    assert_int_equal(ig_file_read(here->path, 10, &bytes, &length, &error), IG_E_DATA); /* and does not hang */
    assert_string_equal(error.found, "a pipe");
    assert_int_equal(ig_file_write(here->path, "x", 1, &error), IG_E_IO);
    assert_int_equal(ig_file_write(here->folder, "x", 1, &error), IG_E_IO);
    assert_int_equal(ig_file_write("/dev/null", "x", 1, &error), IG_E_IO);
    struct stat info;
    assert_true(stat("/dev/null", &info) == 0 && S_ISCHR(info.st_mode));
}

static void reports_a_missing_folder(void **state)
{
    const scratch *here = *state;
    char path[256];
    ig_error error;
    snprintf(path, sizeof path, "%s/none/file", here->folder);
    assert_int_equal(ig_file_write(path, "x", 1, &error), IG_E_IO);
    assert_string_equal(error.file, path);
    assert_int_equal(ig_file_write("", "x", 1, &error), IG_E_IO);
}

static void reports_missing_rights(void **state)
{
    const scratch *here = *state;
    if (geteuid() == 0) {
        print_message("skipped: the superuser may write anywhere\n");
        skip();
    }
    assert_int_equal(chmod(here->folder, 0500), 0);
    assert_int_equal(ig_file_write(here->path, "x", 1, NULL), IG_E_PERMISSION);
    assert_int_equal(chmod(here->folder, 0700), 0);
}

/* A file-size limit stands in for a full disk: the write fails midway. */
static void leaves_the_old_file_when_writing_fails(void **state)
{
    const scratch *here = *state;
    size_t size = 1 << 16;
    char *bytes = calloc(size, 1);
    assert_non_null(bytes);
    assert_int_equal(ig_file_write(here->path, "old", 3, NULL), IG_OK);
    struct rlimit before, limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 4096;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    ig_error error;
    ig_status status = ig_file_write(here->path, bytes, size, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, IG_E_IO);
    assert_string_equal(error.file, here->path);
    assert_content(here->path, "old", 3);
    assert_int_equal(count_files(here->folder), 1);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(writes_and_reads, enter, leave),
        cmocka_unit_test_setup_teardown(refuses_large_files, enter, leave),
        cmocka_unit_test_setup_teardown(refuses_what_is_no_file, enter, leave),
        cmocka_unit_test_setup_teardown(reports_a_missing_folder, enter, leave),
        cmocka_unit_test_setup_teardown(reports_missing_rights, enter, leave),
        cmocka_unit_test_setup_teardown(leaves_the_old_file_when_writing_fails, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
