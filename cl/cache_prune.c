/* Keeps the cache folder below a size: drivers, options and kernels change, and what they leave behind adds up over
 * months. */
#include "base/text.h"
#include "cl/internal.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_TEXT = 4096, UNFINISHED_SECONDS = 3600 };

typedef struct entry {
    char *path;
    int64_t bytes, written; /* written: ns since the epoch */
} entry;

typedef struct listing {
    entry *entries;
    size_t count, capacity;
    int64_t bytes;
} listing;

static void add_entry(listing *list, const char *path)
{
    struct stat info;
    if (lstat(path, &info) != 0 || !S_ISREG(info.st_mode))
        return;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 64;
        entry *grown = realloc(list->entries, capacity * sizeof *grown);
        if (!grown)
            return; /* what is not listed is not deleted: harmless */
        list->entries = grown;
        list->capacity = capacity;
    }
    entry *e = &list->entries[list->count];
    *e = (entry){strdup(path), info.st_size, (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec};
    if (!e->path)
        return;
    list->count++;
    list->bytes += e->bytes;
}

static bool ends_with(const char *name, const char *ending)
{
    const size_t length = strlen(name), end = strlen(ending);
    return length > end && strcmp(name + length - end, ending) == 0;
}

/* What a process that was killed left of a file it was writing (base/file_write.c). */
static void remove_unfinished(const char *path)
{
    struct stat info;
    if (lstat(path, &info) == 0 && S_ISREG(info.st_mode) && time(NULL) - info.st_mtim.tv_sec > UNFINISHED_SECONDS)
        unlink(path);
}

/* Only files that ingot's cache wrote, by their names. */
static void list_folder(const char *folder, listing *list)
{
    DIR *open = opendir(folder);
    for (struct dirent *item; open && (item = readdir(open));) {
        char path[PATH_TEXT];
        if (snprintf(path, sizeof path, "%s/%s", folder, item->d_name) >= PATH_TEXT)
            continue;
        if (ends_with(item->d_name, IG_CACHE_ENDING))
            add_entry(list, path);
        else if (strncmp(item->d_name, ".ingot-", strlen(".ingot-")) == 0 && ends_with(item->d_name, ".tmp"))
            remove_unfinished(path);
    }
    if (open)
        closedir(open);
}

static int by_age(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    return (x->written > y->written) - (x->written < y->written);
}

int ig_cache_prune(const char *folder, int64_t max_bytes)
{
    listing list = {0};
    int removed = 0;
    list_folder(folder, &list);
    if (list.bytes > max_bytes) {
        /* Down to three quarters, so that the next stores need not prune again. Another process may have been first: a
         * file that is gone counts as removed. */
        qsort(list.entries, list.count, sizeof *list.entries, by_age);
        for (size_t i = 0; i < list.count && list.bytes > max_bytes / 4 * 3; i++) {
            removed += unlink(list.entries[i].path) == 0;
            list.bytes -= list.entries[i].bytes;
        }
    }
    for (size_t i = 0; i < list.count; i++)
        free(list.entries[i].path);
    free(list.entries);
    return removed;
}
