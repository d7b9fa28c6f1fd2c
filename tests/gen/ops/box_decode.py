import torch
from torchvision.models.detection._utils import BoxCoder
from torchvision.ops import clip_boxes_to_image

from gen_ops import pair
from gen_ops_cases import NAN, case, refusal

BOXES = [20, 30, 20, 30, 30, 90, 30, 90]  # x1 y1 in [10,50], x2 y2 in [60,120]

CASES = [
    case("seven_classes", [2, 5, 5], [10, 28], weights=[10, 10, 5, 5], ranges=[BOXES + [1, 0], []],
         cost=(0, 840, 1120)),
    case("no_weights", [1, 7, 4], [7, 4], ranges=[BOXES, []]),
    case("weights_differ", [1, 7, 4], [7, 8], weights=[1, 2, 3, 4], clamp=False, ranges=[BOXES, []],
         cost=(0, 140, 224)),
    case("clipped", [2, 9, 4], [18, 12], image=[90, 100], ranges=[BOXES, []], cost=(0, 1080, 864)),
    case("clamped", [1, 2, 4], [2, 4], data=[[1.0, 2.0, 3.0, 5.0, 0.0, 0.0, 2.0, 2.0],
                                             [0.5, -1.0, 4.25, 50.0, 1.0, 1.0, -50.0, 0.0]]),
    case("empty_rows", [1, 3, 5], [3, 8], data=[[0.0] * 15, [i / 3 - 2 for i in range(24)]]),
    case("inverted", [1, 4, 4], [4, 4]),
    case("several_groups", [3, 37, 4], [111, 12], ranges=[BOXES, []]),
    case("nan", [1, 2, 4], [2, 4], image=[20, 30], data=[[1.0, 2.0, NAN, 5.0, 4.0, 3.0, 9.0, 7.0],
                                                         [0.5, -1.0, 0.25, 0.5, NAN, 1.0, 0.5, NAN]]),
    case("single", [1, 1, 4], [1, 4]),
]

REFUSALS = [
    refusal("rank_2", "boxes", [5, 4], [5, 4]),
    refusal("three_columns", "boxes", [1, 5, 3], [5, 4]),
    refusal("other_rows", "deltas", [1, 5, 4], [6, 4]),
    refusal("no_whole_class", "deltas", [1, 5, 4], [5, 6]),
    refusal("delta_rank", "deltas", [1, 5, 4], [1, 5, 4]),
    refusal("two_weights", "weights", [1, 5, 4], [5, 4], weights=[10, 10]),
    refusal("zero_weight", "weights", [1, 5, 4], [5, 4], weights=[10, 10, 0, 5]),
    refusal("half_an_image", "image", [1, 5, 4], [5, 4], image=[100, 0]),
    refusal("one_input", "inputs", [1, 5, 4]),
]


def reference(x, a):
    n, k = x[0].shape[:2]
    limit = {} if a.get("clamp", True) else {"bbox_xform_clip": float("inf")}
    coder = BoxCoder(tuple(map(float, a.get("weights", [1, 1, 1, 1]))), **limit)
    boxes = coder.decode_single(x[1], x[0][..., :4].reshape(-1, 4)).reshape(n, k, -1, 4)
    image = pair(a.get("image", 0))
    return clip_boxes_to_image(boxes, image) if image[0] else boxes
