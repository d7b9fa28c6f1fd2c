from gen_ops_cases import case, refusal

CASES = [
    case("even_blocks", [2, 16, 3, 5], cost=(0, 0, 0)),
    case("part_of_a_block", [1, 3, 7, 5]),
    case("blocks_and_a_part", [3, 21, 4, 9]),
    case("one_pixel", [2, 10, 1, 1]),
    case("one_channel", [1, 1, 6, 11]),
]
REFUSALS = [refusal("no_map", "rank", [4, 8])]


def reference(x, a):
    del a
    return x[0]
