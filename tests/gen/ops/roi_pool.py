import torch
from torchvision.ops import roi_pool

from gen_ops import pair
from gen_ops_cases import case, refusal

CASES = [
    case("c4", [2, 5, 5], [2, 3, 10, 13], size=[3, 4], image=[80, 104], cost=(0, 5760, 0),
         ranges=[[24, 30, 24, 30, 40, 60, 40, 60, 1, 0], []]),
    case("large_bins", [1, 4, 4], [1, 2, 19, 17], size=2, image=[38, 34], ranges=[[8, 8, 8, 8, 8, 24, 8, 24], []]),
    case("more_bins_than_pixels", [1, 3, 4], [1, 2, 5, 6], size=7, image=[5, 6], ranges=[[1, 1, 1, 1, 1, 3, 1, 3], []]),
    case("odd_factor", [2, 6, 4], [2, 2, 38, 37], size=7, image=[600, 590],
         ranges=[[150, 150, 150, 150, 150, 400, 150, 400], []]),
    case("halves", [1, 5, 4], [1, 1, 6, 6], size=2, image=12,
         data=[[1.0, 1.0, 5.0, 7.0, 3.0, 5.0, 9.0, 11.0, -1.0, -1.0, 1.0, 3.0, -3.0, -5.0, 7.0, 7.0, 2.5, 2.5, 2.5, 2.5],
               [i * 7 % 36 - 18.5 for i in range(36)]]),
    case("outside", [1, 6, 4], [1, 1, 3, 3], size=[2, 1], image=3,
         data=[[-9.0, 0.0, -5.0, 2.0, 5.0, 5.0, 9.0, 9.0, 2.0, 2.0, 0.0, 0.0, 1.0, 1.0, 1e9, 1e9, -1e9, -1e9, 1.0, 1.0,
                0.0, 0.0, 0.0, 0.0], [-1.0, -2.0, -3.0, -4.0, -5.0, -6.0, -7.0, -8.0, -9.0]]),
    case("many_channels", [1, 2, 4], [1, 37, 7, 6], size=3, image=[7, 6], ranges=[[1, 1, 1, 1, 1, 4, 1, 4], []]),
    case("single", [1, 1, 4], [1, 1, 1, 1], size=1, image=1),
]

REFUSALS = [
    refusal("rank_2", "regions", [5, 4], [1, 2, 4, 4], size=2, image=64),
    refusal("three_columns", "regions", [1, 5, 3], [1, 2, 4, 4], size=2, image=64),
    refusal("map_rank", "rank", [1, 5, 4], [2, 4, 4], size=2, image=64),
    refusal("other_batch", "fit", [1, 5, 4], [2, 2, 4, 4], size=2, image=64),
    refusal("two_maps", "inputs", [1, 5, 4], [1, 2, 4, 4], [1, 2, 4, 4], size=2, image=64),
    refusal("zero_size", "size", [1, 5, 4], [1, 2, 4, 4], size=0, image=64),
    refusal("too_many_bins", "size", [1, 5, 4], [1, 2, 4, 4], size=129, image=64),
    refusal("no_image", "image", [1, 5, 4], [1, 2, 4, 4], size=2, image=0),
]


def reference(x, a):
    image = pair(a["image"])
    factor = [x[1].shape[3] / image[1], x[1].shape[2] / image[0]] * 2
    rois = (x[0][..., :4] * torch.tensor(factor, dtype=torch.float64)).clamp(-1e6, 1e6)
    return roi_pool(x[1], list(rois), pair(a["size"]))
