/* Boxes: candidates, suppression, and the way back to the picture. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ingot/image.h"

enum { COLUMNS = 7 /* a row of two classes */ };

static ig_box_list copy_list(const ig_box *boxes, int count)
{
    ig_box_list list = {malloc((size_t)count * sizeof *boxes), count};
    assert_non_null(list.items);
    memcpy(list.items, boxes, (size_t)count * sizeof *boxes);
    return list;
}

/* Suppresses and checks which boxes stay, told by their x1. */
static void check_kept(const ig_box *boxes, int count, double iou, int most, const float *want, int n_want)
{
    ig_box_list list = copy_list(boxes, count);
    assert_int_equal(ig_boxes_suppress(&list, iou, most, NULL), IG_OK);
    assert_int_equal(list.count, n_want);
    for (int i = 0; i < n_want; i++)
        assert_true(list.items[i].x1 == want[i]);
    ig_boxes_release(&list);
    assert_null(list.items);
}

static void keeps_the_best_first(void **state)
{
    (void)state;
    /* The second overlaps the first; the third overlaps only the dropped second, so it stays. */
    static const ig_box BOXES[] = {
        {0, 0, 10, 10, 0.9f, 0}, {4, 0, 14, 10, 0.8f, 0}, {8, 0, 18, 10, 0.7f, 0}, {50, 0, 60, 10, 0.95f, 0}};
    check_kept(BOXES, 4, 0.4, 300, (const float[]){50, 0, 8}, 3);
    check_kept(BOXES, 4, 0.1, 300, (const float[]){50, 0}, 2);
    check_kept(BOXES, 4, 1.0, 300, (const float[]){50, 0, 4, 8}, 4);
    check_kept(BOXES, 4, 1.0, 2, (const float[]){50, 0}, 2);
    check_kept(BOXES, 4, 1.0, 0, NULL, 0);
}

static void breaks_ties_by_order(void **state)
{
    (void)state;
    static const ig_box BOXES[] = {{2, 0, 12, 10, 0.5f, 0}, {0, 0, 10, 10, 0.5f, 0}, {1, 0, 11, 10, 0.5f, 0}};
    check_kept(BOXES, 3, 0.45, 300, (const float[]){2}, 1);
    check_kept(BOXES, 3, 1.0, 300, (const float[]){2, 0, 1}, 3);
}

static void keeps_an_equal_iou(void **state)
{
    (void)state;
    /* 10 of 20 and 9 of 20 in common: 1/2, and 0.45 as a double has it. */
    static const ig_box HALF[] = {{0, 0, 15, 1, 0.9f, 0}, {5, 0, 20, 1, 0.8f, 0}};
    static const ig_box NINE[] = {{0, 0, 15, 1, 0.9f, 0}, {6, 0, 20, 1, 0.8f, 0}};
    assert_true(ig_box_iou(&HALF[0], &HALF[1]) == 0.5);
    check_kept(HALF, 2, 0.5, 300, (const float[]){0, 5}, 2);
    check_kept(HALF, 2, nextafter(0.5, 0), 300, (const float[]){0}, 1);
    check_kept(NINE, 2, 0.45, 300, (const float[]){0, 6}, 2);
}

static void suppresses_within_a_class(void **state)
{
    (void)state;
    static const ig_box BOXES[] = {{0, 0, 10, 10, 0.9f, 1}, {0.5f, 0, 10, 10, 0.8f, 0}, {1, 0, 10, 10, 0.7f, 1}};
    check_kept(BOXES, 3, 0.45, 300, (const float[]){0, 0.5f}, 2);
}

static void stops_at_the_most(void **state)
{
    (void)state;
    enum { COUNT = 400 };
    ig_box boxes[COUNT];
    for (int i = 0; i < COUNT; i++)
        boxes[i] = (ig_box){(float)(20 * i), 0, (float)(20 * i + 10), 10, (float)(i + 1) / COUNT, 0};
    ig_box_list list = copy_list(boxes, COUNT);
    assert_int_equal(ig_boxes_suppress(&list, IG_BOX_MAX_IOU, IG_BOX_MAX_COUNT, NULL), IG_OK);
    assert_int_equal(list.count, 300);
    assert_true(list.items[0].x1 == 20 * 399 && list.items[299].x1 == 20 * 100);
    ig_boxes_release(&list);
}

static void suppresses_nothing_of_nothing(void **state)
{
    (void)state;
    ig_box_list list = {0};
    assert_int_equal(ig_boxes_suppress(&list, 0.45, 300, NULL), IG_OK);
    assert_int_equal(list.count, 0);
    ig_boxes_release(&list);
    ig_boxes_release(NULL);
    static const ig_box APART = {0, 0, 1, 1, 1, 0}, TOUCHING = {1, 0, 2, 1, 1, 0}, EMPTY = {0, 0, 0, 0, 1, 0};
    assert_true(ig_box_iou(&APART, &TOUCHING) == 0 && ig_box_iou(&EMPTY, &EMPTY) == 0);
    assert_true(ig_box_iou(&APART, &APART) == 1);
}

static void reads_rows(void **state)
{
    (void)state;
    static const float ROWS[][COLUMNS] = {
        {50, 40, 20, 10, 0.8f, 0.25f, 0.5f}, /* class 1, 0.4 */
        {50, 40, 20, 10, 1.0f, 0.5f, 0.5f},  /* equal: class 0 */
        {50, 40, 20, 10, 0.25f, 1.0f, 1.0f}, /* objectness not above */
        {50, 40, 20, 10, 0.5f, 0.5f, 0.5f},  /* product not above */
        {50, 40, 1.99f, 10, 1.0f, 1.0f, 0},  /* too narrow */
        {50, 40, 20, 7681, 1.0f, 1.0f, 0},   /* too tall */
        {50, 40, 2, 7680, 1.0f, 1.0f, 0},    /* just right */
        {NAN, 40, 20, 10, 1.0f, 1.0f, 0},    /* nowhere */
        {50, 40, NAN, 10, 1.0f, 1.0f, 0},    /* no size */
        {50, 40, 20, 10, NAN, 1.0f, 0},      /* no objectness */
        {50, 40, 20, 10, 1.0f, NAN, 0.75f},  /* the other class counts */
    };
    ig_box_list list;
    assert_int_equal(ig_boxes_from_rows(&ROWS[0][0], 11, COLUMNS, 0.25f, &list, NULL), IG_OK);
    assert_int_equal(list.count, 4);
    const ig_box *b = list.items;
    assert_true(b[0].x1 == 40 && b[0].y1 == 35 && b[0].x2 == 60 && b[0].y2 == 45);
    assert_true(b[0].class_index == 1 && b[0].score == 0.8f * 0.5f);
    assert_true(b[1].class_index == 0 && b[1].score == 0.5f);
    assert_true(b[2].y2 == 40 + 3840);
    assert_true(b[3].class_index == 1 && b[3].score == 0.75f);
    ig_boxes_release(&list);
    assert_int_equal(ig_boxes_from_rows(&ROWS[2][0], 1, COLUMNS, 0.25f, &list, NULL), IG_OK);
    assert_true(list.count == 0 && !list.items);
}

static void reads_boxes_and_scores(void **state)
{
    (void)state;
    static const float BOXES[2][3][4] = {{{0, 0, 9, 9}, {1, 2, 3, 4}, {5, 6, 7, 8}},
                                         {{0, 0, 9, 9}, {3, 3, 3, 3}, {8, 2, 4, 4}}};
    static const float SCORES[2][3] = {{0.9f, 0.3f, 0.6f}, {0.1f, 0.9f, 0.9f}};
    ig_box_list list;
    assert_int_equal(ig_boxes_from_scores(&BOXES[0][0][0], &SCORES[0][0], 2, 3, 0.25f, &list, NULL), IG_OK);
    assert_int_equal(list.count, 2); /* neither the background nor a box without an area */
    assert_true(list.items[0].class_index == 1 && list.items[0].x1 == 1 && list.items[0].y2 == 4);
    assert_true(list.items[1].class_index == 2 && list.items[1].score == 0.6f);
    ig_boxes_release(&list);
    assert_int_equal(ig_boxes_from_scores(&BOXES[0][0][0], &SCORES[0][0], 2, 3, 0.3f, &list, NULL), IG_OK);
    assert_int_equal(list.count, 1); /* an equal score is not above */
    ig_boxes_release(&list);
}

static void maps_back_and_clips(void **state)
{
    (void)state;
    static const ig_box BOXES[] = {{64, 32, 128, 64, 0.9f, 0}, {-10, -1, 300, 257, 0.8f, 0}, {260, 0, 270, 9, 0.7f, 0}};
    ig_box_list list = copy_list(BOXES, 3);
    ig_boxes_map(&list, 256, 256, 200, 100);
    assert_true(list.items[0].x1 == 50 && list.items[0].y1 == 12.5f);
    assert_true(list.items[0].x2 == 100 && list.items[0].y2 == 25);
    assert_true(list.items[1].x1 == 0 && list.items[1].y1 == 0);
    assert_true(list.items[1].x2 == 200 && list.items[1].y2 == 100);
    assert_true(list.items[2].x1 == 200 && list.items[2].x2 == 200);
    ig_boxes_release(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_best_first), cmocka_unit_test(breaks_ties_by_order),
        cmocka_unit_test(keeps_an_equal_iou),   cmocka_unit_test(suppresses_within_a_class),
        cmocka_unit_test(stops_at_the_most),    cmocka_unit_test(suppresses_nothing_of_nothing),
        cmocka_unit_test(reads_rows),           cmocka_unit_test(reads_boxes_and_scores),
        cmocka_unit_test(maps_back_and_clips),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
