"""The peer of bench/trainStep.mjs: one training step in PyTorch of the net whose table is given as JSON.

Reads the net's table, identities and images of a batch, the steps of a round and "eager" or "compiled" from the command line, prints its versions, and then
answers every line on standard input with one line of JSON: the seconds of one round and the last loss.
"""

import json
import platform
import sys
import time

import torch
import torch.nn.functional as F
from torchNet import Net

spec = json.loads(sys.argv[1])
IDENTITIES, IMAGES, STEPS = (int(word) for word in sys.argv[2:5])
COUNT = IDENTITIES * IMAGES
MARGIN = 0.2
torch.manual_seed(1)

data = torch.randint(0, 256, (64 * IMAGES, spec["inputSize"], spec["inputSize"], 3), dtype=torch.uint8)
labels = torch.arange(IDENTITIES).repeat_interleave(IMAGES)
same = labels[:, None] == labels[None]
anchors, positives = (same & ~torch.eye(COUNT, dtype=torch.bool)).nonzero(as_tuple=True)


def batch():
    identities = torch.randperm(64)[:IDENTITIES]
    rows = (identities[:, None] * IMAGES + torch.arange(IMAGES)).reshape(-1)
    images = data[rows].permute(0, 3, 1, 2).float().sub_(127.5).div_(128)
    return images.contiguous(memory_format=torch.channels_last)


def semi_hard(embeddings):
    """All anchor-positive pairs, each with the nearest negative beyond the positive and inside the margin."""
    squared = (2 - 2 * embeddings @ embeddings.t()).clamp_min(0)
    near = squared[anchors, positives]
    rows = squared[anchors]
    beyond = rows.masked_fill(same[anchors] | (rows <= near[:, None]), 9).min(1)[0]
    terms = F.relu(near - beyond + MARGIN)[beyond < 9]
    return terms.mean() if len(terms) else embeddings.sum() * 0


def stepper(compiled):
    net = Net(spec).train()
    forward = torch.compile(net) if compiled else net
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=5e-4)

    def steps():
        for _ in range(STEPS):
            optimizer.zero_grad(set_to_none=True)
            loss = semi_hard(forward(batch()))
            loss.backward()
            optimizer.step()
        return loss.item()

    return steps


versions = {"torch": torch.__version__, "python": platform.python_version()}
print(json.dumps({"versions": versions, "threads": torch.get_num_threads()}), flush=True)
steps = stepper(sys.argv[5] == "compiled")
for _ in sys.stdin:
    start = time.perf_counter()
    loss = steps()
    print(json.dumps({"seconds": time.perf_counter() - start, "loss": loss}), flush=True)
