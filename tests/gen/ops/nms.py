import math

import torch
import torchvision

from gen_ops_cases import case, refusal

SPREAD = [100, 100, 100, 100, 90, 300, 90, 300]  # x1 y1 in [0,200], x2 y2 in [210,390]
FLAT = [200, 200, 200, 200, 200, 260, 200, 260]  # x1 y1 in [0,400], x2 y2 in [60,460], some inside out
COARSE = [1, 2097152]  # scores rounded to quarters: most are tied
EQUAL = [0, 0.5]
NAN = float("nan")

# Areas 4, 4, 4, 6: IoU of the first two is 2/6, of the first and the last 4/6.
FOUR = [0.0, 0.0, 2.0, 2.0, 1.0, 0.0, 3.0, 2.0, 5.0, 5.0, 7.0, 7.0, 0.0, 0.0, 2.0, 3.0]

CASES = [
    case("plain", [1, 40, 4], [1, 40], after=40, iou=0.5, ranges=[SPREAD, []], cost=(0, 17640, 3200)),
    case("scores_inside", [2, 37, 5], after=10, iou=0.5, ranges=[SPREAD + [1, 0], []]),
    case("fewer_than_after", [2, 30, 4], [2, 30], after=50, iou=0.3, ranges=[FLAT, []]),
    case("best_only", [3, 50, 4], [3, 50], before=7, after=20, iou=0.75, ranges=[SPREAD, []], cost=(0, 1767, 294)),
    case("min_size", [1, 60, 4], [1, 60], after=60, iou=0.75, min_size=120.5, ranges=[FLAT, []]),
    case("suppress_nothing", [1, 33, 4], [1, 33], after=20, iou=1.0, ranges=[SPREAD, []], cost=(0, 33, 0)),
    case("suppress_all_that_touch", [1, 33, 4], [1, 33], after=20, iou=0.0, ranges=[FLAT, []]),
    case("equal_is_kept", [1, 4, 4], [1, 4], after=4, iou=0.5,
         data=[[0.0, 0.0, 2.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 4.0, 1.0, 9.0, 9.0, 9.0, 9.0], [4.0, 3.0, 2.0, 1.0]]),
    case("ties_go_by_index", [1, 4, 4], [1, 4], after=4, iou=0.25, data=[FOUR, [1.0, 1.0, 1.0, 1.0]]),
    case("signed_zeros_tie", [1, 4, 4], [1, 4], after=4, iou=0.25, data=[FOUR, [-0.0, 0.0, -0.0, 0.0]]),
    case("nan_is_last", [1, 4, 4], [1, 4], after=3, iou=0.9, data=[FOUR, [NAN, -1e30, 1.0, -2.0]]),
    case("nan_is_cut_off", [1, 6, 5], before=4, after=6, iou=1.0,
         data=[[0.0, 0.0, 1.0, 1.0, NAN, 0.0, 0.0, 2.0, 1.0, -1e38, 0.0, 0.0, 3.0, 1.0, 0.0, 0.0, 0.0, 4.0, 1.0, NAN,
                0.0, 0.0, 5.0, 1.0, 3.0, 0.0, 0.0, 6.0, 1.0, 1e-40]]),
    case("nan_box_is_dropped", [1, 3, 4], [1, 3], after=3, iou=0.5,
         data=[[0.0, 0.0, NAN, 2.0, 0.0, 0.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0], [3.0, 2.0, 1.0]]),
    case("empty_boxes", [1, 3, 4], [1, 3], after=2, iou=0.5,
         data=[[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 2.0, 2.0], [3.0, 2.0, 1.0]]),
    case("all_small", [2, 5, 4], [2, 5], after=3, iou=0.5, min_size=1000.0, ranges=[SPREAD, []]),
    case("all_equal", [2, 300, 4], [2, 300], before=100, after=60, iou=0.75, ranges=[SPREAD, EQUAL]),
    case("many_ties", [2, 1200, 4], [2, 1200], before=400, after=150, iou=0.875, ranges=[SPREAD, COARSE]),
    case("many", [2, 5000, 4], [2, 5000], before=300, after=100, iou=0.75, ranges=[SPREAD, []]),
    case("many_with_scores", [1, 3000, 5], before=500, after=150, iou=0.7, min_size=40.0, ranges=[FLAT + [1, 0]]),
    case("very_many", [1, 20000, 4], [1, 20000], before=500, after=100, iou=0.75, ranges=[SPREAD, []]),
    case("all_of_many", [1, 701, 4], [1, 701], after=250, iou=0.875, ranges=[SPREAD, []]),
    case("single", [1, 1, 4], [1, 1], after=1, iou=0.5, ranges=[SPREAD, []]),
    case("negative_scores", [1, 50, 4], [1, 50], before=20, after=20, iou=0.75, ranges=[SPREAD, [1, -4]]),
]

REFUSALS = [
    refusal("rank_2", "boxes", [5, 4], [5], after=3, iou=0.5),
    refusal("six_columns", "boxes", [1, 5, 6], after=3, iou=0.5),
    refusal("no_scores", "scores", [1, 5, 4], after=3, iou=0.5),
    refusal("scores_twice", "scores", [1, 5, 5], [1, 5], after=3, iou=0.5),
    refusal("other_scores", "scores", [1, 5, 4], [1, 6], after=3, iou=0.5),
    refusal("no_rows", "after", [1, 5, 5], after=0, iou=0.5),
    refusal("negative_before", "before", [1, 5, 5], after=3, before=-1, iou=0.5),
    refusal("iou_above_one", "iou", [1, 5, 5], after=3, iou=1.5),
    refusal("negative_size", "min_size", [1, 5, 5], after=3, iou=0.5, min_size=-1.0),
    refusal("three_inputs", "inputs", [1, 5, 4], [1, 5], [1, 5], after=3, iou=0.5),
]


def rows(boxes, scores, a):
    order = sorted(range(len(scores)), key=lambda i: (math.isnan(s := scores[i].item()), 0 if math.isnan(s) else -s, i))
    order = torch.tensor(order[:a.get("before", 0) or None])
    sides = boxes[order, 2:] - boxes[order, :2]
    order = order[(sides >= a.get("min_size", 0)).all(1)]
    ranks = torch.arange(len(order), 0, -1, dtype=torch.float64)
    order = order[torchvision.ops.nms(boxes[order], ranks, a["iou"])][:a["after"]]
    y = torch.zeros(a["after"], 5, dtype=torch.float64)
    y[:len(order)] = torch.cat((boxes[order], scores[order, None]), 1)
    return y


def reference(x, a):
    scores = x[1] if len(x) > 1 else x[0][..., 4]
    return torch.stack([rows(b[:, :4], s, a) for b, s in zip(x[0], scores)])
