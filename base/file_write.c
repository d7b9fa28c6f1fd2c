/* Atomic writing: readers see the old file or the whole new one, never a part. */
#include "base/error.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_ATTEMPTS = 1000, TEMP_NAME_ROOM = 64 };

static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

/* Creates a file nobody else has, beside `path`; its name goes to `temp`. The umask applies, as to any new file. */
static int create_beside(const char *path, char *temp, size_t size)
{
    size_t folder = folder_length(path);
    memcpy(temp, path, folder);
    for (int attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
        snprintf(temp + folder, size - folder, ".ingot-%ld-%d.tmp", (long)getpid(), attempt);
        int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = write(fd, bytes, length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return false;
        bytes += count;
        length -= (size_t)count;
    }
    return true;
}

/* A full disk may show only at fsync() or close(), so both count. */
static bool fill_and_close(int fd, const struct stat *old, const void *bytes, size_t length)
{
    bool ok = write_all(fd, bytes, length);
    if (ok && old)
        ok = fchmod(fd, old->st_mode & 0777) == 0;
    if (ok)
        ok = fsync(fd) == 0;
    int code = errno;
    if (close(fd) != 0 && ok)
        return false;
    if (!ok)
        errno = code;
    return ok;
}

/* Makes the rename itself survive a power cut; the file is already in place, so a failure changes nothing. */
static void sync_folder(char *temp, size_t folder)
{
    temp[folder] = '\0';
    int fd = open(folder > 0 ? temp : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)fsync(fd);
    close(fd);
}

static ig_status replace_file(const char *path, char *temp, size_t temp_size, const struct stat *old, const void *bytes,
                              size_t length, ig_error *error)
{
    int fd = create_beside(path, temp, temp_size);
    if (fd < 0)
        return ig_fail_errno(error, "write", path);
    if (!fill_and_close(fd, old, bytes, length) || rename(temp, path) != 0) {
        ig_status status = ig_fail_errno(error, "write", path);
        unlink(temp);
        return status;
    }
    sync_folder(temp, folder_length(path));
    return IG_OK;
}

ig_status ig_file_write(const char *path, const void *bytes, size_t length, ig_error *error)
{
    struct stat info;
    bool exists = stat(path, &info) == 0;
    if (exists && !S_ISREG(info.st_mode)) {
        /* Renaming over a device would replace it. */
        ig_fail(error, IG_E_IO, "cannot write here: this is not a regular file");
        ig_error_where(error, path, 0, 0);
        return IG_E_IO;
    }
    size_t temp_size = folder_length(path) + TEMP_NAME_ROOM;
    char *temp = malloc(temp_size);
    if (!temp)
        return ig_fail_memory(error, temp_size);
    ig_status status = replace_file(path, temp, temp_size, exists ? &info : NULL, bytes, length, error);
    free(temp);
    return status;
}
