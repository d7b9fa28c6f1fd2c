#!/usr/bin/env python3
"""Train a narrow ResNet-18 on NEU-DET, 1x3x128x128 in, six classes out.

The checkpoint is chosen on the val part alone; the test part is opened once,
after the weights are written, from the written file. The same seed, machine
and library versions give the same bytes.
"""
import argparse
import json
import math
import pathlib
import platform
import struct
import time

import numpy as np
import PIL
import torch
import torchvision
from PIL import Image
from torch import nn
from torchvision.models.resnet import BasicBlock, resnet18

from split import CLASSES, read_split

SIDE = 128  # pixels, both directions


# ---- data ---------------------------------------------------------------------------------------

def load_grey(folder, items):
    """Decode every picture as RGB and keep one plane; the three are identical, which is checked."""
    planes = []
    for name, _ in items:
        rgb = np.asarray(Image.open(folder / name).convert("RGB"))
        if not (rgb == rgb[..., :1]).all():
            raise SystemExit(f"{name}: not grey")
        planes.append(Image.fromarray(rgb[..., 0]))
    return planes, torch.tensor([label for _, label in items])


def resize(image, box=None):
    """Antialiased triangle filter in two 8-bit passes, as the C pre-processing does it."""
    return np.asarray(image.resize((SIDE, SIDE), Image.BILINEAR, box=box))


def crop_box(image, rng):
    """A mild random resized crop: 70 to 100 % of the area, aspect ratio within 10 %."""
    width, height = image.size
    ratio = math.exp(rng.uniform(-0.1, 0.1))
    scale = math.sqrt(rng.uniform(0.70, 1.0))
    w, h = min(width, width * scale * ratio), min(height, height * scale / ratio)
    x, y = rng.uniform(0, width - w), rng.uniform(0, height - h)
    return (x, y, x + w, y + h)


def augment(image, rng):
    """Crop, one of the eight symmetries of the square, contrast and brightness jitter; 0..1 floats."""
    pixels = np.rot90(resize(image, crop_box(image, rng)), rng.integers(4))
    if rng.integers(2):
        pixels = pixels[:, ::-1]
    pixels = pixels.astype(np.float32) / 255.0
    centre = pixels.mean()
    pixels = (pixels - centre) * rng.uniform(0.8, 1.25) + centre + rng.uniform(-0.08, 0.08)
    return np.clip(pixels, 0.0, 1.0)


def to_batch(pixels, mean, std):
    """Grey 0..1 pictures to a normalised N x 3 x SIDE x SIDE tensor."""
    grey = torch.from_numpy(np.ascontiguousarray(pixels, dtype=np.float32))
    return ((grey - mean) / std).unsqueeze(1).expand(-1, 3, -1, -1).contiguous()


def to_eval_batch(images, mean, std):
    return to_batch(np.stack([resize(i) for i in images]).astype(np.float32) / 255.0, mean, std)


# ---- network ------------------------------------------------------------------------------------

def narrow_resnet18(width, classes):
    """torchvision's resnet18, its names kept, with `width` channels in the first stage, not 64."""
    net = resnet18(num_classes=classes)
    net.inplanes = width
    net.conv1 = nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False)
    net.bn1 = nn.BatchNorm2d(width)
    for stage in range(4):
        layer = net._make_layer(BasicBlock, width << stage, 2, stride=1 if stage == 0 else 2)
        setattr(net, f"layer{stage + 1}", layer)
    net.fc = nn.Linear(width << 3, classes)
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    return net


# ---- safetensors --------------------------------------------------------------------------------

def write_safetensors(path, state):
    """Little-endian u64 header length, JSON header padded with spaces to 8 bytes, then raw F32."""
    header, blobs, offset = {"__metadata__": {"format": "pt"}}, [], 0
    for name in sorted(state):
        if name.endswith("num_batches_tracked"):
            continue
        blob = state[name].detach().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(state[name].shape),
                        "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    pathlib.Path(path).write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def read_safetensors(path):
    data = pathlib.Path(path).read_bytes()
    start = 8 + struct.unpack_from("<Q", data)[0]
    state = {}
    for name, entry in json.loads(data[8:start]).items():
        if name != "__metadata__":
            first, last = entry["data_offsets"]
            flat = np.frombuffer(data[start + first:start + last], "<f4").copy()
            state[name] = torch.from_numpy(flat).reshape(entry["shape"])
    return state


# ---- training -----------------------------------------------------------------------------------

@torch.no_grad()
def logits_of(net, batch):
    net.eval()
    return torch.cat([net(part) for part in batch.split(64)])


def train_epoch(net, optimiser, schedule, images, labels, norm, batch_size, rng):
    net.train()
    total, order = 0.0, rng.permutation(len(images))
    criterion = nn.CrossEntropyLoss(label_smoothing=0.05)
    for start in range(0, len(order) - batch_size + 1, batch_size):
        chosen = order[start:start + batch_size]
        batch = to_batch(np.stack([augment(images[i], rng) for i in chosen]), *norm)
        loss = criterion(net(batch), labels[chosen])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        total += loss.item() * batch_size
    return total / (len(order) // batch_size * batch_size)


def make_optimiser(net, args, steps):
    """SGD with Nesterov momentum; no decay on norms and biases; linear warm-up, then a cosine to 0."""
    decayed = [p for p in net.parameters() if p.ndim > 1]
    plain = [p for p in net.parameters() if p.ndim <= 1]
    optimiser = torch.optim.SGD([{"params": decayed, "weight_decay": args.decay},
                                 {"params": plain, "weight_decay": 0.0}],
                                lr=args.lr, momentum=0.9, nesterov=True)
    warm = max(1, steps // 20)

    def factor(step):
        if step < warm:
            return (step + 1) / warm
        return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))
    return optimiser, torch.optim.lr_scheduler.LambdaLR(optimiser, factor)


def report_test(net, folder, items, norm):
    images, labels = load_grey(folder, items)
    logits = logits_of(net, to_eval_batch(images, *norm))
    guess = logits.argmax(1)
    right = int((guess == labels).sum())
    print(f"test {right}/{len(items)} = {right / len(items):.4f}")
    print("| true \\ predicted | " + " | ".join(CLASSES) + " |\n|---|" + "---:|" * len(CLASSES))
    for row, name in enumerate(CLASSES):
        counts = torch.bincount(guess[labels == row], minlength=len(CLASSES)).tolist()
        print(f"| {name} | " + " | ".join(map(str, counts)) + " |")
    for i in (guess != labels).nonzero().flatten().tolist():
        print(f"wrong: {items[i][0]} taken for {CLASSES[guess[i]]}")
    for row in range(len(CLASSES)):
        i = int((labels == row).nonzero()[0])
        print(f"logits: {items[i][0]} " + " ".join(f"{v:.4f}" for v in logits[i].tolist()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="../shared/data/neu-det", help="folder that holds images/")
    parser.add_argument("--split", default="models/neu/split.csv")
    parser.add_argument("--out", default="models/neu/neu_resnet18.safetensors")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--width", type=int, default=16, help="channels of the first stage")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--lr", type=float, default=0.05)
    parser.add_argument("--decay", type=float, default=5e-4)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--no-test", action="store_true", help="leave the test part unopened")
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    print(f"python {platform.python_version()} torch {torch.__version__} torchvision "
          f"{torchvision.__version__} numpy {np.__version__} pillow {PIL.__version__}")

    folder, parts = pathlib.Path(args.data, "images"), read_split(args.split)
    images, labels = load_grey(folder, parts["train"])
    val_images, val_labels = load_grey(folder, parts["val"])
    pixels = np.stack([resize(i) for i in images]) / 255.0
    norm = (round(float(pixels.mean()), 4), round(float(pixels.std()), 4))
    print(f"train {len(images)} val {len(val_images)} mean {norm[0]} std {norm[1]}")

    net = narrow_resnet18(args.width, len(CLASSES))
    optimiser, schedule = make_optimiser(net, args, args.epochs * (len(images) // args.batch))
    val_batch, best, began = to_eval_batch(val_images, *norm), (-1, 0.0), time.time()
    for epoch in range(1, args.epochs + 1):
        loss = train_epoch(net, optimiser, schedule, images, labels, norm, args.batch, rng)
        logits = logits_of(net, val_batch)
        right = int((logits.argmax(1) == val_labels).sum())
        val_loss = float(nn.functional.cross_entropy(logits, val_labels))
        better = (right, -val_loss) > best
        if better:  # more val pictures right, then lower val loss
            best = (right, -val_loss)
            write_safetensors(args.out, net.state_dict())
        print(f"epoch {epoch:3d} train loss {loss:.4f} val loss {val_loss:.4f} val {right}/{len(val_labels)} "
              f"{time.time() - began:.0f} s{' *' if better else ''}", flush=True)

    print(f"best val {best[0]}/{len(val_labels)} = {best[0] / len(val_labels):.4f} loss {-best[1]:.4f}")
    if not args.no_test:
        lost = net.load_state_dict(read_safetensors(args.out), strict=False)
        if lost.unexpected_keys or any(not k.endswith("num_batches_tracked") for k in lost.missing_keys):
            raise SystemExit(f"{args.out}: {lost}")
        report_test(net, folder, parts["test"], norm)


if __name__ == "__main__":
    main()
