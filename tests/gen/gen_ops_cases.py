"""The cases and refusals that gen_ops.py turns into tests/ops/<op>.yaml.

Costs are worked out by hand from the rules in docs/operators.md.
"""


def case(name, *inputs, cost=None, data=None, ranges=None, printed=None, **attrs):
    made = {"name": name, "inputs": [list(shape) for shape in inputs]}
    if attrs:
        made["attrs"] = attrs
    if data:
        made["data"] = data
    if ranges:
        made["ranges"] = ranges
    if cost:
        made["cost"] = dict(zip(("macs", "adds", "other"), cost))
    if printed:
        made["printed"] = printed
    return made


def refusal(name, message, *inputs, status=None, **attrs):
    made = case(name, *inputs, **attrs)
    made["message"] = f'"{message}"'
    if status:
        made["status"] = status
    return made


NAN = float("nan")


def some_nan(count, *places):
    """`count` numbers, most of them different from their neighbours, and nan at `places`."""
    return [NAN if i in places else (i * 7 % 23 - 11) / 4 for i in range(count)]


UNARY = [
    case("single", [1]),
    case("odd_image", [2, 3, 5, 7]),
    case("vector", [3, 11]),
    case("six_axes", [2, 1, 3, 2, 1, 5]),
    case("several_units", [1, 3, 45, 67]),
    case("nan", [37], data=[some_nan(37, 3, 15, 34, 36)]),
]


def adaptive_pool(other_per_output):
    """Bins that divide, overlap, repeat, are long, are many; a mean does one division per output, a maximum none."""
    def cost(adds, outputs):
        return (0, adds, other_per_output * outputs)

    return [
        case("global", [2, 3, 5, 7], size=1, cost=cost(204, 6)),
        case("global_several_units", [2, 5, 37, 41], size=1),
        case("divides", [2, 3, 6, 8], size=[3, 2], cost=cost(252, 36)),
        case("overlaps", [1, 2, 5, 7], size=3, cost=cost(108, 18)),
        case("repeats", [2, 2, 3, 2], size=[5, 7]),
        case("identity", [1, 3, 4, 5], size=[4, 5], cost=cost(0, 60)),
        case("rows", [2, 3, 9, 21], size=[9, 1]),
        case("columns", [2, 3, 21, 9], size=[1, 9]),
        case("pyramid_6", [2, 3, 32, 32], size=6),
        case("pyramid_3_wide", [1, 2, 33, 131], size=3),
        case("long_bins", [1, 1, 67, 301], size=[1, 2]),
        case("many_bins", [3, 5, 13, 12], size=[7, 6]),
        case("single", [1, 1, 1, 1], size=1),
        case("from_pixel", [2, 2, 1, 1], size=[3, 2]),
    ]


ADAPTIVE_POOL_REFUSALS = [
    refusal("rank_3", "rank", [3, 4, 4], size=1),
    refusal("no_bins", "size", [1, 1, 4, 4], size=0),
    refusal("too_large", "too large", [1, 3, 4, 4], size=[65536, 65536]),
    refusal("two_inputs", "inputs", [1, 3, 4, 4], [1, 3, 4, 4], size=1),
]

BROADCAST = [
    case("equal", [2, 3, 5, 7], [2, 3, 5, 7]),
    case("equal_several_units", [2, 3, 37, 41], [2, 3, 37, 41]),
    case("per_channel", [2, 3, 5, 7], [2, 3, 1, 1]),
    case("per_channel_several_units", [2, 3, 37, 41], [2, 3, 1, 1]),
    case("one_channel", [2, 3, 5, 7], [2, 1, 5, 7]),
    case("one_channel_several_units", [2, 5, 37, 41], [2, 1, 37, 41]),
    case("per_row", [2, 3, 5, 7], [2, 3, 5, 1]),
    case("per_column", [2, 3, 5, 7], [2, 3, 1, 7]),
    case("per_column_several_units", [2, 3, 37, 41], [2, 3, 1, 41]),
    case("scalar", [2, 3, 5, 7], [1]),
    case("shared_by_batch", [2, 3, 5, 7], [3, 5, 7]),
    case("lower_rank", [2, 3, 5, 7], [5, 1]),
    case("first_is_smaller", [3, 1, 1], [2, 3, 5, 7]),
    case("gate_comes_first", [2, 16, 1, 1], [2, 16, 5, 7]),
    case("both_grow", [2, 3, 1, 7], [1, 3, 5, 1]),
    case("outer_product", [4, 1], [1, 6]),
    case("rank_differs_same_elements", [1, 3, 5], [3, 5]),
    case("four_separate_axes", [2, 1, 3, 1], [2, 4, 3, 3]),
    case("six_axes", [2, 1, 3, 1, 1, 1], [2, 4, 3, 3, 2, 1]),
    case("single", [1], [1]),
    case("one_channel_rest_of_a_block", [2, 19, 5, 9], [2, 1, 5, 9]),
    case("one_channel_shared_by_images", [2, 19, 5, 9], [1, 1, 5, 9]),
    case("one_plane", [1, 19, 5, 9], [5, 9]),
    case("one_plane_in_front", [1, 1, 5, 9], [2, 16, 5, 9]),
    case("per_channel_rest_of_a_block", [2, 19, 5, 9], [19, 1, 1]),
    case("per_channel_of_images", [2, 19, 5, 9], [2, 19, 1, 1]),
]
BROADCAST_REFUSALS = [
    refusal("extents_differ", "broadcast", [2, 3, 5, 7], [2, 4, 1, 1]),
    refusal("one_input", "inputs", [2, 3]),
    refusal("too_many_axes", "axes", [2, 1, 2, 1, 2, 1], [1, 2, 1, 2, 1, 2], status="unsupported"),
    refusal("result_too_large", "too large", [65536, 1], [1, 65536]),
]


def with_costs(cases, costs):
    """`cases` with hand-made costs for some of them, by name."""
    names = ("macs", "adds", "other")
    return [dict(c, cost=dict(zip(names, costs[c["name"]]))) if c["name"] in costs else c for c in cases]


REDUCE = [
    case("image_mean_2x3", [2, 3, 5, 7], axes=[2, 3]),
    case("image_kept", [2, 3, 5, 7], axes=[2, 3], keepdims=True),
    case("width", [2, 3, 5, 7], axes=[3], keepdims=True),
    case("height", [2, 3, 5, 7], axes=[2], keepdims=True),
    case("channels", [2, 3, 5, 7], axes=[1], keepdims=True),
    case("channels_dropped", [2, 3, 5, 7], axes=[1]),
    case("batch", [2, 3, 5, 7], axes=[0]),
    case("batch_and_channels", [2, 3, 5, 7], axes=[0, 1]),
    case("negative", [2, 3, 5, 7], axes=[-1, -2]),
    case("all", [2, 3, 5], axes=[0, 1, 2]),
    case("all_kept", [2, 3, 5], axes=[0, 1, 2], keepdims=True),
    case("single", [1, 1, 1, 1], axes=[2, 3]),
    case("several_tiles", [2, 5, 13, 29], axes=[1]),
    case("height_several_tiles", [1, 2, 9, 301], axes=[2]),
    case("nan_in_rows", [4, 37], axes=[1], data=[some_nan(148, 0, 90, 147)]),
    case("nan_in_columns", [5, 19], axes=[0], data=[some_nan(95, 3, 45, 94)]),
    case("of_magnitudes", [2, 3, 5, 7], axes=[2, 3], of="abs"),
    case("of_gates_in_columns", [2, 37, 21], axes=[1], of="sigmoid", then=["relu"]),
    case("rest_of_a_block", [2, 19, 5, 9], axes=[2, 3]),
    case("nan_in_images", [2, 9, 3, 5], axes=[2, 3], data=[some_nan(270, 14, 135, 269)]),
    case("of_gates_in_images", [2, 19, 5, 9], axes=[2, 3], of="sigmoid"),
]
REDUCE_REFUSALS = [
    refusal("gap", "neighbours", [2, 3, 5, 7], axes=[1, 3]),
    refusal("twice", "neighbours", [2, 3, 5, 7], axes=[1, -3]),
    refusal("empty", "neighbours", [2, 3, 5, 7], axes=[]),
    refusal("no_such_axis", "axis", [2, 3], axes=[2]),
]

AXIS_REFUSALS = [
    refusal("axis_too_large", "axis", [2, 3, 4], axis=3),
    refusal("axis_too_small", "axis", [2, 3, 4], axis=-4),
]

CASES = {
    "abs": with_costs(UNARY, {"odd_image": (0, 210, 0)}),
    "relu": with_costs(UNARY, {"odd_image": (0, 210, 0)}),
    "relu6": with_costs(UNARY, {"odd_image": (0, 420, 0)})
    + [case("both_bends", [2, 4], data=[[-7.5, -0.5, 0.0, 0.25, 5.5, 6.0, 6.25, 100.0]])],
    "sigmoid": with_costs(UNARY, {"odd_image": (0, 210, 630)})
    + [case("saturated", [6], data=[[-200.0, -90.0, -5.0, 0.0, 17.0, 200.0]])],
    "add": with_costs(BROADCAST, {"per_channel": (0, 210, 0)}),
    "mul": with_costs(BROADCAST, {"per_channel": (0, 0, 210)}),
    "lerp": [
        case("equal", [2, 3, 5, 7], [2, 3, 5, 7], [2, 3, 5, 7], cost=(0, 420, 210)),
        case("gate_per_channel", [2, 3, 5, 7], [2, 3, 5, 7], [2, 3, 1, 1]),
        case("gate_per_channel_several_units", [2, 3, 37, 41], [2, 3, 37, 41], [2, 3, 1, 1]),
        case("gate_per_pixel", [2, 3, 5, 7], [2, 3, 5, 7], [2, 1, 5, 7]),
        case("gate_scalar", [2, 3, 5, 7], [2, 3, 5, 7], [1]),
        case("all_differ", [2, 3, 1, 7], [1, 3, 5, 1], [2, 1, 5, 1]),
        case("single", [1], [1], [1]),
        case("even_blocks", [2, 16, 5, 9], [2, 16, 5, 9], [2, 16, 5, 9]),
        case("rest_of_a_block", [2, 19, 5, 9], [2, 19, 5, 9], [2, 19, 5, 9]),
    ],
    "batch_norm": [
        case("image", [2, 3, 5, 7], cost=(0, 210, 210)),
        case("vector", [3, 5]),
        case("large_eps", [2, 3, 5, 7], eps=32.0),
        case("no_eps", [1, 4, 3], eps=0.0),
        case("single", [1, 1, 1, 1]),
        case("wide", [1, 17, 33, 31]),
        case("function", [2, 3, 4], module=False),
    ],
    "group_norm": [
        case("two_groups", [2, 6, 5, 7], groups=2, cost=(0, 1680, 1260)),
        case("one_group", [2, 6, 5, 7], groups=1),
        case("group_per_channel", [3, 4, 7, 5], groups=4),
        case("vector", [3, 8], groups=2),
        case("large_eps", [2, 6, 3], groups=3, eps=2.5),
        case("wide", [2, 32, 14, 14], groups=32),
        case("single", [1, 1, 1, 1], groups=1),
        case("no_affine", [2, 6, 5, 7], groups=2, affine=False, cost=(0, 1260, 840)),
        case("instance_norm", [3, 4, 7, 5], groups=4, affine=False),
        case("instance_norm_wide", [2, 5, 37, 41], groups=5, affine=False, eps=0.001),
        case("no_affine_vector", [3, 8], groups=2, affine=False),
    ],
    "soft_threshold": [
        case("per_channel", [2, 3, 5, 7], [2, 3], cost=(0, 420, 210)),
        case("kept_axes", [2, 3, 5, 7], [2, 3, 1, 1]),
        case("vector", [3, 4], [3, 4]),
        case("single", [1, 1, 1, 1], [1, 1]),
        case("worked_example", [1, 2, 2, 2], [1, 2],
             data=[[1.0, -0.5, 0.2, -1.5, 0.3, 0.9, -0.1, -0.6], [0.48553191, 0.31157711]],
             printed=[0.514468, -0.014468, 0.0, -1.014468, 0.0, 0.588423, 0.0, -0.288423]),
        case("zero_and_negative_threshold", [1, 2, 3], [1, 2], data=[[0.0, 0.5, -0.5, 0.0, 0.5, -0.5], [0.0, -0.25]]),
        case("slope_per_channel", [2, 3, 5, 7], [2, 3], [2, 3], cost=(0, 420, 420)),
        case("slope_kept_axes", [2, 3, 5, 7], [2, 3], [2, 3, 1, 1]),
        case("slope_vector", [3, 4], [3, 4], [3, 4]),
        case("slope_wide", [2, 11, 37, 41], [2, 11, 1, 1], [2, 11]),
        case("slope_single", [1, 1, 1, 1], [1, 1], [1, 1]),
        case("slope_worked_example", [1, 2, 4], [1, 2], [1, 2],
             data=[[1.0, -0.5, 0.25, 0.0, 2.0, -2.0, -0.25, 0.0], [0.25, -0.25], [2.0, 0.5]],
             printed=[1.75, -0.75, 0.0, 0.0, 1.25, -1.25, -0.375, 0.0]),
        case("even_blocks", [2, 16, 5, 9], [2, 16]),
        case("rest_of_a_block", [2, 19, 5, 9], [2, 19]),
        case("slope_even_blocks", [2, 32, 5, 9], [2, 32, 1, 1], [2, 32]),
    ],
    "matmul": [
        case("plain", [3, 5], [5, 7], cost=(105, 0, 0)),
        case("batched", [4, 3, 5], [4, 5, 7], cost=(420, 0, 0)),
        case("two_batch_axes", [2, 3, 1, 8], [2, 3, 8, 35]),
        case("attention_row", [6, 1, 32], [6, 32, 49], cost=(9408, 0, 0)),
        case("several_tiles", [2, 3, 9], [2, 9, 301]),
        case("single", [1, 1], [1, 1]),
        case("column", [7, 13], [13, 1]),
    ],
    "softmax": [
        case("last", [3, 7], axis=-1, cost=(0, 63, 42)),
        case("channels", [2, 5, 3, 4], axis=1),
        case("middle_negative", [2, 3, 5], axis=-2),
        case("first", [4, 3], axis=0),
        case("single", [1], axis=0),
        case("one_wide", [2, 1, 3], axis=1),
        case("function", [2, 3], axis=1, module=False),
        case("large_values", [2, 3], axis=1, data=[[1000.0, 1001.0, 999.0, -1000.0, -1001.0, -2000.0]]),
        case("nan_in_rows", [4, 37], axis=1, data=[some_nan(148, 0, 90, 147)]),
        case("nan_in_columns", [5, 19], axis=0, data=[some_nan(95, 3, 45, 94)]),
    ],
    "reduce_mean": with_costs(REDUCE, {"image_mean_2x3": (0, 204, 6)}),
    "reduce_max": with_costs(REDUCE, {"image_mean_2x3": (0, 204, 0)})
    + [case("all_negative", [1, 2, 2], axes=[2], data=[[-3.0, -2.0, -5.5, -7.0]])],
    "max_pool2d": [
        case("stem", [2, 3, 13, 11], kernel=3, stride=2, pad=1, cost=(0, 2016, 0)),
        case("default_stride", [2, 3, 7, 9], kernel=2),
        case("same_size", [1, 2, 5, 7], kernel=3, stride=1, pad=1),
        case("no_pad", [1, 2, 9, 8], kernel=3, stride=2),
        case("asymmetric", [1, 2, 9, 8], kernel=[3, 2], stride=[1, 2], pad=[1, 0]),
        case("floor", [1, 1, 6, 6], kernel=3, stride=2),
        case("larger_than_input", [1, 2, 3, 2], kernel=5, stride=1, pad=2),
        case("negative_with_pad", [1, 1, 2, 2], kernel=3, stride=1, pad=1, data=[[-3.0, -2.0, -5.0, -7.0]]),
        case("single", [1, 1, 1, 1], kernel=1),
        case("all", [2, 3, 4, 5], kernel=[4, 5]),
        case("ceil", [2, 3, 6, 8], kernel=3, stride=2, ceil_mode=True, cost=(0, 576, 0)),
        case("ceil_divides", [1, 2, 7, 9], kernel=3, stride=2, ceil_mode=True),
        case("ceil_pad", [1, 2, 6, 8], kernel=3, stride=2, pad=1, ceil_mode=True),
        case("ceil_last_left_off", [1, 2, 7, 5], kernel=2, stride=3, pad=1, ceil_mode=True),
        case("ceil_wide", [2, 2, 10, 76], kernel=[3, 4], stride=[2, 3], pad=[0, 1], ceil_mode=True),
        case("ceil_larger_than_input", [1, 2, 4, 3], kernel=5, stride=3, ceil_mode=True),
        case("nan", [1, 1, 6, 19], kernel=3, stride=2, pad=1, data=[some_nan(114, 0, 48, 113)]),
        case("nan_same_size", [1, 1, 6, 19], kernel=3, stride=1, pad=1, data=[some_nan(114, 0, 48, 113)]),
    ],
    "resize": [
        case("double", [2, 3, 4, 5], size=[8, 10], cost=(0, 1440, 2880)),
        case("odd_up", [1, 2, 3, 5], size=[7, 8]),
        case("odd_down", [1, 2, 9, 7], size=[4, 3]),
        case("up_and_down", [1, 2, 9, 3], size=[5, 8]),
        case("four_times", [1, 2, 4, 4], size=16),
        case("same_size", [1, 2, 4, 3], size=[4, 3]),
        case("from_pixel", [2, 2, 1, 1], size=[3, 4]),
        case("to_pixel", [2, 2, 5, 4], size=1),
        case("half", [1, 1, 8, 8], size=4),
        case("nearest_double", [2, 3, 4, 5], size=[8, 10], mode="nearest", cost=(0, 0, 0)),
        case("nearest_odd", [1, 2, 3, 5], size=[7, 8], mode="nearest"),
        case("nearest_down", [1, 2, 9, 7], size=[4, 3], mode="nearest"),
        case("aligned_double", [2, 3, 4, 5], size=[8, 10], align_corners=True, cost=(0, 1440, 2880)),
        case("aligned_odd_up", [1, 2, 3, 5], size=[7, 8], align_corners=True),
        case("aligned_odd_down", [1, 2, 9, 7], size=[4, 3], align_corners=True),
        case("aligned_same_size", [1, 2, 4, 3], size=[4, 3], align_corners=True),
        case("aligned_from_pixel", [2, 2, 1, 1], size=[3, 4], align_corners=True),
        case("aligned_to_pixel", [2, 2, 5, 4], size=1, align_corners=True),
        case("aligned_to_row", [1, 17, 6, 35], size=[1, 70], align_corners=True),
        case("scale_double", [2, 3, 4, 5], scale=2),
        case("scale_asymmetric", [1, 2, 3, 5], scale=[1, 3], mode="nearest"),
        case("scale_nearest_8", [1, 2, 2, 3], scale=8, mode="nearest"),
        case("scale_aligned", [1, 2, 3, 7], scale=4, align_corners=True),
    ],
    "concat": [
        case("channels", [2, 3, 4, 5], [2, 1, 4, 5], axis=1, cost=(0, 0, 0)),
        case("three", [2, 3, 4], [2, 1, 4], [2, 5, 4], axis=1),
        case("last", [2, 3, 4], [2, 3, 2], axis=-1),
        case("batch", [1, 3, 4], [2, 3, 4], axis=0),
        case("one_input", [2, 3], axis=1),
        case("single_elements", [1], [1], [1], axis=0),
        case("lengths", [2, 3, 5, 1], [2, 3, 7, 1], axis=2),
        case("sixteen", *[[2, 1 + k % 3] for k in range(16)], axis=1),
    ],
    "slice": [
        case("channels", [2, 6, 3, 4], axis=1, start=2, end=5, cost=(0, 0, 0)),
        case("head_rows", [2, 3, 12, 1], axis=2, start=0, end=5),
        case("tail_rows", [2, 3, 12, 1], axis=2, start=5, end=12),
        case("last_axis", [2, 3, 7], axis=-1, start=3, end=4),
        case("batch", [4, 3], axis=0, start=1, end=3),
        case("whole", [2, 3, 4], axis=1, start=0, end=3),
        case("single", [1], axis=0, start=0, end=1),
    ],
    "reshape": [
        case("flatten", [2, 3, 4, 5], shape=[0, -1], cost=(0, 0, 0)),
        case("groups", [2, 6, 3, 5], shape=[4, 3, 3, 5]),
        case("add_axes", [2, 3], shape=[0, 0, 1, 1]),
        case("open_in_front", [2, 6, 3], shape=[-1, 3, 3]),
        case("to_vector", [2, 3, 4], shape=[-1]),
        case("six_axes", [24, 5], shape=[2, 3, 1, 4, 5, 1]),
        case("same", [2, 3], shape=[2, 3]),
    ],
    "permute": [
        case("swap_image_axes", [2, 3, 4, 5], dims=[0, 1, 3, 2], cost=(0, 0, 0)),
        case("channels_last", [2, 3, 4, 5], dims=[0, 2, 3, 1]),
        case("transpose", [3, 5], dims=[1, 0]),
        case("only_ones_move", [2, 1, 5, 1], dims=[1, 0, 3, 2]),
        case("row_to_column", [2, 3, 1, 7], dims=[0, 1, 3, 2]),
        case("six_axes", [2, 3, 1, 2, 3, 2], dims=[5, 3, 1, 0, 4, 2]),
        case("negative", [2, 3, 4], dims=[-1, 0, 1]),
        case("identity", [2, 3], dims=[0, 1]),
        case("several_units", [2, 3, 37, 41], dims=[3, 0, 2, 1]),
    ],
    "parameter": [
        case("scalar", shape=[1], cost=(0, 0, 0)),
        case("tensor", shape=[2, 3, 4]),
        case("scale_of_a_norm", shape=[5, 1, 1], of_norm=["scale", "norm", '"0.25"'], cost=(0, 0, 0)),
        case("shift_of_a_norm", shape=[1, 7], of_norm=["shift", "norm", '"1e-05"']),
    ],
    "linear": [
        case("classifier", [2, 13], out=6, cost=(156, 12, 0)),
        case("no_bias", [2, 13], out=5, bias=False, cost=(130, 0, 0)),
        case("three_axes", [2, 3, 7], out=4, cost=(168, 24, 0)),
        case("single", [1, 1], out=1),
        case("wide", [1, 257], out=33),
        case("norm_relu", [3, 9], out=7, norm="norm", then=["relu"], cost=(189, 63, 21)),
        case("norm_no_bias", [3, 9], out=7, bias=False, norm="norm", norm_eps=0.5),
        case("sigmoid", [2, 8], out=8, then=["sigmoid"], cost=(128, 32, 48)),
        case("norm_last_axis", [2, 3, 5], out=4, norm="norm", then=["abs"]),
        case("nan_relu", [5, 9], out=7, then=["relu"], data=[some_nan(45, 0, 40)]),
    ],
    "conv2d": [
        case("pointwise", [2, 3, 5, 7], out=4, kernel=1, cost=(840, 0, 0)),
        case("pointwise_several_tiles", [2, 5, 13, 29], out=6, kernel=1),
        case("pointwise_stride_2", [2, 4, 9, 7], out=6, kernel=1, stride=2),
        case("pointwise_padded", [1, 2, 3, 4], out=3, kernel=1, pad=1),
        case("pointwise_grouped", [2, 8, 5, 3], out=12, kernel=1, groups=4, bias=True),
        case("same_3x3", [2, 3, 5, 7], out=4, kernel=3, pad=1, cost=(7560, 0, 0)),
        case("valid_3x3", [1, 5, 6, 9], out=7, kernel=3),
        case("bias", [3, 2, 5, 4], out=5, kernel=3, pad=1, bias=True, cost=(5400, 300, 0)),
        case("stride_2", [2, 3, 9, 8], out=5, kernel=3, stride=2, pad=1),
        case("stride_3", [1, 2, 11, 10], out=3, kernel=2, stride=3),
        case("strides_differ", [1, 3, 9, 10], out=4, kernel=3, stride=[2, 1], pad=[0, 1]),
        case("stem_7x7", [1, 3, 23, 19], out=6, kernel=7, stride=2, pad=3, cost=(105840, 0, 0)),
        case("odd_dilated", [2, 3, 9, 7], out=5, kernel=3, pad=2, dilation=2, cost=(17010, 0, 0)),
        case("dilations_differ", [1, 2, 11, 12], out=3, kernel=[3, 2], pad=[3, 0], dilation=[3, 5]),
        case("dilated_stride", [1, 2, 13, 11], out=3, kernel=3, stride=2, pad=1, dilation=3),
        case("kernel_5x5", [1, 3, 7, 6], out=4, kernel=5, pad=2),
        case("asymmetric_7x1", [2, 3, 8, 5], out=4, kernel=[7, 1], pad=[3, 0]),
        case("asymmetric_1x7", [2, 3, 5, 8], out=4, kernel=[1, 7], pad=[0, 3]),
        case("asymmetric_3x1", [1, 3, 5, 6], out=2, kernel=[3, 1], pad=[1, 0]),
        case("asymmetric_1x3", [1, 3, 5, 6], out=2, kernel=[1, 3], pad=[0, 1]),
        case("reflect", [2, 3, 5, 7], out=4, kernel=3, pad=1, pad_mode="reflect", cost=(7560, 0, 0)),
        case("reflect_7x7", [1, 5, 17, 33], out=7, kernel=7, pad=3, pad_mode="reflect", bias=True),
        case("reflect_most", [1, 2, 3, 4], out=3, kernel=3, pad=[2, 3], pad_mode="reflect"),
        case("reflect_strides", [2, 3, 9, 20], out=5, kernel=3, stride=[2, 3], pad=[1, 2], pad_mode="reflect"),
        case("reflect_dilated_groups", [2, 6, 9, 11], out=12, kernel=3, pad=2, dilation=2, groups=3,
             pad_mode="reflect"),
        case("reflect_depthwise", [1, 5, 8, 16], out=5, kernel=3, pad=1, groups=5, pad_mode="reflect"),
        case("reflect_without_padding", [1, 3, 4, 5], out=6, kernel=1, pad_mode="reflect"),
        case("reflect_wide", [1, 3, 3, 65], out=5, kernel=3, pad=1, pad_mode="reflect"),
        case("replicate", [2, 3, 5, 8], out=4, kernel=3, pad=1, pad_mode="replicate"),
        case("replicate_far", [1, 2, 2, 3], out=5, kernel=3, stride=2, pad=[5, 21], pad_mode="replicate"),
        case("replicate_pixel", [1, 2, 1, 1], out=3, kernel=3, pad=1, pad_mode="replicate"),
        case("max_pool", [2, 3, 6, 8], out=4, kernel=3, pad=1, bias=True, max_pool=True, cost=(10368, 672, 0)),
        case("max_pool_of_odd_extents", [2, 5, 7, 19], out=6, kernel=3, pad=1, max_pool=True),
        case("max_pool_strided", [1, 3, 23, 37], out=7, kernel=5, stride=[2, 1], pad=2, max_pool=True),
        case("max_pool_in_turns", [1, 70, 9, 12], out=34, kernel=3, dilation=[2, 1], bias=True, max_pool=True),
        case("max_pool_grouped", [1, 6, 8, 9], out=12, kernel=[3, 1], dilation=[2, 1], groups=3, max_pool=True),
        case("max_pool_far", [1, 3, 75, 77], out=5, kernel=[16, 4], stride=4, dilation=[1, 5], max_pool=True),
        case("max_pool_pointwise", [2, 4, 5, 33], out=5, kernel=1, max_pool=True),
        case("max_pool_mirrored", [1, 3, 8, 16], out=4, kernel=3, pad=1, pad_mode="reflect", max_pool=True),
        case("max_pool_nan", [1, 2, 4, 8], out=3, kernel=1, max_pool=True, data=[some_nan(64, 0, 13)]),
        case("max_pool_least", [1, 2, 2, 2], out=3, kernel=1, max_pool=True, norm="norm"),
        case("gate", [2, 5, 5, 7], [2, 5, 1, 1], out=4, kernel=1, bias=True, gate=True, cost=(1400, 280, 350)),
        case("gate_whole_blocks", [2, 16, 3, 7], [2, 16, 1, 1], out=16, kernel=1, gate=True, norm="norm"),
        case("gate_strided", [2, 11, 6, 9], [2, 11, 1, 1], out=9, kernel=3, stride=2, pad=1, gate=True),
        case("gate_in_turns", [2, 70, 3, 5], [2, 70, 1, 1], out=34, kernel=3, pad=1, dilation=[2, 1], gate=True),
        case("gate_mirrored", [2, 3, 5, 8], [2, 3, 1, 1], out=4, kernel=3, pad=1, pad_mode="reflect", gate=True),
        case("gate_of_one_channel", [2, 1, 4, 5], [2, 1, 1, 1], out=1, kernel=3, pad=1, gate=True),
        case("gate_of_a_pixel", [2, 6, 1, 1], [2, 6, 1, 1], out=9, kernel=1, gate=True),
        case("gate_max_pool", [2, 5, 6, 7], [2, 5, 1, 1], out=6, kernel=3, pad=1, gate=True, max_pool=True),
        case("gate_plane_norm", [2, 3, 5, 7], [2, 3, 1, 1], out=5, kernel=1, gate=True, plane_norm=True),
        case("gate_then", [2, 5, 4, 6], [2, 5, 1, 1], [2, 7, 4, 6], [2, 7, 1, 1], out=7, kernel=1, gate=True,
             then=["add", "relu", "mul"]),
        case("plane_norm", [2, 3, 5, 7], out=5, kernel=3, pad=1, bias=True, plane_norm=True, cost=(9450, 1400, 700)),
        case("plane_norm_mirrored", [1, 4, 16, 24], out=7, kernel=3, pad=1, plane_norm=True, pad_mode="reflect",
             plane_norm_eps=0.25),
        case("plane_norm_strided", [2, 3, 12, 19], out=6, kernel=4, stride=2, pad=1, plane_norm=True),
        case("plane_norm_valid", [1, 4, 4, 4], out=3, kernel=3, plane_norm=True),
        case("plane_norm_pointwise", [2, 4, 3, 9], out=6, kernel=1, groups=2, plane_norm=True),
        case("plane_norm_depthwise", [1, 4, 5, 8], out=4, kernel=3, pad=1, groups=4, plane_norm=True),
        case("plane_norm_many_blocks", [1, 1, 70, 75], out=2, kernel=3, pad=1, plane_norm=True),
        case("plane_norm_behind_norm", [2, 3, 4, 5], out=4, kernel=3, pad=1, norm="norm", plane_norm=True),
        case("grouped", [2, 6, 5, 7], out=9, kernel=3, pad=1, groups=3, cost=(11340, 0, 0)),
        case("grouped_wide", [1, 16, 5, 5], out=24, kernel=3, pad=1, groups=2),
        case("depthwise", [2, 5, 7, 6], out=5, kernel=3, pad=1, groups=5, cost=(3780, 0, 0)),
        case("depthwise_stride_2", [2, 5, 9, 7], out=5, kernel=3, stride=2, pad=1, groups=5),
        case("depthwise_multiplier", [1, 3, 6, 5], out=6, kernel=3, pad=1, groups=3),
        case("larger_than_input", [1, 2, 2, 3], out=3, kernel=5, pad=2),
        case("padding_only_windows", [1, 2, 3, 3], out=2, kernel=2, stride=2, pad=4, bias=True),
        case("whole_image", [2, 3, 4, 5], out=6, kernel=[4, 5]),
        case("single_pixel", [1, 1, 1, 1], out=1, kernel=1),
        case("single_pixel_3x3", [2, 3, 1, 1], out=4, kernel=3, pad=1),
        case("wide_row", [1, 2, 3, 140], out=5, kernel=3, pad=1),
        case("very_wide_row", [1, 1, 2, 301], out=4, kernel=[1, 5], stride=[1, 2], pad=[0, 2]),
        case("tall", [1, 2, 65, 2], out=3, kernel=[3, 1], pad=[1, 0]),
        case("many_channels", [1, 67, 4, 3], out=35, kernel=3, pad=1),
        case("norm", [2, 3, 5, 7], out=4, kernel=3, pad=1, norm="norm", cost=(7560, 280, 280)),
        case("bias_norm", [2, 3, 5, 7], out=4, kernel=1, bias=True, norm="norm", norm_eps=32.0),
        case("norm_relu", [2, 3, 5, 7], out=6, kernel=3, pad=1, norm="norm", then=["relu"]),
        case("bias_norm_relu6", [2, 3, 5, 7], out=4, kernel=1, bias=True, norm="norm", then=["relu6"],
             cost=(840, 1120, 280)),
        case("bias_sigmoid", [1, 4, 5, 3], out=5, kernel=1, bias=True, then=["sigmoid"]),
        case("abs", [1, 4, 5, 3], out=5, kernel=3, stride=2, pad=1, then=["abs"]),
        case("relu_only", [1, 2, 3, 3], out=2, kernel=1, then=["relu"]),
        case("depthwise_norm_relu6", [2, 5, 7, 6], out=5, kernel=3, pad=1, groups=5, norm="norm", then=["relu6"]),
        case("grouped_norm", [1, 6, 4, 5], out=9, kernel=1, groups=3, norm="norm"),
        case("nan_relu", [1, 2, 4, 19], out=3, kernel=3, pad=1, then=["relu"], data=[some_nan(152, 0, 48, 151)]),
        case("nan_pointwise_relu6", [1, 2, 4, 19], out=3, kernel=1, then=["relu6"], data=[some_nan(152, 0, 48, 151)]),
        case("nan_depthwise_hard_swish", [1, 2, 4, 19], out=2, kernel=3, pad=1, groups=2, then=["hard_swish"],
             data=[some_nan(152, 0, 48, 151)]),
    ],
}

REFUSALS = {
    "add": BROADCAST_REFUSALS,
    "mul": BROADCAST_REFUSALS,
    "lerp": [
        refusal("weight_differs", "broadcast", [2, 3], [2, 3], [4]),
        refusal("two_inputs", "inputs", [2, 3], [2, 3]),
    ],
    "relu": [refusal("two_inputs", "inputs", [2, 3], [2, 3])],
    "batch_norm": [
        refusal("rank_1", "rank", [3]),
        refusal("negative_eps", "eps", [2, 3], eps=-1.0),
    ],
    "group_norm": [
        refusal("groups_do_not_divide", "groups", [1, 6, 2, 2], groups=4),
        refusal("no_groups", "groups", [1, 6, 2, 2], groups=0),
        refusal("rank_1", "rank", [3], groups=1),
    ],
    "soft_threshold": [
        refusal("per_pixel", "threshold", [2, 3, 5, 7], [2, 3, 5, 7]),
        refusal("other_channels", "threshold", [2, 3, 5, 7], [2, 4]),
        refusal("slope_of_other_channels", "slope", [2, 3, 5, 7], [2, 3], [2, 4]),
        refusal("four_inputs", "inputs", [2, 3], [2, 3], [2, 3], [2, 3]),
        refusal("rank_1", "rank", [3], [3]),
    ],
    "matmul": [
        refusal("inner_differs", "fit", [3, 5], [4, 7]),
        refusal("ranks_differ", "fit", [2, 3, 5], [5, 7]),
        refusal("batch_differs", "fit", [2, 3, 5], [3, 5, 7]),
        refusal("vector", "rank", [5], [5, 7]),
    ],
    "softmax": AXIS_REFUSALS,
    "reduce_mean": REDUCE_REFUSALS,
    "reduce_max": REDUCE_REFUSALS,
    "max_pool2d": [
        refusal("rank_3", "rank", [3, 4, 4], kernel=2),
        refusal("pad_too_large", "pad", [1, 1, 4, 4], kernel=3, pad=2),
        refusal("does_not_fit", "window", [1, 1, 4, 4], kernel=5),
        refusal("does_not_fit_rounded_up", "window", [1, 1, 4, 4], kernel=8, stride=4, ceil_mode=True),
        refusal("no_kernel", "kernel", [1, 1, 4, 4], kernel=0),
    ],
    "resize": [
        refusal("rank_3", "rank", [3, 4, 4], size=2),
        refusal("empty", "size", [1, 1, 4, 4], size=0),
        refusal("half_empty", "size", [1, 1, 4, 4], size=[4, 0]),
        refusal("half_scale", "size", [1, 1, 4, 4], scale=[0, 2]),
        refusal("half_scale_beside_size", "size", [1, 1, 4, 4], size=4, scale=[0, 2]),
        refusal("no_size", "size", [1, 1, 4, 4]),
        refusal("size_and_scale", "size", [1, 1, 4, 4], size=4, scale=2),
        refusal("negative_scale", "scale", [1, 1, 4, 4], scale=-1),
        refusal("scale_too_large", "too large", [1, 1, 4, 4], scale=16777216),
        refusal("nearest_aligned", "align_corners", [1, 1, 4, 4], size=4, mode="nearest", align_corners=True),
        refusal("too_large", "too large", [1, 3, 4, 4], size=[65536, 65536]),
    ],
    "concat": AXIS_REFUSALS + [
        refusal("other_extent", "fit", [2, 3, 4], [2, 3, 5], axis=1),
        refusal("other_rank", "fit", [2, 3, 4], [2, 3], axis=0),
    ],
    "slice": [
        refusal("no_such_axis", "axis", [2, 3, 4], axis=3, start=0, end=1),
        refusal("behind_the_end", "start", [2, 3], axis=1, start=1, end=4),
        refusal("empty", "start", [2, 3], axis=1, start=2, end=2),
        refusal("negative_start", "start", [2, 3], axis=1, start=-1, end=2),
    ],
    "reshape": [
        refusal("other_elements", "elements", [2, 3], shape=[2, 4]),
        refusal("two_open", "more than one", [2, 3], shape=[-1, -1]),
        refusal("does_not_divide", "elements", [2, 3], shape=[4, -1]),
        refusal("copies_nothing", "copies", [2, 3], shape=[2, 3, 0]),
        refusal("empty", "empty", [1], shape=[]),
        refusal("overflow", "elements", [2, 3],
                shape=[16777216, 16777216, 16777216, 16777216, 16777216, 16777216]),
        refusal("below_minus_one", "shape", [2, 3], shape=[-2, 3]),
    ],
    "permute": [
        refusal("twice", "permutation", [2, 3], dims=[0, 0]),
        refusal("too_few", "permutation", [2, 3, 4], dims=[1, 0]),
        refusal("too_many", "permutation", [2, 3], dims=[0, 1, 1]),
        refusal("no_such_axis", "permutation", [2, 3], dims=[0, 2]),
    ],
    "parameter": [
        refusal("empty", "empty", shape=[]),
        refusal("no_elements", "shape", shape=[3, 0]),
        refusal("too_large", "too large", shape=[65536, 65536]),
        refusal("another_part", "norm", shape=[5], of_norm=["mean", "norm", '"0.25"']),
        refusal("no_eps", "norm", shape=[5], of_norm=["scale", "norm"]),
        refusal("a_word_too_many", "norm", shape=[5], of_norm=["scale", "norm", '"0.25"', "shift"]),
    ],
    "linear": [
        refusal("rank_1", "rank", [3], out=2),
        refusal("no_outputs", "out", [2, 3], out=0),
        refusal("weight_too_large", "weight", [1, 65536], out=65536),
    ],
    "conv2d": [
        refusal("rank_3", "rank", [3, 4, 4], out=4, kernel=1),
        refusal("groups_do_not_divide_inputs", "groups", [1, 3, 4, 4], out=4, kernel=1, groups=2),
        refusal("groups_do_not_divide_outputs", "groups", [1, 4, 4, 4], out=3, kernel=1, groups=2),
        refusal("height_does_not_fit", "height", [1, 3, 2, 8], out=4, kernel=3),
        refusal("width_does_not_fit", "width", [1, 3, 8, 4], out=4, kernel=3, dilation=2),
        refusal("no_outputs", "out", [1, 3, 4, 4], out=0, kernel=1),
        refusal("no_kernel", "kernel", [1, 3, 4, 4], out=4, kernel=0),
        refusal("no_stride", "stride", [1, 3, 4, 4], out=4, kernel=1, stride=0),
        refusal("negative_pad", "pad", [1, 3, 4, 4], out=4, kernel=1, pad=-1),
        refusal("no_groups", "groups", [1, 3, 4, 4], out=4, kernel=1, groups=0),
        refusal("huge_kernel", "kernel", [1, 3, 4, 4], out=4, kernel=100000),
        refusal("pool_of_a_row", "little", [1, 3, 1, 4], out=4, kernel=1, max_pool=True),
        refusal("pool_of_normalised_planes", "exclude", [1, 3, 4, 4], out=4, kernel=1, max_pool=True, plane_norm=True),
        refusal("reflect_too_far", "reflection", [1, 3, 4, 4], out=4, kernel=3, pad=4, pad_mode="reflect"),
        refusal("weight_too_large", "weight", [1, 65536, 1, 1], out=65536, kernel=1),
        refusal("result_too_large", "output", [1, 1, 1024, 1024], out=4096, kernel=1),
        refusal("two_inputs", "inputs", [1, 3, 4, 4], [1, 3, 1, 1], out=4, kernel=1),
        refusal("no_gate", "inputs", [1, 3, 4, 4], out=4, kernel=1, gate=True),
        refusal("gate_of_the_output", "gate", [1, 3, 4, 4], [1, 4, 1, 1], out=4, kernel=1, gate=True),
        refusal("gate_of_another_batch", "gate", [2, 3, 4, 4], [1, 3, 1, 1], out=4, kernel=1, gate=True),
        refusal("gate_without_pixels", "gate", [2, 3, 4, 4], [2, 3], out=4, kernel=1, gate=True),
        refusal("gate_and_groups", "groups", [1, 4, 4, 4], [1, 4, 1, 1], out=4, kernel=1, groups=2, gate=True),
    ],
}
