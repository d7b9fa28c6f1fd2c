from gen_ops_cases import case, refusal, some_nan

CASES = [
    case("one_for_each", [2, 3, 5, 7], [2, 3, 5, 1], [2, 3, 1, 7], cost=(0, 0, 420)),
    case("parts_of_longer_ones", [2, 3, 5, 7], [2, 3, 12, 1], [2, 3, 12, 1], rows_at=0, columns_at=5),
    case("columns_first", [1, 4, 6, 9], [1, 4, 15], [1, 4, 15], rows_at=9, columns_at=0, then=["relu"]),
    case("square", [3, 8, 14, 14], [3, 8, 28, 1], [3, 8, 28, 1], columns_at=14),
    case("one_row", [2, 3, 1, 9], [2, 3, 4], [2, 3, 9], rows_at=3),
    case("one_column", [2, 3, 9, 1], [2, 3, 9], [2, 3, 2], columns_at=1),
    case("wide", [1, 2, 3, 1301], [1, 2, 3], [1, 2, 1301]),
    case("nan_in_x", [1, 2, 3, 5], [1, 2, 3], [1, 2, 5],
         data=[some_nan(30, 17), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [0.5] * 10]),
    case("nan_in_a_factor", [1, 2, 3, 5], [1, 2, 3], [1, 2, 5],
         data=[some_nan(30), some_nan(6, 4), [0.5] * 10]),
]
REFUSALS = [
    refusal("too_few_rows", "fit", [2, 3, 5, 7], [2, 3, 4], [2, 3, 7]),
    refusal("columns_beyond_the_end", "fit", [2, 3, 5, 7], [2, 3, 12], [2, 3, 12], columns_at=6),
    refusal("other_channels", "fit", [2, 3, 5, 7], [2, 4, 5], [2, 3, 7]),
    refusal("other_images", "fit", [2, 3, 5, 7], [2, 3, 5], [1, 3, 7]),
    refusal("flat_factors", "rank", [2, 3, 5, 7], [2, 15], [2, 3, 7]),
    refusal("rank_3", "rank", [2, 3, 5], [2, 3, 5], [2, 3, 5]),
    refusal("two_inputs", "inputs", [2, 3, 5, 7], [2, 3, 5]),
]


def reference(x, a):
    rows, columns = x[1].flatten(2), x[2].flatten(2)
    first, start = a.get("rows_at", 0), a.get("columns_at", 0)
    height, width = x[0].shape[2:]
    return x[0] * rows[:, :, first:first + height, None] * columns[:, :, None, start:start + width]
