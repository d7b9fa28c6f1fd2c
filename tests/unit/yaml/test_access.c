#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "yaml/yaml.h"

static const char DOCUMENT[] =
    "int: 12\n"
    "quoted: '12'\n"
    "real: 0.5\n"
    "yes: true\n"
    "word: relu\n"
    "empty:\n"
    "list: [1]\n"
    "map: {a: 1}\n"
    "large: 99999999999999999999\n"
    "typo: rleu6\n"
    "long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n";

typedef struct fixture {
    ig_arena *arena;
    const ig_yaml *root;
} fixture;

static fixture open_document(void)
{
    fixture here = {ig_arena_create(), NULL};
    ig_yaml *root;
    assert_int_equal(ig_yaml_parse(DOCUMENT, strlen(DOCUMENT), "m.yaml", here.arena, &root, NULL), IG_OK);
    here.root = root;
    return here;
}

static int enter(void **state)
{
    static fixture here;
    here = open_document();
    *state = &here;
    return 0;
}

static int leave(void **state)
{
    fixture *here = *state;
    ig_arena_destroy(&here->arena);
    return 0;
}

static const ig_yaml *get(void **state, const char *key)
{
    return ig_yaml_get(((const fixture *)*state)->root, key);
}

static void describes_nodes(void **state)
{
    assert_string_equal(ig_yaml_kind_text(NULL), "nothing");
    assert_string_equal(ig_yaml_kind_text(get(state, "empty")), "nothing");
    assert_string_equal(ig_yaml_kind_text(get(state, "map")), "a mapping");
    assert_string_equal(ig_yaml_kind_text(get(state, "list")), "a sequence");
    assert_string_equal(ig_yaml_kind_text(get(state, "word")), "the text 'relu'");
    assert_string_equal(ig_yaml_kind_text(get(state, "int")), "the number 12");
    assert_string_equal(ig_yaml_kind_text(get(state, "quoted")), "the text '12'");
    assert_int_equal(strlen(ig_yaml_kind_text(get(state, "long"))), 60 + strlen("the text '...'"));
    assert_true(ig_yaml_is_null(get(state, "empty")) && ig_yaml_is_null(NULL));
    assert_false(ig_yaml_is_null(get(state, "map")));
}

static void reads_values(void **state)
{
    int64_t integer = 0;
    double real = 0;
    bool truth = false;
    const char *text = NULL;
    int choice = -1;
    static const char *const NAMES[] = {"sigmoid", "relu"};
    assert_int_equal(ig_yaml_int(get(state, "int"), "x", 1, 12, &integer, NULL), IG_OK);
    assert_int_equal(integer, 12);
    assert_int_equal(ig_yaml_double(get(state, "real"), "x", 0, 1, &real, NULL), IG_OK);
    assert_true(real == 0.5);
    assert_int_equal(ig_yaml_double(get(state, "int"), "x", -INFINITY, INFINITY, &real, NULL), IG_OK);
    assert_true(real == 12.0);
    assert_int_equal(ig_yaml_bool(get(state, "yes"), "x", &truth, NULL), IG_OK);
    assert_true(truth);
    assert_int_equal(ig_yaml_string(get(state, "quoted"), "x", &text, NULL), IG_OK);
    assert_string_equal(text, "12");
    assert_int_equal(ig_yaml_choice(get(state, "word"), "x", NAMES, 2, &choice, NULL), IG_OK);
    assert_int_equal(choice, 1);
    assert_int_equal(ig_yaml_expect(get(state, "map"), IG_YAML_MAPPING, "x", NULL), IG_OK);
    assert_int_equal(ig_yaml_expect(get(state, "list"), IG_YAML_SEQUENCE, "x", NULL), IG_OK);
    assert_int_equal(ig_yaml_expect(get(state, "int"), IG_YAML_SCALAR, "x", NULL), IG_OK);
}

static void assert_error(const ig_error *error, const char *message, const char *expected, const char *found)
{
    assert_int_equal(error->status, IG_E_DATA);
    assert_string_equal(error->message, message);
    assert_string_equal(error->expected, expected);
    assert_string_equal(error->found, found);
}

static void explains_wrong_numbers(void **state)
{
    int64_t integer = 7;
    double real = 7;
    ig_error error;
    assert_int_equal(ig_yaml_int(get(state, "int"), "stride", 1, 8, &integer, &error), IG_E_DATA);
    assert_error(&error, "stride is out of range", "an integer from 1 to 8", "12");
    assert_int_equal(error.line, 1);
    assert_int_equal(error.column, 6);
    assert_string_equal(error.file, "m.yaml");
    assert_int_equal(ig_yaml_int(get(state, "large"), "stride", 1, 8, &integer, &error), IG_E_DATA);
    assert_error(&error, "stride is out of range", "an integer from 1 to 8", "99999999999999999999");
    assert_int_equal(ig_yaml_int(get(state, "quoted"), "stride", 1, 20, &integer, &error), IG_E_DATA);
    assert_error(&error, "stride has the wrong type", "an integer", "the text '12'");
    assert_string_equal(error.hint, "remove the quotes");
    assert_int_equal(ig_yaml_int(get(state, "real"), "stride", 0, 8, &integer, &error), IG_E_DATA);
    assert_error(&error, "stride has the wrong type", "an integer", "the number 0.5");
    assert_int_equal(ig_yaml_int(get(state, "empty"), "stride", 0, 8, &integer, &error), IG_E_DATA);
    assert_error(&error, "stride has no value", "an integer", "nothing");
    assert_int_equal(ig_yaml_int(NULL, "stride", 0, 8, &integer, &error), IG_E_DATA);
    assert_error(&error, "stride is missing", "an integer", "nothing");
    assert_int_equal(ig_yaml_double(get(state, "real"), "eps", 1, 2, &real, &error), IG_E_DATA);
    assert_error(&error, "eps is out of range", "a number from 1 to 2", "0.5");
    assert_int_equal(ig_yaml_double(get(state, "list"), "eps", 1, 2, &real, &error), IG_E_DATA);
    assert_error(&error, "eps has the wrong type", "a number", "a sequence");
    assert_true(integer == 7 && real == 7);
}

static void explains_wrong_kinds(void **state)
{
    bool truth = false;
    const char *text = NULL;
    ig_error error;
    assert_int_equal(ig_yaml_bool(get(state, "word"), "bias", &truth, &error), IG_E_DATA);
    assert_error(&error, "bias has the wrong type", "true or false", "the text 'relu'");
    assert_int_equal(ig_yaml_string(get(state, "map"), "name", &text, &error), IG_E_DATA);
    assert_error(&error, "name has the wrong type", "a text", "a mapping");
    assert_int_equal(ig_yaml_string(get(state, "empty"), "name", &text, &error), IG_E_DATA);
    assert_error(&error, "name has no value", "a text", "nothing");
    assert_int_equal(ig_yaml_expect(get(state, "int"), IG_YAML_MAPPING, "the model", &error), IG_E_DATA);
    assert_error(&error, "the model has the wrong type", "a mapping", "the number 12");
    assert_int_equal(ig_yaml_fail(get(state, "map"), &error, "no %s here", "layer"), IG_E_DATA);
    assert_error(&error, "no layer here", "", "");
    assert_int_equal(error.line, 8);
}

static void hints_at_the_nearest_word(void **state)
{
    static const char *const NAMES[] = {"sigmoid", "relu", "relu6"};
    static const char *const KEYS[] = {"int", "quoted", "real", "yes", "word", "emtpy"};
    int choice = 9;
    ig_error error;
    assert_int_equal(ig_yaml_choice(get(state, "typo"), "op", NAMES, 3, &choice, &error), IG_E_DATA);
    assert_error(&error, "op has an unknown value", "one of sigmoid, relu, relu6", "the text 'rleu6'");
    assert_string_equal(error.hint, "did you mean 'relu6'?");
    assert_int_equal(choice, 9);
    assert_int_equal(ig_yaml_choice(get(state, "list"), "op", NAMES, 3, &choice, &error), IG_E_DATA);
    assert_error(&error, "op has the wrong type", "one of sigmoid, relu, relu6", "a sequence");
    assert_int_equal(ig_yaml_choice(get(state, "typo"), "op", NAMES, 1, &choice, &error), IG_E_DATA);
    assert_string_equal(error.expected, "sigmoid");
    const ig_yaml *root = ((const fixture *)*state)->root;
    assert_int_equal(ig_yaml_check_keys(root, "the model", KEYS, 6, &error), IG_E_DATA);
    assert_string_equal(error.message, "the model has an unknown key 'empty'");
    assert_string_equal(error.hint, "did you mean 'emtpy'?");
    assert_int_equal(error.line, 6);
    assert_int_equal(ig_yaml_check_keys(get(state, "list"), "x", KEYS, 6, &error), IG_E_DATA);
    static const char *const OWN[] = {"a"};
    assert_int_equal(ig_yaml_check_keys(get(state, "map"), "x", OWN, 1, &error), IG_OK);
}

/* A list of words too long for the message ends in dots, inside the field. */
static void cuts_long_lists(void **state)
{
    const char *names[100];
    int choice;
    ig_error error;
    for (int length = 1; length < 40; length++) {
        char word[64];
        memset(word, 'q', sizeof word);
        word[length] = '\0';
        for (int i = 0; i < 100; i++)
            names[i] = word;
        assert_int_equal(ig_yaml_choice(get(state, "word"), "op", names, 100, &choice, &error), IG_E_DATA);
        assert_true(strlen(error.expected) < IG_ERROR_TEXT);
        if (length > 4)
            assert_string_equal(error.expected + strlen(error.expected) - 3, "...");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(describes_nodes, enter, leave),
        cmocka_unit_test_setup_teardown(reads_values, enter, leave),
        cmocka_unit_test_setup_teardown(explains_wrong_numbers, enter, leave),
        cmocka_unit_test_setup_teardown(explains_wrong_kinds, enter, leave),
        cmocka_unit_test_setup_teardown(hints_at_the_nearest_word, enter, leave),
        cmocka_unit_test_setup_teardown(cuts_long_lists, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
