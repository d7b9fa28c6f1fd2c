/* The binary cache as files: what is stored comes back, and nothing else does. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/text.h"
#include "cl/internal.h"

static char folder[64];
static const char PAYLOAD[] = "not really a program\0but bytes";

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/ingot-cache-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static char *make_key(const char *driver, const char *source, const char *options)
{
    ig_device_limits limits = {.name = "dev", .vendor = "v", .platform = "p", .opencl_major = 1, .opencl_minor = 2};
    snprintf(limits.driver, sizeof limits.driver, "%s", driver);
    char *key = ig_cache_make_key(&limits, source, options);
    assert_non_null(key);
    return key;
}

static bool loads(const char *key)
{
    unsigned char *binary = NULL;
    size_t length = 0;
    bool found = ig_cache_load(folder, key, &binary, &length);
    if (found) {
        assert_int_equal(length, sizeof PAYLOAD);
        assert_memory_equal(binary, PAYLOAD, sizeof PAYLOAD);
    }
    free(binary);
    return found;
}

static void test_round_trip_and_keys(void **state)
{
    (void)state;
    char *key = make_key("1.0", "kernel", "-DA=1");
    assert_false(loads(key));
    assert_int_equal(ig_cache_store(folder, key, PAYLOAD, sizeof PAYLOAD, NULL), IG_OK);
    assert_true(loads(key));
    const char *const others[][3] = {
        {"1.1", "kernel", "-DA=1"}, {"1.0", "kernel ", "-DA=1"}, {"1.0", "kernel", "-DA=2"}, {"1.0", "kernel", ""}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        char *other = make_key(others[i][0], others[i][1], others[i][2]);
        char *path = ig_cache_make_path(folder, key), *other_path = ig_cache_make_path(folder, other);
        assert_string_not_equal(path, other_path);
        assert_false(loads(other));
        /* The right name over the wrong file: a hash collision, or a copied file. */
        assert_int_equal(rename(path, other_path), 0);
        assert_false(loads(other));
        assert_int_equal(rename(other_path, path), 0);
        free(path);
        free(other_path);
        free(other);
    }
    free(key);
}

static void test_damage_is_a_miss(void **state)
{
    (void)state;
    char *key = make_key("2.0", "kernel", ""), *path = ig_cache_make_path(folder, key), *good;
    size_t length;
    assert_int_equal(ig_cache_store(folder, key, PAYLOAD, sizeof PAYLOAD, NULL), IG_OK);
    assert_int_equal(ig_file_read(path, 1 << 20, &good, &length, NULL), IG_OK);
    for (size_t i = 0; i < length; i++) {
        good[i] ^= 0x20;
        assert_int_equal(ig_file_write(path, good, length, NULL), IG_OK);
        assert_false(loads(key));
        good[i] ^= 0x20;
        assert_int_equal(ig_file_write(path, good, i, NULL), IG_OK);
        assert_false(loads(key));
    }
    good[length] = 'x'; /* the terminator's place: one byte too many */
    assert_int_equal(ig_file_write(path, good, length + 1, NULL), IG_OK);
    assert_false(loads(key));
    assert_int_equal(ig_file_write(path, good, length, NULL), IG_OK);
    assert_true(loads(key));
    free(good);
    free(path);
    free(key);
}

static void test_store_makes_folders(void **state)
{
    (void)state;
    char deep[128];
    snprintf(deep, sizeof deep, "%s/a/b/c", folder);
    char *key = make_key("3.0", "kernel", "");
    assert_int_equal(ig_cache_store(deep, key, PAYLOAD, sizeof PAYLOAD, NULL), IG_OK);
    unsigned char *binary;
    size_t length;
    assert_true(ig_cache_load(deep, key, &binary, &length));
    free(binary);
    free(key);
}

static void test_hopeless_folders_fail_with_a_reason(void **state)
{
    (void)state;
    char under_file[160], file[128];
    snprintf(file, sizeof file, "%s/file", folder);
    assert_int_equal(ig_file_write(file, "x", 1, NULL), IG_OK);
    snprintf(under_file, sizeof under_file, "%s/cache", file);
    const char *const folders[] = {under_file, "/proc/ingot", "/dev/null"};
    char *key = make_key("4.0", "kernel", "");
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        ig_error error = {0};
        assert_int_not_equal(ig_cache_store(folders[i], key, PAYLOAD, sizeof PAYLOAD, &error), IG_OK);
        assert_true(error.message[0] != '\0');
        unsigned char *binary;
        size_t length;
        assert_false(ig_cache_load(folders[i], key, &binary, &length));
    }
    assert_int_not_equal(ig_cache_store(folder, key, PAYLOAD, 0, NULL), IG_OK);
    free(key);
}

static void test_full_disk_leaves_nothing(void **state)
{
    (void)state;
    char *key = make_key("5.0", "kernel", "");
    pid_t child = fork(); /* the limit stays with the process */
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){64, 64});
        ig_error error = {0};
        _exit(ig_cache_store(folder, key, PAYLOAD, sizeof PAYLOAD, &error) == IG_E_IO ? 0 : 1);
    }
    int result = 0;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(result, 0);
    assert_int_equal(rmdir(folder), 0); /* empty: no torn or temporary file */
    free(key);
}

static void make_older(const char *path, time_t seconds)
{
    struct timespec times[2];
    clock_gettime(CLOCK_REALTIME, &times[0]);
    times[0].tv_sec -= seconds;
    times[1] = times[0];
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* Stores one binary for `driver` and dates it `age` seconds before now. */
static void store_aged(const char *driver, int age)
{
    char *key = make_key(driver, "kernel", ""), *path = ig_cache_make_path(folder, key);
    assert_non_null(path);
    assert_int_equal(ig_cache_store(folder, key, PAYLOAD, sizeof PAYLOAD, NULL), IG_OK);
    make_older(path, age);
    free(path);
    free(key);
}

static bool driver_loads(const char *driver)
{
    char *key = make_key(driver, "kernel", "");
    bool found = loads(key);
    free(key);
    return found;
}

static void test_pruning_removes_the_oldest_binaries_only(void **state)
{
    (void)state;
    char other[128];
    snprintf(other, sizeof other, "%s/notes.txt", folder);
    assert_int_equal(ig_file_write(other, "mine", 4, NULL), IG_OK);
    store_aged("a", 30);
    store_aged("b", 10);
    store_aged("c", 20);
    char *key = make_key("a", "kernel", ""), *path = ig_cache_make_path(folder, key);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(ig_cache_prune(folder, 3 * info.st_size), 0);     /* it fits */
    assert_int_equal(ig_cache_prune(folder, 3 * info.st_size - 1), 1); /* down to under three quarters */
    assert_false(driver_loads("a"));
    assert_true(driver_loads("b") && driver_loads("c") && ig_file_exists(other));
    assert_int_equal(ig_cache_prune(folder, 0), 2);
    assert_true(ig_file_exists(other));
    assert_int_equal(ig_cache_prune("/nowhere/at/all", 0), 0);
    free(path);
    free(key);
}

static void test_pruning_removes_what_was_never_finished(void **state)
{
    (void)state;
    char old[128], young[128];
    snprintf(old, sizeof old, "%s/.ingot-1-0.tmp", folder);
    snprintf(young, sizeof young, "%s/.ingot-2-0.tmp", folder);
    assert_int_equal(ig_file_write(old, "half", 4, NULL), IG_OK);
    assert_int_equal(ig_file_write(young, "half", 4, NULL), IG_OK);
    make_older(old, 2 * 3600);
    assert_int_equal(ig_cache_prune(folder, 1 << 20), 0);
    assert_false(ig_file_exists(old));
    assert_true(ig_file_exists(young));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_round_trip_and_keys, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_damage_is_a_miss, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_store_makes_folders, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_pruning_removes_what_was_never_finished, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_hopeless_folders_fail_with_a_reason, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_full_disk_leaves_nothing, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_pruning_removes_the_oldest_binaries_only, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
