"""The comparison networks of the MobileSteelNet paper that timm builds; run with timm 0.9.16."""
import timm

from gen_models import Net


def trained(name):
    """timm's own network, with the branches that it is trained with."""
    return lambda: timm.create_model(name, num_classes=6)


def merged(name):
    """What timm makes of it for inference. The weights are filled in afterwards."""
    return lambda: timm.utils.reparameterize_model(timm.create_model(name, num_classes=6))


SMALL = [(1, 3, 97, 75), (3, 3, 65, 51)]
FULL = [(1, 3, 224, 224), (1, 3, 201, 183)]
NATIVE = [(1, 3, 224, 224), (1, 3, 256, 256)]
INFERENCE = {"form": "inference"}
MOBILEONE = ["stem", "stages.0.0", "stages.0.3", "stages.1.1", "stages.2.19", "stages.3.1"]
REPVIT = ["stem.conv1", "stages.0.blocks.0.token_mixer", "stages.0.blocks.0.se", "stages.1.downsample", "stages.2",
          "stages.3.blocks.1"]
FASTVIT = ["stem.0", "stem.2", "stages.0.blocks.0.token_mixer", "stages.1.downsample", "stages.2.blocks.5",
           "stages.3.pos_emb", "stages.3.blocks.0.token_mixer", "final_conv"]

NETWORKS = {
    "mobileone_s0": Net(
        trained("mobileone_s0"), SMALL, FULL, MOBILEONE + ["stages.0.2.identity", "stages.0.1.conv_kxk.3"]),
    "mobileone_s0@inference": Net(merged("mobileone_s0"), SMALL, FULL, MOBILEONE, INFERENCE),
    "repvit_m1": Net(trained("repvit_m1"), SMALL, FULL, REPVIT + ["head.head_dist"]),
    "repvit_m1@inference": Net(merged("repvit_m1"), SMALL, FULL, REPVIT, INFERENCE),
    "fastvit_sa12": Net(trained("fastvit_sa12"), SMALL, NATIVE, FASTVIT + ["stages.0.blocks.0.token_mixer.norm"]),
    "fastvit_sa12@inference": Net(merged("fastvit_sa12"), SMALL, NATIVE, FASTVIT, INFERENCE),
    "edgenext_small": Net(
        trained("edgenext_small"), SMALL, NATIVE,
        ["stem", "stages.0", "stages.1.blocks.2.xca", "stages.1.blocks.2", "stages.2.downsample", "stages.2.blocks.8",
         "stages.3.blocks.2.xca", "stages.3"]),
}
