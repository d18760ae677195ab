"""The peer of bench/trainStep.mjs: one training step in PyTorch of the net whose table is given as JSON.

Reads the net's table, identities and images of a batch and the steps of a round from the command line, prints its versions, and then answers every line
("eager" or "compiled") on standard input with one line of JSON: the seconds of one round and the last loss.
"""

import json
import platform
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

spec = json.loads(sys.argv[1])
IDENTITIES, IMAGES, STEPS = (int(word) for word in sys.argv[2:5])
COUNT = IDENTITIES * IMAGES
MARGIN = 0.2
torch.manual_seed(1)


class Conv(nn.Sequential):
    """Convolution, batch normalisation or bias, ReLU."""

    def __init__(self, inputs, layer):
        kernel, filters, norm = layer["kernel"], layer["filters"], layer.get("norm", False)
        parts = [
            nn.Conv2d(inputs, filters, kernel, layer.get("stride", 1), kernel // 2, bias=not norm)
        ]
        if norm:
            parts.append(nn.BatchNorm2d(filters, eps=1e-3, momentum=0.1))
        if layer.get("relu", False):
            parts.append(nn.ReLU())
        super().__init__(*parts)
        self.outputs = filters


class Residual(nn.Module):
    def __init__(self, inputs, layer):
        super().__init__()
        filters, stride = layer["filters"], layer.get("stride", 1)
        plain = {"filters": filters, "kernel": 3, "norm": True}
        self.a = Conv(inputs, {**plain, "stride": stride, "relu": True})
        self.b = Conv(filters, plain)
        same = stride == 1 and inputs == filters
        self.shortcut = (
            nn.Identity() if same else Conv(inputs, {**plain, "kernel": 1, "stride": stride})
        )
        self.outputs = filters

    def forward(self, x):
        return F.relu(self.b(self.a(x)) + self.shortcut(x))


class Pool(nn.Module):
    def __init__(self, by, kernel, stride):
        super().__init__()
        self.by, self.kernel, self.stride = by, kernel, stride

    def forward(self, x):
        if self.by == "max":
            return F.max_pool2d(x, self.kernel, self.stride, self.kernel // 2)
        squares = F.avg_pool2d(
            x * x, self.kernel, self.stride, self.kernel // 2, count_include_pad=False
        )
        return (squares + 1e-12).sqrt()


class Inception(nn.Module):
    def __init__(self, inputs, layer):
        super().__init__()
        stride, norm = layer.get("stride", 1), layer.get("norm", False)

        def conv(before, kernel, filters, step=1):
            options = {
                "kernel": kernel,
                "filters": filters,
                "stride": step,
                "norm": norm,
                "relu": True,
            }
            return Conv(before, options)

        branches, outputs = [], 0
        if layer.get("one"):
            branches.append(conv(inputs, 1, layer["one"]))
            outputs += layer["one"]
        for kernel, key in ((3, "three"), (5, "five")):
            if layer.get(key):
                reduce, filters = layer[key]
                branches.append(
                    nn.Sequential(conv(inputs, 1, reduce), conv(reduce, kernel, filters, stride))
                )
                outputs += filters
        if layer.get("pool"):
            pool = Pool(layer["pool"]["by"], 3, stride)
            project = layer["pool"].get("project")
            branches.append(nn.Sequential(pool, conv(inputs, 1, project)) if project else pool)
            outputs += project or inputs
        self.branches = nn.ModuleList(branches)
        self.outputs = outputs

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], 1)


class Net(nn.Module):
    """The table as modules; embeddings on the unit sphere."""

    def __init__(self):
        super().__init__()
        layers, channels = [], spec["channels"]
        probe = torch.zeros(2, channels, spec["inputSize"], spec["inputSize"])
        for layer in spec["layers"]:
            kind = layer["kind"]
            if kind == "conv":
                made = [Conv(channels, layer)]
            elif kind == "residual":
                made = [Residual(channels, layer)]
            elif kind == "inception":
                made = [Inception(channels, layer)]
            elif kind == "pool":
                made = [Pool(layer["by"], layer["kernel"], layer.get("stride", 1))]
            elif kind == "averagePool":
                made = [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
            elif kind == "flatten":
                made = [nn.Flatten()]
            elif kind == "dense":
                made = [nn.Linear(probe.shape[1], layer["units"], bias=not layer.get("norm"))]
                if layer.get("norm"):
                    made.append(nn.BatchNorm1d(layer["units"], eps=1e-3, momentum=0.1))
                if layer.get("relu"):
                    made.append(nn.ReLU())
            else:
                raise SystemExit(f"no PyTorch form of {kind}")
            for module in made:
                probe = module(probe)
            layers += made
            channels = probe.shape[1]
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return F.normalize(self.layers(x))


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
    net = Net().to(memory_format=torch.channels_last).train()
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
forms = {"eager": stepper(False), "compiled": stepper(True)}
for line in sys.stdin:
    start = time.perf_counter()
    loss = forms[line.strip()]()
    print(json.dumps({"seconds": time.perf_counter() - start, "loss": loss}), flush=True)
