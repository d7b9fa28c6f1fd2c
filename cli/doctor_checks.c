#include "cli/doctor_checks.h"

#include "bench/bench.h"
#include "cli/cache_dir.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_VENDORS "/etc/OpenCL/vendors"

enum { PATH_SIZE = 4096, DETAIL_SIZE = 512 };

void check_add(table *t, const char *name, check_result result, const char *detail)
{
    static const char *const words[] = {[CHECK_OK] = "ok", [CHECK_WARN] = "warning", [CHECK_FAIL] = "FAILED"};
    table_text(t, name);
    table_text(t, words[result]);
    table_text(t, detail);
}

/* --- ICD files ---------------------------------------------------------------------------------------------------- */

static void check_icd(table *t, const char *path)
{
    char library[256] = "";
    FILE *file = fopen(path, "r");
    if (file && !fgets(library, sizeof library, file))
        library[0] = '\0';
    if (file)
        fclose(file);
    library[strcspn(library, "\r\n")] = '\0';
    char detail[DETAIL_SIZE];
    if (library[0])
        snprintf(detail, sizeof detail, "%.200s loads %s", path, library);
    else
        snprintf(detail, sizeof detail, "%.200s %s", path, file ? "is empty" : strerror(errno));
    check_add(t, "icd", library[0] ? CHECK_OK : CHECK_WARN, detail);
}

static int check_icd_folder(table *t, const char *folder)
{
    DIR *dir = opendir(folder);
    int count = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
        size_t length = strlen(entry->d_name);
        char path[PATH_SIZE];
        if (length > 4 && strcmp(entry->d_name + length - 4, ".icd") == 0 &&
            snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) < PATH_SIZE) {
            check_icd(t, path);
            count++;
        }
    }
    if (dir)
        closedir(dir);
    return count;
}

void check_icds(table *t)
{
    static const char *const variables[] = {"OCL_ICD_VENDORS", "OCL_ICD_FILENAMES", "OPENCL_VENDOR_PATH"};
    char detail[DETAIL_SIZE];
    const char *place = DEFAULT_VENDORS;
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);
        if (!value)
            continue;
        snprintf(detail, sizeof detail, "%s=%s", variables[i], value);
        check_add(t, "environment", CHECK_OK, detail);
        if (i == 0 && value[0])
            place = value;
    }
    struct stat info;
    if (stat(place, &info) == 0 && !S_ISDIR(info.st_mode)) {
        check_icd(t, place);
    } else if (check_icd_folder(t, place) == 0) {
        snprintf(detail, sizeof detail, "no .icd file in %.300s: no driver is installed for the loader", place);
        check_add(t, "icd", CHECK_WARN, detail);
    }
}

/* --- device nodes ------------------------------------------------------------------------------------------------- */

static void check_node(table *t, const char *path)
{
    char detail[DETAIL_SIZE];
    bool ok = access(path, R_OK | W_OK) == 0;
    snprintf(detail, sizeof detail, "%.300s %s", path,
             ok ? "can be read and written" : "is closed to this user: is it in the groups render and video?");
    check_add(t, "node", ok ? CHECK_OK : CHECK_WARN, detail);
}

void check_device_nodes(table *t)
{
    static const struct {
        const char *folder, *prefix;
    } nodes[] = {{"/dev/dri", "renderD"}, {"/dev/dri", "card"}, {"/dev", "nvidia"}, {"/dev", "mali"}, {"/dev", "kfd"}};
    int count = t->n_cells;
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        DIR *dir = opendir(nodes[i].folder);
        for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
            char path[PATH_SIZE];
            struct stat info;
            if (strncmp(entry->d_name, nodes[i].prefix, strlen(nodes[i].prefix)) != 0 ||
                snprintf(path, sizeof path, "%s/%s", nodes[i].folder, entry->d_name) >= PATH_SIZE)
                continue;
            if (stat(path, &info) == 0 && !S_ISDIR(info.st_mode))
                check_node(t, path);
        }
        if (dir)
            closedir(dir);
    }
    if (t->n_cells == count)
        check_add(t, "node", CHECK_OK, "no GPU device node: only CPU devices can be expected");
}

/* --- the cache ---------------------------------------------------------------------------------------------------- */

void check_cache(table *t)
{
    char folder[CACHE_PATH], path[CACHE_PATH + 32], detail[DETAIL_SIZE];
    if (!cache_dir(folder)) {
        check_add(t, "cache", CHECK_WARN, "no place: INGOT_CACHE_DIR, XDG_CACHE_HOME and HOME are unset or too long");
        return;
    }
    ig_error error;
    ig_bench_make_folder(folder);
    snprintf(path, sizeof path, "%s/doctor-%ld.probe", folder, (long)getpid());
    ig_status status = ig_file_write(path, "probe\n", 6, &error);
    (void)unlink(path);
    snprintf(detail, sizeof detail, "%.300s %s%.100s", folder,
             status ? "cannot be written, every start compiles: " : "can be written", status ? error.message : "");
    check_add(t, "cache", status ? CHECK_WARN : CHECK_OK, detail);
}
