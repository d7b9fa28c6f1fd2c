/* Weights from files: aliases, what is missing, what is left out, what is malformed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

#include "base/text.h"
#include "ingot/graph.h"

#define MODEL(extra)                                                                                                   \
    "ingot: 1\nname: test\ninput: {shape: [1, 3]}\n" extra                                                             \
    "layers: [{name: head, layers: [{op: linear, name: fc, out: 2}]}]\n"                                               \
    "outputs: {y: head}\n"

static char folder[] = "/tmp/ingot-weights-XXXXXX";
static char notes[1024];

static void note(void *user, ig_log_level level, const char *text)
{
    (void)user;
    assert_int_equal(level, IG_LOG_NOTE);
    snprintf(notes + strlen(notes), sizeof notes - strlen(notes), "%s\n", text);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : 1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static ig_graph *parse(const char *text)
{
    ig_graph *graph = NULL;
    ig_error error = {0};
    if (ig_graph_parse(text, strlen(text), "test.yaml", NULL, &graph, &error) != IG_OK)
        fail_msg("%s", error.message);
    return graph;
}

/* A file from a header and as many float32 as it says, counting 1, 2, 3, ... */
static void write_file(char *path, size_t size, const char *header, int floats)
{
    ig_text text = {0};
    uint64_t length = strlen(header);
    unsigned char raw[8];
    for (int i = 0; i < 8; i++)
        raw[i] = (unsigned char)(length >> 8 * i);
    ig_text_add_bytes(&text, (const char *)raw, 8);
    ig_text_add_bytes(&text, header, (size_t)length);
    for (int i = 0; i < floats; i++) {
        float value = (float)(i + 1);
        ig_text_add_bytes(&text, (const char *)&value, sizeof value);
    }
    snprintf(path, size, "%s/w.safetensors", folder);
    assert_int_equal(ig_file_write(path, text.data, text.length, NULL), IG_OK);
    ig_text_release(&text);
}

static ig_status load(const char *model, const char *header, int floats, ig_weights **out, ig_error *error)
{
    char path[256];
    const ig_log log = {.write = note};
    ig_graph *graph = parse(model);
    notes[0] = '\0';
    write_file(path, sizeof path, header, floats);
    ig_status status = ig_weights_load(graph, path, &log, out, error);
    assert_int_equal(unlink(path), 0);
    ig_graph_destroy(&graph);
    return status;
}

static void refuse(const char *header, int floats, const char *words)
{
    ig_weights *weights = NULL;
    ig_error error = {0};
    char shown[8192];
    assert_int_equal(load(MODEL(""), header, floats, &weights, &error), IG_E_DATA);
    assert_null(weights);
    ig_error_format(&error, shown, sizeof shown);
    if (!strstr(shown, words))
        fail_msg("'%s' is not in: %s", words, shown);
    assert_non_null(strstr(error.file, "w.safetensors"));
}

#define F32(name, shape, begin, end)                                                                                   \
    "\"" name "\":{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":[" #begin "," #end "]}"

static void test_good_file(void **state)
{
    ig_weights *weights = NULL;
    ig_error error = {0};
    (void)state;
    assert_int_equal(load(MODEL(""),
                          "{\"__metadata__\":{\"format\":\"pt\"}," F32("head.fc.bias", "[2]", 24, 32) "," F32(
                              "head.fc.weight", "[2,3]", 0, 24) "}  ",
                          8, &weights, &error),
                     IG_OK);
    assert_float_equal(ig_weights_get(weights, "head.fc.weight")[5], 6, 0);
    assert_float_equal(ig_weights_get(weights, "head.fc.bias")[1], 8, 0);
    assert_null(ig_weights_get(weights, "nothing"));
    assert_string_equal(notes, "");
    ig_weights_destroy(&weights);
    assert_null(weights);
    ig_weights_destroy(&weights);
}

static void test_extra_tensors(void **state)
{
    ig_weights *weights = NULL;
    ig_error error = {0};
    (void)state;
    assert_int_equal(load(MODEL(""),
                          "{" F32("head.fc.bias", "[2]", 24, 32) "," F32("head.fc.weight", "[2,3]", 0, 24) "," F32(
                              "a", "[1]", 32,
                              36) "," F32("b", "[1]", 36,
                                          40) "," F32("c", "[1]", 40,
                                                      44) "," F32("d", "[1,1,1,1,1,1,1]", 44,
                                                                  48) ",\"bn.num_batches_tracked\":{\"dtype\":\"I64\","
                                                                      "\"shape\":[],\"data_offsets\":[48,56]}}",
                          14, &weights, &error),
                     IG_OK);
    assert_string_equal(notes, "left out 4 tensors: a, b, c, ...\n");
    ig_weights_destroy(&weights);
}

static void test_aliases(void **state)
{
    ig_weights *weights = NULL;
    ig_error error = {0};
    (void)state;
    assert_int_equal(load(MODEL("aliases: {head: [top, cap.2], fc: [dense]}\n"),
                          "{" F32("top.fc.bias", "[2]", 24, 32) "," F32("cap.2.dense.weight", "[2,3]", 0, 24) "}", 8,
                          &weights, &error),
                     IG_OK);
    assert_float_equal(ig_weights_get(weights, "head.fc.weight")[0], 1, 0);
    ig_weights_destroy(&weights);
    /* Stored twice under two spellings: the model's own is taken, the other is no news. */
    assert_int_equal(load(MODEL("aliases: {head: [top]}\n"),
                          "{" F32("top.fc.bias", "[2]", 0, 8) "," F32("head.fc.bias", "[2]", 8, 16) "," F32(
                              "head.fc.weight", "[2,3]", 16, 40) "}",
                          10, &weights, &error),
                     IG_OK);
    assert_float_equal(ig_weights_get(weights, "head.fc.bias")[0], 3, 0);
    assert_string_equal(notes, "");
    ig_weights_destroy(&weights);
}

static void test_not_fitting(void **state)
{
    (void)state;
    refuse("{" F32("head.fc.weight", "[2,3]", 0, 24) "}", 6, "no tensor 'head.fc.bias'");
    refuse("{" F32("head.fc.wieght", "[2,3]", 0, 24) "}", 6, "the nearest name in the file is 'head.fc.wieght'");
    refuse("{}", 0, "2 of the model's are missing");
    refuse("{" F32("head.fc.bias", "[2]", 24, 32) "," F32("head.fc.weight", "[3,2]", 0, 24) "}", 8, "expected: 2x3");
    refuse("{" F32("head.fc.bias", "[2]", 24,
                   32) ",\"head.fc.weight\":{\"dtype\":\"F16\",\"shape\":[2,3],\"data_offsets\":[0,12]},"
                       "\"pad\":{\"dtype\":\"U8\",\"shape\":[12],\"data_offsets\":[12,24]}}",
           8, "found: F16");
}

static void test_malformed(void **state)
{
    (void)state;
    refuse("", 0, "no JSON");
    refuse("[]", 0, "no JSON object");
    refuse("{\"a\":", 0, "no JSON");
    refuse("{} x", 0, "follows the JSON");
    refuse("{\"a\":1}", 0, "dtype, shape and data_offsets");
    refuse("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 1, "data_offsets");
    refuse("{" F32("a", "[-1]", 0, 4) "}", 1, "the shape");
    refuse("{" F32("a", "[1.5]", 0, 4) "}", 1, "the shape");
    refuse("{" F32("a", "[9007199254740992,9007199254740992]", 0, 4) "}", 1, "the shape");
    refuse("{" F32("a", "7", 0, 4) "}", 1, "the shape");
    refuse("{" F32("a", "[1]", 0, 8) "}", 1, "outside the file");
    refuse("{" F32("a", "[1]", 4, 0) "}", 1, "outside the file");
    refuse("{" F32("a", "[1]", -4, 0) "}", 1, "data_offsets");
    refuse("{" F32("a", "[1]", 0, 1e300) "}", 1, "data_offsets");
    refuse("{" F32("a", "[2]", 0, 4) "}", 1, "number of bytes");
    refuse("{" F32("a", "[2]", 0, 8) "," F32("b", "[1]", 4, 8) "}", 2, "overlap");
    refuse("{" F32("a", "[1]", 4, 8) "}", 2, "hole");
    refuse("{" F32("a", "[1]", 0, 4) "}", 2, "goes on");
    refuse("{" F32("a", "[1]", 0, 4) "," F32("a", "[1]", 4, 8) "}", 2, "occurs twice");
}

static void refuse_bytes(const char *bytes, size_t length, const char *words)
{
    char path[256];
    ig_weights *weights = NULL;
    ig_error error = {0};
    ig_graph *graph = parse(MODEL(""));
    snprintf(path, sizeof path, "%s/raw.safetensors", folder);
    assert_int_equal(ig_file_write(path, bytes, length, NULL), IG_OK);
    assert_int_equal(ig_weights_load(graph, path, NULL, &weights, &error), IG_E_DATA);
    assert_non_null(strstr(error.message, words));
    unlink(path);
    ig_graph_destroy(&graph);
}

static void test_no_safetensors(void **state)
{
    ig_weights *weights = NULL;
    ig_error error = {0};
    ig_graph *graph = parse(MODEL(""));
    (void)state;
    refuse_bytes("", 0, "too short");
    refuse_bytes("\x01\0\0", 3, "too short");
    refuse_bytes("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10, "absurd");
    refuse_bytes("\x03\0\0\0\0\0\0\0{}", 10, "absurd");
    refuse_bytes("\x03\0\0\0\0\0\0\0{}\0", 11, "NUL");
    assert_int_equal(ig_weights_load(graph, "/nonexistent/w.safetensors", NULL, &weights, &error), IG_E_NO_INPUT);
    assert_int_equal(ig_weights_load(graph, folder, NULL, &weights, &error), IG_E_DATA);
    ig_graph_destroy(&graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_file),   cmocka_unit_test(test_extra_tensors), cmocka_unit_test(test_aliases),
        cmocka_unit_test(test_not_fitting), cmocka_unit_test(test_malformed),     cmocka_unit_test(test_no_safetensors),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
