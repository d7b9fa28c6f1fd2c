#include "image/stb.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* A small file can claim a gigantic picture, or inflate to one: no single buffer may exceed what the largest accepted
 * picture needs. Zeroed, because damaged files leave parts of a picture unwritten. */
enum { MAX_BUFFER_BYTES = 1 << 30 };

static void *bounded_alloc(size_t bytes)
{
    return bytes <= MAX_BUFFER_BYTES ? calloc(1, bytes) : NULL;
}

static void *bounded_realloc(void *memory, size_t bytes)
{
    return bytes <= MAX_BUFFER_BYTES ? realloc(memory, bytes) : NULL;
}

#define STBI_MALLOC(bytes) bounded_alloc(bytes)
#define STBI_REALLOC(memory, bytes) bounded_realloc(memory, bytes)
#define STBI_FREE(memory) free(memory)
#define STBI_MAX_DIMENSIONS IG_STB_MAX_SIDE
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_ONLY_BMP
#define STBI_ONLY_TGA
#define STBI_ONLY_GIF
#define STBI_NO_STDIO
#define STBI_ASSERT(condition) ((void)0)
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION

/* The decoder is not ours to tidy. Unused functions are reported at the end of a file, so that one stays off. */
#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wshadow"
#endif
/* On damaged files stb_image 2.27 does arithmetic that C leaves undefined and machines do harmlessly: it adds 0 to a
 * null pointer (an empty first IDAT chunk) and shifts by 32 (a marker in the midst of a JPEG's scan). Later releases
 * mend some of it. So UBSan looks away here; AddressSanitizer, which sees what could do harm, does not. */
#if defined(__clang__)
#pragma clang attribute push(__attribute__((no_sanitize("undefined"))), apply_to = function)
#endif
#include <stb/stb_image.h>
#if defined(__clang__)
#pragma clang attribute pop
#endif
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

/* Reading through callbacks rather than from memory tells whether the decoder ran past the end; from memory it would
 * see endless zeros and call the result a picture. */
typedef struct byte_source {
    const uint8_t *bytes;
    size_t length, at;
    char *window; /* the decoder's own small buffer, which it refills ahead of need */
    bool past_end;
} byte_source;

static int source_read(void *user, char *data, int size)
{
    byte_source *source = user;
    size_t left = source->length - source->at;
    size_t count = (size_t)size < left ? (size_t)size : left;
    if (!source->window)
        source->window = data;
    bool refill = data == source->window;
    if (refill ? count == 0 : count < (size_t)size)
        source->past_end = true;
    if (count > 0) /* `data` may be null for an empty chunk */
        memcpy(data, source->bytes + source->at, count);
    source->at += count;
    return (int)count;
}

static void source_skip(void *user, int count)
{
    byte_source *source = user;
    size_t left = source->length - source->at;
    if (count < 0)
        return;
    if ((size_t)count > left) {
        source->past_end = true;
        count = (int)left;
    }
    source->at += (size_t)count;
}

static int source_eof(void *user)
{
    const byte_source *source = user;
    return source->at == source->length;
}

static const stbi_io_callbacks SOURCE = {source_read, source_skip, source_eof};

bool ig_stb_info(const uint8_t *bytes, size_t length, ig_stb_result *out)
{
    byte_source source = {.bytes = bytes, .length = length};
    *out = (ig_stb_result){0};
    bool ok = stbi_info_from_callbacks(&SOURCE, &source, &out->width, &out->height, &out->components) != 0;
    out->past_end = source.past_end;
    out->reason = ok ? NULL : stbi_failure_reason();
    return ok;
}

bool ig_stb_load(const uint8_t *bytes, size_t length, int wanted, ig_stb_result *out)
{
    byte_source source = {.bytes = bytes, .length = length};
    *out = (ig_stb_result){0};
    out->pixels = stbi_load_from_callbacks(&SOURCE, &source, &out->width, &out->height, &out->components, wanted);
    out->past_end = source.past_end;
    out->reason = out->pixels ? NULL : stbi_failure_reason();
    return out->pixels != NULL;
}
