#include "base/npy.h"

#include "base/error.h"
#include "base/shape.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char MAGIC[6] = {'\x93', 'N', 'U', 'M', 'P', 'Y'};
enum { VERSION_1_HEAD = 10, VERSION_2_HEAD = 12, HEADER_ALIGNMENT = 64, MAX_HEADER_BYTES = 1 << 16 };

static size_t max_file_bytes(void)
{
    uint64_t bytes = (uint64_t)IG_MAX_TENSOR_ELEMS * sizeof(float) + VERSION_2_HEAD + MAX_HEADER_BYTES;
    return bytes < SIZE_MAX / 2 ? (size_t)bytes : SIZE_MAX / 2;
}

static uint32_t load_le32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void store_le32(unsigned char *bytes, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (unsigned char)(value >> (8 * i));
}

/* Finds the header's text; `*offset` is where it starts. */
static ig_status find_header(const unsigned char *bytes, size_t size, size_t *offset, size_t *length, ig_error *error)
{
    if (size < VERSION_1_HEAD || memcmp(bytes, MAGIC, sizeof MAGIC) != 0)
        return ig_fail(error, IG_E_DATA, "this is not a .npy file");
    int major = bytes[6], minor = bytes[7];
    if (major < 1 || major > 3 || minor != 0)
        return ig_fail(error, IG_E_DATA, "unknown .npy version %d.%d", major, minor);
    *offset = major == 1 ? VERSION_1_HEAD : VERSION_2_HEAD;
    if (size < *offset)
        return ig_fail(error, IG_E_DATA, "the .npy file is truncated inside its header");
    *length = major == 1 ? (size_t)(bytes[8] | bytes[9] << 8) : load_le32(bytes + 8);
    if (*length > MAX_HEADER_BYTES)
        return ig_fail(error, IG_E_DATA, "the .npy header is larger than %d bytes", MAX_HEADER_BYTES);
    if (*length > size - *offset)
        return ig_fail(error, IG_E_DATA, "the .npy file is truncated inside its header");
    return IG_OK;
}

static ig_status check_data_bytes(const ig_shape *shape, size_t data_bytes, ig_error *error)
{
    int64_t elems = ig_shape_elems(shape);
    if (elems > IG_MAX_TENSOR_ELEMS)
        return ig_fail(error, IG_E_DATA, "the .npy array has more than %" PRId64 " elements", IG_MAX_TENSOR_ELEMS);
    uint64_t expected = (uint64_t)elems * sizeof(float);
    if (expected == data_bytes)
        return IG_OK;
    char text[128];
    ig_fail(error, IG_E_DATA, "the .npy file %s", data_bytes < expected ? "is truncated" : "has trailing bytes");
    ig_error_expected(error, "%" PRIu64 " bytes of data for shape %s", expected,
                      ig_shape_text(shape, text, sizeof text));
    ig_error_found(error, "%zu bytes", data_bytes);
    return IG_E_DATA;
}

/* Turns the file's buffer into the floats themselves, in place: a copy would double a large tensor. */
static float *unpack_in_place(char *buffer, size_t offset, size_t elems)
{
    const unsigned char *from = (const unsigned char *)buffer + offset;
    for (size_t i = 0; i < elems; i++) {
        uint32_t bits = load_le32(from + i * sizeof bits);
        memcpy(buffer + i * sizeof bits, &bits, sizeof bits);
    }
    return (float *)(void *)buffer;
}

static ig_status parse_npy(char *bytes, size_t size, ig_tensor *out, ig_error *error)
{
    size_t offset = 0, length = 0;
    ig_shape shape = {0};
    ig_status status = find_header((const unsigned char *)bytes, size, &offset, &length, error);
    if (!status)
        status = ig_npy_parse_header(bytes + offset, length, &shape, error);
    if (!status)
        status = check_data_bytes(&shape, size - offset - length, error);
    if (status)
        return status;
    out->name = NULL;
    out->shape = shape;
    out->data = unpack_in_place(bytes, offset + length, (size_t)ig_shape_elems(&shape));
    return IG_OK;
}

ig_status ig_tensor_read_npy(const char *path, ig_tensor *out, ig_error *error)
{
    char *bytes;
    size_t size;
    *out = (ig_tensor){0};
    ig_status status = ig_file_read(path, max_file_bytes(), &bytes, &size, error);
    if (status)
        return status;
    status = parse_npy(bytes, size, out, error);
    if (status) {
        ig_error_where(error, path, 0, 0);
        free(bytes);
    }
    return status;
}

static void format_header(const ig_shape *shape, ig_text *text)
{
    ig_text_add(text, "{'descr': '<f4', 'fortran_order': False, 'shape': (");
    for (int i = 0; i < shape->rank; i++)
        ig_text_add(text, "%s%" PRId64, i > 0 ? ", " : "", shape->dim[i]);
    ig_text_add(text, "%s), }", shape->rank == 1 ? "," : "");
    while (!text->failed && (VERSION_1_HEAD + text->length + 1) % HEADER_ALIGNMENT != 0)
        ig_text_add(text, " ");
    ig_text_add(text, "\n");
}

static void pack(const ig_text *header, const ig_tensor *tensor, size_t elems, unsigned char *out)
{
    memcpy(out, MAGIC, sizeof MAGIC);
    out[6] = 1;
    out[7] = 0;
    out[8] = (unsigned char)(header->length & 0xFF);
    out[9] = (unsigned char)(header->length >> 8);
    memcpy(out + VERSION_1_HEAD, header->data, header->length);
    out += VERSION_1_HEAD + header->length;
    for (size_t i = 0; i < elems; i++) {
        uint32_t bits;
        memcpy(&bits, &tensor->data[i], sizeof bits);
        store_le32(out + i * sizeof bits, bits);
    }
}

static ig_status write_packed(const char *path, const ig_text *header, const ig_tensor *tensor, ig_error *error)
{
    size_t elems = (size_t)ig_shape_elems(&tensor->shape);
    size_t size = VERSION_1_HEAD + header->length + elems * sizeof(float);
    unsigned char *bytes = malloc(size);
    if (!bytes)
        return ig_fail_memory(error, size);
    pack(header, tensor, elems, bytes);
    ig_status status = ig_file_write(path, bytes, size, error);
    free(bytes);
    return status;
}

ig_status ig_tensor_write_npy(const char *path, const ig_tensor *tensor, ig_error *error)
{
    int64_t elems = ig_shape_elems(&tensor->shape);
    if (elems < 1 || elems > IG_MAX_TENSOR_ELEMS || !tensor->data)
        return ig_fail(error, IG_E_USAGE, "the tensor to write has no data or an invalid shape");
    if ((uint64_t)elems > max_file_bytes() / sizeof(float))
        return ig_fail(error, IG_E_USAGE, "the tensor to write is too large");
    ig_text header = {0};
    format_header(&tensor->shape, &header);
    ig_status status = header.failed ? ig_fail_memory(error, 0) : write_packed(path, &header, tensor, error);
    ig_text_release(&header);
    return status;
}

void ig_tensor_release(ig_tensor *tensor)
{
    if (!tensor)
        return;
    free(tensor->data);
    *tensor = (ig_tensor){0};
}
