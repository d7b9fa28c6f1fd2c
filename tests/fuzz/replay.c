/* Stands in for libFuzzer: feeds every file of a folder, and every prefix of its first kilobyte, to the fuzz target. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
    char *bytes = NULL;
    size_t length = 0;
    ig_error error;
    if (ig_file_read(path, 64 << 20, &bytes, &length, &error) != IG_OK)
        return 0;
    LLVMFuzzerTestOneInput((const uint8_t *)bytes, length);
    for (size_t cut = 0; cut < length && cut < 1024; cut += 7)
        LLVMFuzzerTestOneInput((const uint8_t *)bytes, cut);
    free(bytes);
    return 1;
}

int main(int argc, char **argv)
{
    int files = 0;
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (!folder) {
        fprintf(stderr, "usage: %s FOLDER-OF-SEEDS\n", argv[0]);
        return 64;
    }
    for (struct dirent *entry; (entry = readdir(folder));) {
        char path[4096];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        files += replay_file(path);
    }
    closedir(folder);
    printf("%d seeds replayed\n", files);
    return files > 0 ? 0 : 1;
}
