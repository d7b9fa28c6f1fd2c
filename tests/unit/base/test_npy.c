#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/npy.h"
#include "base/text.h"

typedef struct scratch {
    char folder[64];
    char path[128];
} scratch;

static int enter(void **state)
{
    scratch *here = calloc(1, sizeof *here);
    if (!here)
        return -1;
    strcpy(here->folder, "/tmp/ingot-npy-XXXXXX");
    if (!mkdtemp(here->folder))
        return -1;
    snprintf(here->path, sizeof here->path, "%s/a.npy", here->folder);
    *state = here;
    return 0;
}

static int leave(void **state)
{
    scratch *here = *state;
    unlink(here->path);
    int result = rmdir(here->folder);
    free(here);
    return result;
}

static void round_trips(void **state)
{
    const scratch *here = *state;
    float data[24];
    for (int i = 0; i < 24; i++)
        data[i] = (float)i * 0.1f - 1e-30f;
    static const ig_shape SHAPES[] = {{0}, {1, {24}}, {2, {4, 6}}, {6, {1, 2, 1, 3, 2, 2}}};
    for (size_t i = 0; i < sizeof SHAPES / sizeof SHAPES[0]; i++) {
        ig_tensor out = {.shape = SHAPES[i], .data = data}, in;
        ig_error error;
        assert_int_equal(ig_tensor_write_npy(here->path, &out, &error), IG_OK);
        assert_int_equal(ig_tensor_read_npy(here->path, &in, &error), IG_OK);
        assert_true(ig_shape_equal(&in.shape, &out.shape));
        assert_memory_equal(in.data, data, (size_t)ig_shape_elems(&in.shape) * sizeof *data);
        assert_null(in.name);
        ig_tensor_release(&in);
        assert_null(in.data);
    }
    ig_tensor_release(NULL);
}

/* The exact file that numpy.save() writes for arange(3, dtype='<f4'). */
static void writes_what_numpy_writes(void **state)
{
    const scratch *here = *state;
    float data[] = {0, 1, 2};
    ig_tensor tensor = {.shape = {1, {3}}, .data = data};
    assert_int_equal(ig_tensor_write_npy(here->path, &tensor, NULL), IG_OK);
    char *bytes;
    size_t length;
    assert_int_equal(ig_file_read(here->path, 1 << 20, &bytes, &length, NULL), IG_OK);
    static const char HEAD[] = "\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }";
    assert_int_equal(length, 128 + 12);
    assert_memory_equal(bytes, HEAD, sizeof HEAD - 1);
    assert_int_equal(bytes[127], '\n');
    assert_memory_equal(bytes + 128, "\0\0\0\0\0\0\x80\x3f\0\0\0\x40", 12);
    free(bytes);
}

static void reads_any_header_layout(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int rank;
    } GOOD[] = {
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   \n", 2},
        {"{'shape':(2,3),'descr':\"<f4\",'fortran_order':False}", 2},
        {" { 'shape' : ( 3 , ) , 'fortran_order' : False , 'descr' : '<f4' } \n", 1},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (), }", 0},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3, 4, 5, 6), }", 6},
    };
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        ig_shape shape;
        ig_error error;
        if (ig_npy_parse_header(GOOD[i].text, strlen(GOOD[i].text), &shape, &error))
            fail_msg("%s: %s", GOOD[i].text, error.message);
        assert_int_equal(shape.rank, GOOD[i].rank);
        for (size_t length = 0; length < strlen(GOOD[i].text); length++) {
            if (memchr(GOOD[i].text, '}', length))
                break;
            assert_int_equal(ig_npy_parse_header(GOOD[i].text, length, &shape, NULL), IG_E_DATA);
        }
    }
}

static void refuses_other_headers(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } BAD[] = {
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}", "another data type"},
        {"{'descr': '>f4', 'fortran_order': False, 'shape': (2,)}", "another data type"},
        {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", "malformed"},
        {"{'descr': '<f4', 'fortran_order': True, 'shape': (2,)}", "Fortran"},
        {"{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}", "malformed"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2)}", "malformed"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2 3)}", "malformed"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", "malformed"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (,)}", "malformed"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3)}", "empty"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", "malformed"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", "too large"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1)}", "axes"},
        {"{'descr': '<f4', 'fortran_order': False}", "lacks"},
        {"{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "repeated"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}", "unknown"},
        {"{'descr': '<f4' 'fortran_order': False, 'shape': (2,)}", "malformed"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x", "malformed"},
        {"('descr', '<f4')", "malformed"},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        ig_shape shape;
        ig_error error;
        if (ig_npy_parse_header(BAD[i].text, strlen(BAD[i].text), &shape, &error) != IG_E_DATA)
            fail_msg("accepted %s", BAD[i].text);
        if (!strstr(error.message, BAD[i].message))
            fail_msg("%s: %s", BAD[i].text, error.message);
    }
}

static ig_status read_bytes(const scratch *here, const char *bytes, size_t length, ig_error *error)
{
    ig_tensor tensor;
    assert_int_equal(ig_file_write(here->path, bytes, length, NULL), IG_OK);
    ig_status status = ig_tensor_read_npy(here->path, &tensor, error);
    ig_tensor_release(&tensor);
    return status;
}

static void refuses_damaged_files(void **state)
{
    const scratch *here = *state;
    float data[] = {0, 1, 2};
    ig_tensor tensor = {.shape = {1, {3}}, .data = data};
    assert_int_equal(ig_tensor_write_npy(here->path, &tensor, NULL), IG_OK);
    char *bytes;
    size_t length;
    ig_error error;
    assert_int_equal(ig_file_read(here->path, 1 << 20, &bytes, &length, NULL), IG_OK);
    for (size_t cut = 0; cut < length; cut++)
        assert_int_equal(read_bytes(here, bytes, cut, &error), IG_E_DATA);
    assert_non_null(strstr(error.message, "truncated"));
    assert_string_equal(error.file, here->path);
    assert_int_equal(read_bytes(here, bytes, length + 1, &error), IG_E_DATA); /* its terminator, as a trailing byte */
    assert_non_null(strstr(error.message, "trailing"));
    bytes[6] = 4;
    assert_int_equal(read_bytes(here, bytes, length, &error), IG_E_DATA);
    bytes[6] = 2; /* now the header's length is the four bytes that begin with "v\0{'" */
    assert_int_equal(read_bytes(here, bytes, length, &error), IG_E_DATA);
    free(bytes);
}

static void reads_version_2(void **state)
{
    const scratch *here = *state;
    static const char HEAD[] = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n";
    ig_text text = {0};
    ig_text_add_bytes(&text, "\x93NUMPY\x02\0", 8);
    ig_text_add_bytes(&text, (const char[]){sizeof HEAD - 1, 0, 0, 0}, 4);
    ig_text_add_bytes(&text, HEAD, sizeof HEAD - 1);
    ig_text_add_bytes(&text, "\0\0\x80\x3f", 4);
    assert_int_equal(read_bytes(here, text.data, text.length, NULL), IG_OK);
    ig_text_release(&text);
}

static void refuses_bad_calls(void **state)
{
    const scratch *here = *state;
    float data[] = {0};
    ig_tensor empty = {.shape = {1, {0}}, .data = data}, none = {.shape = {1, {1}}}, tensor;
    ig_error error;
    assert_int_equal(ig_tensor_write_npy(here->path, &empty, &error), IG_E_USAGE);
    assert_int_equal(ig_tensor_write_npy(here->path, &none, &error), IG_E_USAGE);
    assert_false(ig_file_exists(here->path));
    assert_int_equal(ig_tensor_read_npy(here->path, &tensor, &error), IG_E_NO_INPUT);
    assert_null(tensor.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(round_trips, enter, leave),
        cmocka_unit_test_setup_teardown(writes_what_numpy_writes, enter, leave),
        cmocka_unit_test(reads_any_header_layout),
        cmocka_unit_test(refuses_other_headers),
        cmocka_unit_test_setup_teardown(refuses_damaged_files, enter, leave),
        cmocka_unit_test_setup_teardown(reads_version_2, enter, leave),
        cmocka_unit_test_setup_teardown(refuses_bad_calls, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
