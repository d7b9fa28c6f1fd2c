/* Any bytes through the image decoder and, when they are a picture, through the pre-processing. */
#include <stdint.h>
#include <stdlib.h>

#include "ingot/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SIDE = 9 };

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void preprocess(const ig_image *image, uint8_t choice)
{
    float out[3 * SIDE * SIDE];
    ig_preprocess how = {.color = (ig_color)(choice % 3), .resize = (ig_resize_mode)(choice / 3 % 3)};
    int channels = how.color == IG_COLOR_GRAY ? 1 : 3;
    ig_status status = ig_image_to_tensor(image, &how, channels, SIDE, SIDE, out, NULL);
    require(status == IG_OK || status == IG_E_DATA || status == IG_E_NO_MEMORY);
    for (int i = 0; status == IG_OK && i < channels * SIDE * SIDE; i++)
        require(out[i] >= 0.0f && out[i] <= 1.0f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ig_image image;
    ig_error error;
    if (ig_image_decode(data, size, "fuzz", &image, &error) != IG_OK) {
        require(error.status != IG_OK && error.message[0] != '\0' && image.pixels == NULL);
        return 0;
    }
    require(image.width >= 1 && image.height >= 1 && (image.channels == 1 || image.channels == 3));
    preprocess(&image, size > 0 ? data[size - 1] : 0);
    ig_image_release(&image);
    return 0;
}
