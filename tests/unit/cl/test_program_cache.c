/* Programs through the binary cache: whatever the folder is like, the kernel runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/text.h"
#include "cl/internal.h"

/* The table makes the binary large: see test_full_disk_still_serves_and_warns. */
static const char SOURCE[] = "__constant int table[1 << 19] = {7};\n"
                             "__kernel void twice(__global int *x)\n"
                             "{\n"
                             "    int i = get_global_id(0);\n"
                             "    x[i] = x[i] * 2 + table[x[i] + 1000];\n"
                             "}\n";

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/ingot-progs-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

typedef struct outcome {
    int built, cached, warnings, notes;
} outcome;

static void count_line(void *user, ig_log_level level, const char *text)
{
    outcome *out = user;
    assert_true(text[0] != '\0');
    out->warnings += level == IG_LOG_WARNING;
    out->notes += level == IG_LOG_NOTE;
}

/* Opens the device, runs the kernel twice from two programs, closes it. */
static outcome start(const char *cache_dir)
{
    outcome out = {0};
    ig_error error;
    ig_device *device = NULL;
    const ig_device_params params = {.cache_dir = cache_dir, .log = {count_line, &out}};
    assert_int_equal(ig_device_open(&params, &device, &error), IG_OK);
    for (int i = 0; i < 2; i++) {
        char options[32];
        snprintf(options, sizeof options, "-DROUND=%d", i);
        int32_t x[4] = {1, 2, 3, i};
        ig_program *program = NULL;
        ig_kernel *kernel = NULL;
        ig_buffer *buffer = NULL;
        assert_int_equal(ig_program_get(device, SOURCE, options, &program, &error), IG_OK);
        assert_int_equal(ig_kernel_create(program, "twice", &kernel, &error), IG_OK);
        assert_int_equal(ig_buffer_create(device, sizeof x, &buffer, &error), IG_OK);
        assert_int_equal(ig_buffer_write(buffer, 0, x, sizeof x, true, &error), IG_OK);
        assert_int_equal(ig_kernel_set_buffer(kernel, 0, buffer, &error), IG_OK);
        assert_int_equal(
            ig_queue_kernel(device, kernel, (const int64_t[3]){2, 1, 1}, (const int64_t[3]){2, 1, 1}, NULL, &error),
            IG_OK);
        assert_int_equal(ig_buffer_read(buffer, 0, x, sizeof x, true, &error), IG_OK);
        assert_true(x[0] == 2 && x[1] == 4 && x[2] == 6 && x[3] == 2 * i);
        if (i == 0)
            ig_device_store_programs(device); /* the other is stored by its release */
        ig_kernel_destroy(&kernel);
        ig_buffer_destroy(&buffer);
        ig_program_release(&program);
    }
    ig_device_stats stats;
    ig_device_get_stats(device, &stats);
    out.built = stats.programs_built;
    out.cached = stats.programs_cached;
    ig_device_destroy(&device);
    return out;
}

static void expect(outcome got, int built, int cached, int warnings, int notes)
{
    assert_int_equal(got.built, built);
    assert_int_equal(got.cached, cached);
    assert_int_equal(got.warnings, warnings);
    assert_int_equal(got.notes, notes);
}

static char *path_of(const char *options)
{
    ig_device *device = NULL;
    assert_int_equal(ig_device_open(NULL, &device, NULL), IG_OK);
    char *key = ig_cache_make_key(&device->info.limits, SOURCE, options);
    char *path = ig_cache_make_path(folder, key);
    free(key);
    ig_device_destroy(&device);
    return path;
}

static void test_second_start_builds_nothing(void **state)
{
    (void)state;
    expect(start(folder), 2, 0, 0, 0);
    expect(start(folder), 0, 2, 0, 0);
    expect(start(NULL), 2, 0, 0, 0);
}

static void test_damaged_file_is_rebuilt_and_replaced(void **state)
{
    (void)state;
    expect(start(folder), 2, 0, 0, 0);
    char *path = path_of("-DROUND=1"), *bytes;
    size_t length;
    assert_int_equal(ig_file_read(path, 1 << 26, &bytes, &length, NULL), IG_OK);
    bytes[length - 10] ^= 1;
    assert_int_equal(ig_file_write(path, bytes, length, NULL), IG_OK);
    expect(start(folder), 1, 1, 0, 0);
    expect(start(folder), 0, 2, 0, 0);
    assert_int_equal(truncate(path, (off_t)(length / 2)), 0);
    expect(start(folder), 1, 1, 0, 0);
    assert_int_equal(truncate(path, 0), 0);
    expect(start(folder), 1, 1, 0, 0);
    free(bytes);
    free(path);
}

static void test_binary_refused_by_the_driver_falls_back(void **state)
{
    (void)state;
    ig_device *device = NULL;
    assert_int_equal(ig_device_open(NULL, &device, NULL), IG_OK);
    char *key = ig_cache_make_key(&device->info.limits, SOURCE, "-DROUND=0");
    ig_device_destroy(&device);
    static const char GARBAGE[] = "a well-formed cache file around something that is no program";
    assert_int_equal(ig_cache_store(folder, key, GARBAGE, sizeof GARBAGE, NULL), IG_OK);
    expect(start(folder), 2, 0, 0, 1);
    expect(start(folder), 0, 2, 0, 0);
    free(key);
}

static void test_hopeless_folder_warns_once(void **state)
{
    (void)state;
    char file[128], under_file[160];
    snprintf(file, sizeof file, "%s/file", folder);
    snprintf(under_file, sizeof under_file, "%s/cache", file);
    assert_int_equal(ig_file_write(file, "x", 1, NULL), IG_OK);
    expect(start(under_file), 2, 0, 1, 0);
    expect(start("/proc/no/such"), 2, 0, 1, 0);
}

static long file_bytes(const char *options)
{
    char *path = path_of(options);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    free(path);
    return (long)info.st_size;
}

/* A disk that fills up: no file may grow beyond a limit. In a process of its own, for the limit stays. PoCL dies when
 * its own files do not fit, so the limit is one byte below ours, which hold several of PoCL's largest. */
static void test_full_disk_still_serves_and_warns(void **state)
{
    (void)state;
    expect(start(folder), 2, 0, 0, 0);
    long first = file_bytes("-DROUND=0"), second = file_bytes("-DROUND=1");
    remove_folder(NULL);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        const rlim_t most = (rlim_t)(first < second ? first : second) - 1;
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){most, most});
        char self[4096];
        ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
        if (length <= 0)
            _exit(98);
        self[length] = '\0';
        execl(self, self, "--full-disk", folder, (char *)NULL);
        _exit(99);
    }
    int result = 0;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFEXITED(result));
    assert_int_equal(WEXITSTATUS(result), 0);
    char *path = path_of("-DROUND=0");
    assert_false(ig_file_exists(path));
    free(path);
}

static int check_full_disk(const char *cache_dir)
{
    outcome out = start(cache_dir);
    return out.built == 2 && out.warnings == 1 ? 0 : 1;
}

static void test_read_only_folder_still_serves(void **state)
{
    (void)state;
    expect(start(folder), 2, 0, 0, 0);
    assert_int_equal(chmod(folder, 0500), 0);
    expect(start(folder), 0, 2, 0, 0);
    assert_int_equal(chmod(folder, 0700), 0);
}

static void test_skipped_and_unused_programs_are_not_stored(void **state)
{
    (void)state;
    ig_device *device = NULL;
    ig_program *program = NULL;
    assert_int_equal(ig_device_open(&(ig_device_params){.cache_dir = folder}, &device, NULL), IG_OK);
    assert_int_equal(ig_program_get(device, SOURCE, "-DROUND=0", &program, NULL), IG_OK);
    ig_device_store_programs(device); /* it has not run */
    program->used = true;
    ig_program_skip_store(program);
    ig_device_store_programs(device);
    ig_program_release(&program);
    ig_device_destroy(&device);
    expect(start(folder), 2, 0, 0, 0);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--full-disk") == 0)
        return check_full_disk(argv[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_second_start_builds_nothing, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_damaged_file_is_rebuilt_and_replaced, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_binary_refused_by_the_driver_falls_back, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_hopeless_folder_warns_once, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_full_disk_still_serves_and_warns, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_read_only_folder_still_serves, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_skipped_and_unused_programs_are_not_stored, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
