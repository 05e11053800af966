"""
Makes networks.safetensors: ResNet-20 and a narrow VGG-11 with batch normalisation in PyTorch, named as torchvision names them.

    python3 test/oracle/networks.py

Parameters and pictures follow from a formula that the tests know too, so that only results are stored: logits, loss and some
gradients of the first batch, the losses of a few steps of SGD with momentum over two batches in turn, then logits in evaluation
mode and some running statistics. All is computed in float64 and rounded; `drift` says how far PyTorch's own float32 is from it,
in the worst of the ways in which it computes. With most pictures a maximum or the sign of an activation hangs on the last bits
at some step, and the paths fork. Those that are taken leave room for the rounding of any algorithm: noise of its size after
every convolution, forth and back, stays inside of the tests' tolerance.
Needs torch and numpy, CPU builds.
"""

import math
import os
import sys
import zlib

import numpy as np
import torch
from torch import nn

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)

from recorder import write_safetensors  # noqa: E402

BATCH, BATCHES, STEPS, CLASSES = 4, 2, 6, 10
OPTIONS = {"lr": 0.01, "momentum": 0.9}
# What rounding adds to a convolution's results, relative to their standard deviation, by an algorithm that multiplies less than the
# direct one does (whose own share is half of that or less); how often it is tried; and how many times the drift the tests allow.
NOISE, TRIALS, ALLOWED = 6e-7, 16, 4


def formula(name, shape, low, high):
    """Numbers in [low, high) that follow from name and position alone; test/support/formula.ts has the same."""
    with np.errstate(over="ignore"):
        x = np.arange(math.prod(shape), dtype=np.uint32) * np.uint32(0x9E3779B1) ^ np.uint32(zlib.crc32(name.encode()))
        x = (x ^ x >> np.uint32(16)) * np.uint32(0x7FEB352D)
        x = (x ^ x >> np.uint32(15)) * np.uint32(0x846CA68B)
    x = (x ^ x >> np.uint32(16)) >> np.uint32(8)
    return torch.from_numpy((low + (high - low) * (x * 2.0**-24)).astype(np.float32).reshape(shape))


def start(model):
    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.dim() > 1:
                bound = math.sqrt(6 / math.prod(p.shape[1:]))
                p.copy_(formula(name, p.shape, -bound, bound))
            else:
                low, high = (-0.2, 0.2) if name.endswith("bias") else (0.5, 1.5)
                p.copy_(formula(name, p.shape, low, high))
    return model


class BasicBlock(nn.Module):
    def __init__(self, inside, outside, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inside, outside, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outside)
        self.conv2 = nn.Conv2d(outside, outside, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outside)
        self.downsample = None
        if stride != 1 or inside != outside:
            self.downsample = nn.Sequential(nn.Conv2d(inside, outside, 1, stride, bias=False), nn.BatchNorm2d(outside))

    def forward(self, x):
        identity = x if self.downsample is None else self.downsample(x)
        x = self.bn1(self.conv1(x)).relu()
        return (self.bn2(self.conv2(x)) + identity).relu()


class ResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        stage = lambda i, o, stride: nn.Sequential(BasicBlock(i, o, stride), BasicBlock(o, o, 1), BasicBlock(o, o, 1))
        self.layer1, self.layer2, self.layer3 = stage(16, 16, 1), stage(16, 32, 2), stage(32, 64, 2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(64, CLASSES)

    def forward(self, x):
        x = self.bn1(self.conv1(x)).relu()
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.fc(self.avgpool(x).flatten(1))


class VGG11(nn.Module):
    """An eighth of the channels and of the hidden units."""

    def __init__(self):
        super().__init__()
        layers, inside = [], 3
        for outside in (8, "M", 16, "M", 32, 32, "M", 64, 64, "M", 64, 64, "M"):
            if outside == "M":
                layers.append(nn.MaxPool2d(2))
                continue
            layers += [nn.Conv2d(inside, outside, 3, padding=1), nn.BatchNorm2d(outside), nn.ReLU()]
            inside = outside
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(
            nn.Linear(64, 512), nn.ReLU(), nn.Dropout(0), nn.Linear(512, 512), nn.ReLU(), nn.Dropout(0), nn.Linear(512, CLASSES)
        )  # fmt: skip

    def forward(self, x):
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


NETWORKS = {
    "resnet20": (
        ResNet20,
        16,
        "city at dawn",
        ["conv1.weight", "bn1.weight", "layer2.0.downsample.0.weight", "layer2.0.bn2.bias", "layer2.1.conv2.weight", "fc.weight"],
        ["bn1.running_mean", "layer2.0.downsample.1.running_var", "layer3.2.bn2.running_var", "layer3.2.bn2.num_batches_tracked"],
    ),
    "vgg11_bn": (
        VGG11,
        32,
        "lilies",
        ["features.0.weight", "features.1.weight", "features.4.bias", "features.8.weight", "classifier.6.weight"],
        ["features.1.running_var", "features.26.running_mean", "features.26.running_var"],
    ),
}  # fmt: skip


def add_noise(model, generator):
    def noisy(x):
        return x + NOISE * x.detach().std() * torch.randn(x.shape, dtype=x.dtype, generator=generator)

    def change_gradient(module, inputs, output):
        for x in inputs:
            if x.requires_grad:
                x.register_hook(noisy)
        return noisy(output)

    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            module.register_forward_hook(change_gradient)
            module.weight.register_hook(noisy)


def run(make, size, pictures, gradients, buffers, dtype, memory_format=torch.contiguous_format, mkldnn=True, noise=None):
    torch.backends.mkldnn.enabled = mkldnn
    model = start(make()).to(dtype, memory_format=memory_format)
    if noise is not None:
        add_noise(model, torch.Generator().manual_seed(noise))
    batches = [formula(f"{pictures} {i}", [BATCH, 3, size, size], -1, 1).to(dtype) for i in range(BATCHES)]
    labels = [(torch.arange(BATCH) * 3 + i) % CLASSES for i in range(BATCHES)]
    optimizer = torch.optim.SGD(model.parameters(), **OPTIONS)
    found, losses = {}, []
    for step in range(STEPS):
        logits = model(batches[step % BATCHES])
        loss = nn.functional.cross_entropy(logits, labels[step % BATCHES])
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            parameters = dict(model.named_parameters())
            found["logits"] = logits
            found |= {f"gradients.{name}": parameters[name].grad.clone() for name in gradients}
        optimizer.step()
        losses.append(loss.item())
    found["losses"] = torch.tensor(losses, dtype=torch.float64)
    found |= {f"buffers.{name}": model.state_dict()[name] for name in buffers}
    found["evaluated"] = model.eval()(batches[0])
    return model, {name: value.detach() for name, value in found.items()}


def differences(found, others):
    """The largest absolute difference of each result, in the worst of the others."""
    worst = dict.fromkeys(found, 0.0)
    for each in others:
        worst = {key: max(value, (each[key] - found[key]).abs().max().item()) for key, value in worst.items()}
    return worst


def main():
    torch.set_num_threads(1)
    tensors, rows = {}, []
    for name, (make, size, pictures, gradients, buffers) in NETWORKS.items():
        setting = (make, size, pictures, gradients, buffers)
        model, found = run(*setting, torch.float64)
        ways = [{}, {"memory_format": torch.channels_last}, {"mkldnn": False}]
        drift = differences(found, (run(*setting, torch.float32, **way)[1] for way in ways))
        if drift["losses"] > 2e-5:
            raise SystemExit(f"{name}: PyTorch's own ways of computing differ by {drift['losses']:.0e}; choose other pictures")
        shaken = differences(found, (run(*setting, torch.float64, noise=i)[1] for i in range(TRIALS)))
        forked = {key: f"{shaken[key] / drift[key]:.1f}" for key in ("losses", "evaluated") if shaken[key] > ALLOWED * drift[key]}
        if forked:
            raise SystemExit(f"{name}: noise of {NOISE} moves results by so many times the drift: {forked}; choose other pictures")
        for key, value in found.items():
            tensors[f"{name}.{key}"] = value.int() if value.dtype == torch.int64 else value.float()
        state = {key: list(value.shape) for key, value in model.state_dict().items()}
        rows.append({"name": name, "size": size, "pictures": pictures, "state": state, "drift": {k: float(f"{v:.1e}") for k, v in drift.items()}})
        print(name, *(f"{value:.4f}" for value in found["losses"].tolist()), {k: f"{v:.0e}" for k, v in drift.items()})
    path = os.path.join(here, "networks.safetensors")
    write_safetensors(path, tensors, {"batch": BATCH, "batches": BATCHES, "steps": STEPS, "options": OPTIONS, "networks": rows})
    print(f"{os.path.getsize(path) / 1e3:.0f} KB")


if __name__ == "__main__":
    main()
