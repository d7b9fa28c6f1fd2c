#include "base/error.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static ig_status fail_at(ig_error *error, ig_status status, const char *path, const char *message)
{
    ig_fail(error, status, "%s", message);
    ig_error_where(error, path, 0, 0);
    return status;
}

static const char *file_kind(mode_t mode)
{
    if (S_ISDIR(mode))
        return "a directory";
    if (S_ISFIFO(mode))
        return "a pipe";
    return "a device or socket";
}

static ig_status check_readable(const char *path, const struct stat *info, size_t max_bytes, ig_error *error)
{
    if (!S_ISREG(info->st_mode)) {
        fail_at(error, IG_E_DATA, path, "this is not a regular file");
        ig_error_found(error, "%s", file_kind(info->st_mode));
        return IG_E_DATA;
    }
    if (info->st_size < 0 || (uintmax_t)info->st_size > max_bytes) {
        fail_at(error, IG_E_DATA, path, "the file is too large");
        ig_error_expected(error, "at most %zu bytes", max_bytes);
        ig_error_found(error, "%jd bytes", (intmax_t)info->st_size);
        return IG_E_DATA;
    }
    return IG_OK;
}

/* Fills up to `size` bytes; less only at the end of the file. */
static ig_status read_all(int fd, char *buffer, size_t size, size_t *length)
{
    *length = 0;
    while (*length < size) {
        ssize_t count = read(fd, buffer + *length, size - *length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return IG_E_IO;
        if (count == 0)
            break;
        *length += (size_t)count;
    }
    return IG_OK;
}

static ig_status read_open_file(int fd, const char *path, size_t max_bytes, char **out, size_t *length, ig_error *error)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return ig_fail_errno(error, "read", path);
    ig_status status = check_readable(path, &info, max_bytes, error);
    if (status)
        return status;
    size_t size = (size_t)info.st_size;
    char *buffer = size < SIZE_MAX ? malloc(size + 1) : NULL;
    if (!buffer)
        return ig_fail_memory(error, size);
    if (read_all(fd, buffer, size, length) != IG_OK) {
        status = ig_fail_errno(error, "read", path);
        free(buffer);
        return status;
    }
    buffer[*length] = '\0';
    *out = buffer;
    return IG_OK;
}

ig_status ig_file_read(const char *path, size_t max_bytes, char **out, size_t *length, ig_error *error)
{
    /* O_NONBLOCK: opening a named pipe that nobody writes to must not hang. */
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return ig_fail_errno(error, "read", path);
    ig_status status = read_open_file(fd, path, max_bytes, out, length, error);
    close(fd);
    return status;
}

bool ig_file_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}
