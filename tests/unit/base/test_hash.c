#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "base/hash.h"

/* Seeds and values that the model descriptions publish. */
static void makes_the_published_fill(void **state)
{
    (void)state;
    static const double CONV1[] = {0.38574425, 0.99773865, 0.84656222};
    static const double INPUT[] = {0.7990331361, 0.6851742475, 0.9802647233, 0.0042396504};
    uint32_t conv1 = ig_hash_fnv32("conv1.0.weight"), input = ig_hash_fnv32("input");
    assert_int_equal(conv1, 0x6A5DBA3E);
    assert_int_equal(input, 0xF9D86F7B);
    for (uint32_t i = 0; i < 3; i++)
        assert_true(fabs(ig_hash_uniform(conv1, i + 1) - CONV1[i]) < 5e-9);
    for (uint32_t i = 0; i < 4; i++)
        assert_true(fabs(ig_hash_uniform(input, i) - INPUT[i]) < 5e-11);
}

static void stays_in_the_unit_interval(void **state)
{
    (void)state;
    double sum = 0;
    for (uint32_t i = 0; i < 100000; i++) {
        double value = ig_hash_uniform(0xFFFFFFFFu, i * 42949u);
        assert_true(value >= 0.0 && value < 1.0);
        sum += value;
    }
    assert_true(fabs(sum / 100000 - 0.5) < 0.01);
}

static void hashes_bytes(void **state)
{
    (void)state;
    assert_true(ig_hash_fnv64(IG_HASH_FNV64_SEED, "", 0) == UINT64_C(0xcbf29ce484222325));
    assert_true(ig_hash_fnv64(IG_HASH_FNV64_SEED, "a", 1) == UINT64_C(0xaf63dc4c8601ec8c));
    assert_true(ig_hash_fnv64(IG_HASH_FNV64_SEED, "foobar", 6) == UINT64_C(0x85944171f73967e8));
    uint64_t half = ig_hash_fnv64(IG_HASH_FNV64_SEED, "foo", 3);
    assert_true(ig_hash_fnv64(half, "bar", 3) == UINT64_C(0x85944171f73967e8));
    assert_int_equal(ig_hash_fnv32(""), 0x811c9dc5);
    assert_int_equal(ig_hash_fnv32("foobar"), 0xbf9cf968);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_the_published_fill),
        cmocka_unit_test(stays_in_the_unit_interval),
        cmocka_unit_test(hashes_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
