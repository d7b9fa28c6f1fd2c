"""Cases of the epilogue: the same few on every operator that can have one. Imported by gen_ops.py."""
from gen_ops_cases import case, refusal

# A call with its inputs' shapes, its result's shape and its attributes.
CALLS = {
    "abs": [([2, 3, 5, 7],), [2, 3, 5, 7], {}],
    "silu": [([2, 19],), [2, 19], {}],
    "gelu": [([1, 3, 5, 7],), [1, 3, 5, 7], {}],
    "leaky_relu": [([2, 3, 5, 7],), [2, 3, 5, 7], {"slope": 0.2}],
    "scale": [([2, 3, 5, 7],), [2, 3, 5, 7], {"factor": 0.5, "offset": 1.0}],
    "add": [([2, 3, 5, 7], [2, 3, 1, 1]), [2, 3, 5, 7], {}],
    "mul": [([2, 3, 5, 7], [2, 3, 5, 7]), [2, 3, 5, 7], {}],
    "sub": [([2, 3, 5, 7], [7]), [2, 3, 5, 7], {}],
    "batch_norm": [([2, 3, 5, 7],), [2, 3, 5, 7], {}],
    "group_norm": [([2, 6, 5, 7],), [2, 6, 5, 7], {"groups": 2}],
    "soft_threshold": [([2, 3, 5, 7], [2, 3]), [2, 3, 5, 7], {}],
    "matmul": [([2, 3, 4, 5], [2, 3, 5, 9]), [2, 3, 4, 9], {}],
    "reduce_mean": [([2, 3, 5, 7, 9],), [2, 3, 5, 7], {"axes": [4]}],
    "reduce_max": [([2, 9, 5, 7],), [2, 5, 7], {"axes": [1]}],
    "resize": [([2, 3, 5, 4],), [2, 3, 7, 9], {"size": [7, 9]}],
    "gaussian_blur": [([2, 3, 7, 9],), [2, 3, 7, 9], {"radius": 1, "sigma": 1.0}],
    "permute": [([2, 7, 3, 5],), [2, 3, 5, 7], {"dims": [0, 2, 3, 1]}],
    "mlp": [([2, 12],), [2, 12], {"dense": ["linear", "3", "a", "bias", "linear", "12", "b", "bias"]}],
    "channel_conv": [([2, 19, 3, 5],), [2, 1, 1, 19], {"kernel": [1, 3], "conv": ["eca", "bias"]}],
    "channel_pool": [([2, 5, 3, 7],), [2, 2, 3, 7], {}],
    "separable_conv2d": [([2, 3, 5, 7],), [2, 5, 5, 7], {"out": 5, "kernel": 3, "pad": 1, "convs": ["dw", "pw", "bias"]}],
    "inverted_residual": [([1, 3, 5, 7],), [1, 5, 5, 7], {"hidden": 9, "out": 5, "kernel": 3, "pad": 1,
                                                          "convs": ["ew", "dw", "pw", "bias"]}],
    "linear": [([2, 5, 9],), [2, 5, 19], {"out": 19}],
    "conv_transpose2d": [([2, 3, 5, 4],), [2, 4, 10, 8], {"out": 4, "kernel": 2, "stride": 2}],
    "deform_conv2d": [([2, 4, 5, 7], [2, 18, 5, 7]), [2, 6, 5, 7], {"out": 6, "kernel": 3, "pad": 1}],
    "conv2d": [([2, 3, 5, 7],), [2, 5, 5, 7], {"out": 5, "kernel": 3, "pad": 1, "bias": True}],
}
# Further ones: another kernel, an image alone, vectors that fill a map or leave its end.
MORE_CALLS = {
    "conv2d": [("pointwise", [([2, 5, 3, 7],), [2, 6, 3, 7], {"out": 6, "kernel": 1}]),
               ("pointwise_one_image", [([1, 520, 4, 7],), [1, 7, 4, 7], {"out": 7, "kernel": 1}]),
               ("depthwise", [([2, 4, 5, 9],), [2, 4, 5, 9], {"out": 4, "kernel": 3, "pad": 1, "groups": 4}]),
               ("mirrored", [([2, 3, 5, 7],), [2, 4, 5, 7], {"out": 4, "kernel": 3, "pad": 1, "pad_mode": "reflect"}]),
               ("plane_norm", [([2, 3, 5, 7],), [2, 6, 5, 7], {"out": 6, "kernel": 3, "pad": 1, "plane_norm": True}]),
               ("max_pool", [([2, 3, 6, 20],), [2, 4, 3, 10], {"out": 4, "kernel": 3, "pad": 1, "max_pool": True}]),
               ("strided", [([1, 3, 7, 9],), [1, 4, 4, 5], {"out": 4, "kernel": 3, "pad": 1, "stride": 2}])],
    "separable_conv2d": [("rows", [([1, 3, 7, 16],), [1, 5, 7, 16], {"out": 5, "kernel": 3, "pad": 1,
                                                                      "convs": ["dw", "pw", "bias"]}]),
                         ("blocks", [([1, 40, 4, 7],), [1, 3, 4, 7], {"out": 3, "kernel": 3, "pad": 1,
                                                                        "convs": ["dw", "bias", "pw"]}])],
    "linear": [("rows", [([3, 9],), [3, 7], {"out": 7}])],
    "soft_threshold": [("slope", [([2, 3, 5, 7], [2, 3], [2, 3]), [2, 3, 5, 7], {}])],
}


def ones(shape, keep):
    """`shape` with the axes that are not in `keep` as 1."""
    return [extent if axis in keep else 1 for axis, extent in enumerate(shape)]


def epilogues(shape):
    """Name, words, operands: of each form that an operand can have."""
    axes = range(len(shape))
    leading, trailing = ones(shape, axes[:2]), ones(shape, [0, *axes[2:]])
    rows, last = ones(shape, axes[:-1]), shape[-1:]
    yield "then_add_relu", ["add", "relu"], [shape]
    yield "then_numbers", ["leaky_relu", "0.25", "scale", "-1.5", "0.5", "tanh"], []
    yield "then_leading", ["mul", "rsub"], [leading, rows]
    yield "then_trailing", ["sub", "silu", "mul"], [trailing, last]
    yield "then_shared_by_images", ["add", "sigmoid", "mul", "sub"], [[1, *shape[1:]], shape[1:], [1]]


def cases(op):
    calls = [("", CALLS[op])] if op in CALLS else []
    for prefix, (inputs, shape, attrs) in calls + MORE_CALLS.get(op, []):
        for name, words, operands in epilogues(shape):
            yield case(f"{prefix}_{name}".lstrip("_"), *inputs, *operands, then=words, **attrs)


REFUSALS = {
    "conv2d": [
        refusal("unknown_step", "element-wise", [1, 2, 3, 3], out=2, kernel=1, then=["reluu"]),
        refusal("missing_number", "element-wise", [1, 2, 3, 3], out=2, kernel=1, then=["leaky_relu"]),
        refusal("missing_operand", "inputs", [1, 2, 3, 3], out=2, kernel=1, then=["add"]),
        refusal("operand_too_many", "inputs", [1, 2, 3, 3], [1, 2, 3, 3], out=2, kernel=1, then=["relu"]),
        refusal("operand_of_another_form", "operand", [1, 2, 3, 3], [1, 2, 3, 1], [2, 1, 3], out=2, kernel=1,
                then=["add", "add"]),
        refusal("four_operands", "element-wise", [1, 2, 3, 3], *[[1, 2, 3, 3]] * 4, out=2, kernel=1, then=["add"] * 4),
    ],
}
