"""The peer of bench/timeToAccuracy.mjs: a plain PyTorch training script, run in slices of training time.

The net is the table given as JSON, channels-last, eager, on all cores. Batches are 32 identities x 4 images (with repetition where a person has two or three); all
anchor-positive pairs, each with a random semi-hard negative; triplet loss with margin 0.2 on squared L2; AdamW 2e-3 with weight decay 5e-4, 50 steps of warm-up,
then a half cosine over the budget of time. Views: flip, shift +-4 pixels, rotation, zoom, contrast, brightness, loss of colour.

Reads from the command line: the net's table; the training crops (bytes, N x W x W x 3), their labels (int32) and the test crops (as bytes); W; the budget in
seconds; the seed. Prints its versions, then answers each line with one line of JSON: "train S" trains until S seconds of training are used,
"embed PATH" writes the flip-averaged embeddings of the test crops as .npy.
"""

import json
import math
import platform
import sys
import time

import numpy
import torch
import torch.nn.functional as F
from torch import nn
from torchNet import Net

spec = json.loads(sys.argv[1])
SIDE, BUDGET, SEED = int(sys.argv[5]), float(sys.argv[6]), int(sys.argv[7])
SIZE = spec["inputSize"]
IDENTITIES, IMAGES, MARGIN = 32, 4, 0.2
RATE, DECAY, WARMUP = 2e-3, 5e-4, 50
torch.manual_seed(SEED)


def crops_of(path):
    return torch.from_numpy(numpy.fromfile(path, numpy.uint8).reshape(-1, SIDE, SIDE, 3))


train, test = crops_of(sys.argv[2]), crops_of(sys.argv[4])
labels = torch.from_numpy(numpy.fromfile(sys.argv[3], numpy.int32)).long()
rows_of = [(labels == label).nonzero()[:, 0] for label in labels.unique()]
rows_of = [rows for rows in rows_of if len(rows) > 1]
own = torch.arange(IDENTITIES).repeat_interleave(IMAGES)
same = own[:, None] == own[None]
anchors, positives = (same & ~torch.eye(len(own), dtype=torch.bool)).nonzero(as_tuple=True)


def draw():
    """The rows of one batch. Where a person has two or three images, one stands in it more than once, each time in another view."""
    parts = []
    for identity in torch.randperm(len(rows_of))[:IDENTITIES]:
        rows = rows_of[identity]
        order = torch.randperm(len(rows)) if len(rows) >= IMAGES else torch.randint(len(rows), (IMAGES,))
        parts.append(rows[order[:IMAGES]])
    return torch.cat(parts)


def normalized(crops):
    return crops.permute(0, 3, 1, 2).float().sub_(127.5).div_(64)


def views(crops):
    """Random views, SIZE x SIZE, of crops of SIDE x SIDE pixels: one bilinear sampling, then light and colour."""
    count, inner = len(crops), SIZE / SIDE
    flip = (torch.rand(count) < 0.5) * -2.0 + 1
    angle, zoom = torch.randn(count) * 0.08, 1 + torch.randn(count) * 0.05
    cosine, sine = inner * zoom * torch.cos(angle), inner * zoom * torch.sin(angle)
    shift = (torch.rand(2, count) * 2 - 1) * 4 * 2 / SIDE
    maps = torch.stack([cosine * flip, -sine, shift[0], sine * flip, cosine, shift[1]], 1)
    grid = F.affine_grid(maps.view(count, 2, 3), (count, 3, SIZE, SIZE), align_corners=False)
    x = F.grid_sample(
        normalized(crops), grid, mode="bilinear", padding_mode="border", align_corners=False
    )
    x = x * (1 + torch.randn(count, 1, 1, 1) * 0.2) + torch.randn(count, 1, 1, 1) * 0.3
    grey = torch.rand(count) < 0.2
    x[grey] = x[grey].mean(1, keepdim=True).expand(-1, 3, -1, -1)
    return x.contiguous(memory_format=torch.channels_last)


def loss_of(embeddings):
    squared = (2 - 2 * embeddings @ embeddings.t()).clamp_min(0)
    near, rows = squared[anchors, positives], squared[anchors]
    with torch.no_grad():
        beyond = (rows > near[:, None]) & (rows < near[:, None] + MARGIN) & ~same[anchors]
        found = beyond.any(1)
        chosen = torch.rand(rows.shape).masked_fill(~beyond, -1).argmax(1, keepdim=True)
    if not found.any():
        return embeddings.sum() * 0
    return F.relu(near - rows.gather(1, chosen)[:, 0] + MARGIN)[found].mean()


net = Net(spec)
for module in net.modules():
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight)
net.train()
optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
used, steps, loss = 0.0, 0, float("nan")


def step():
    global used, steps, loss
    start = time.perf_counter()
    cosine = 0.5 * (1 + math.cos(math.pi * min(1, used / BUDGET)))
    for group in optimizer.param_groups:
        group["lr"] = RATE * min(1, (steps + 1) / WARMUP) * (0.99 * cosine + 0.01)
    value = loss_of(net(views(train[draw()])))
    optimizer.zero_grad(set_to_none=True)
    value.backward()
    optimizer.step()
    loss = value.item()
    steps += 1
    used += time.perf_counter() - start


@torch.no_grad()
def embed(path):
    net.eval()
    middle = (SIDE - SIZE) // 2
    parts = []
    for crops in test[:, middle : middle + SIZE, middle : middle + SIZE].split(256):
        x = normalized(crops).contiguous(memory_format=torch.channels_last)
        parts.append(F.normalize(net(x) + net(x.flip(3))))
    numpy.save(path, torch.cat(parts).numpy())
    net.train()


def answer(**values):
    print(json.dumps(values), flush=True)


versions = {"torch": torch.__version__, "numpy": numpy.__version__, "python": platform.python_version()}
answer(versions=versions, threads=torch.get_num_threads())
for line in sys.stdin:
    order, word = line.split(maxsplit=1)
    if order == "train":
        while used < float(word):
            step()
    else:
        embed(word.strip())
    answer(seconds=used, steps=steps, loss=loss)
