/* The bundled-by-the-system decoder behind three calls; nothing of its own names leaves stb.c. */
#ifndef IG_IMAGE_STB_H
#define IG_IMAGE_STB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { IG_STB_MAX_SIDE = 16384 };

typedef struct ig_stb_result {
    int width, height, components;
    uint8_t *pixels;    /* malloc'ed, `wanted` components a pixel */
    bool past_end;      /* the decoder asked for bytes behind the last one: the file is cut short */
    const char *reason; /* of a failure, in the decoder's few words */
} ig_stb_result;

/* Size and components (1 to 4) without decoding. */
bool ig_stb_info(const uint8_t *bytes, size_t length, ig_stb_result *out);
/* Decodes to `wanted` components of 8 bits. */
bool ig_stb_load(const uint8_t *bytes, size_t length, int wanted, ig_stb_result *out);

#endif
