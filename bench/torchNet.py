"""A net's table (JSON of this library's NetSpec) as PyTorch modules: the peers of the benchmarks train and run the same net."""

import torch
import torch.nn.functional as F
from torch import nn


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
    """The table as modules, channels-last; N x C x S x S floats in, N x D on the unit sphere out."""

    def __init__(self, spec):
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
        self.layers = nn.Sequential(*layers).to(memory_format=torch.channels_last)

    def forward(self, x):
        return F.normalize(self.layers(x))
