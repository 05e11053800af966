"""
What the networks of src/vision are held against: names, shapes and numbers of parameters of torchvision's models, and what they and a few plain
models of their papers make of pictures; and what blocks give, with gradients. Weights, running statistics and pictures are formulas of names and
positions (`formula` of networks.py), so that only results are stored. Those are float64's; stored beside them is how far PyTorch's float32 is from
them at most, computed in the ways of networks.py.

Run: `python3 test/oracle/zoo.py`; writes zoo.safetensors. Needs torch, torchvision and numpy, CPU builds.
"""

import math
import os
import re
import sys
import warnings
import zlib

import torch
from torch import nn
from torch.nn import functional as F

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)

from networks import differences, formula  # noqa: E402
from recorder import write_safetensors  # noqa: E402

# torchvision asks for the operators of its compiled part when it is imported; models need none of them.
library = torch.library.Library("torchvision", "DEF")
for name in ("nms", "qnms"):
    library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
warnings.filterwarnings("ignore")
from torchvision import models, ops  # noqa: E402
from torchvision.models.googlenet import Inception  # noqa: E402
from torchvision.models.mobilenetv2 import InvertedResidual  # noqa: E402
from torchvision.models.resnet import BasicBlock, Bottleneck  # noqa: E402

BATCH, CLASSES = 2, 10
# The maps of the first stage that each map of LeNet-5's second convolution sees.
TABLE = ["012 123 234 345 045 015", "0123 1234 2345 0345 0145 0125 0134 1245 0235", "012345"]
TABLE = [[[int(map) for map in row] for row in rows.split()] for rows in TABLE]


class Subsampling(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.empty(channels)), nn.Parameter(torch.empty(channels))

    def forward(self, x):
        return torch.tanh(F.avg_pool2d(x, 2) * self.weight[:, None, None] + self.bias[:, None, None])


class TableConv(nn.Module):
    """One convolution of one map at a time, as the paper's table says."""

    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(len(rows) * len(rows[0]), len(rows), 5, groups=len(rows)) for rows in TABLE)

    def forward(self, x):
        maps = []
        for conv, rows in zip(self.convs, TABLE):
            for i, row in enumerate(rows):
                maps.append(F.conv2d(x[:, row], conv.weight[i : i + 1], conv.bias[i : i + 1]))
        return torch.cat(maps, 1)


class LeNet5(nn.Module):
    def __init__(self, padding=2, paper=False, num_classes=CLASSES):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=padding)
        self.pool1 = Subsampling(6) if paper else nn.AvgPool2d(2)
        self.conv2 = TableConv() if paper else nn.Conv2d(6, 16, 5)
        self.pool2 = Subsampling(16) if paper else nn.AvgPool2d(2)
        self.conv3, self.fc1, self.fc2 = nn.Conv2d(16, 120, 5), nn.Linear(120, 84), nn.Linear(84, num_classes)

    def forward(self, x):
        x = self.pool1(torch.tanh(self.conv1(x)))
        x = self.pool2(torch.tanh(self.conv2(x)))
        x = torch.tanh(self.conv3(x)).flatten(1)
        return self.fc2(torch.tanh(self.fc1(x)))


class NiN(nn.Module):
    def __init__(self, num_classes=CLASSES):
        super().__init__()
        C, R, D = nn.Conv2d, nn.ReLU, nn.Dropout
        self.features = nn.Sequential(
            C(3, 192, 5, padding=2), R(), C(192, 160, 1), R(), C(160, 96, 1), R(), nn.MaxPool2d(3, 2, ceil_mode=True), D(0.5),
            C(96, 192, 5, padding=2), R(), C(192, 192, 1), R(), C(192, 192, 1), R(), nn.AvgPool2d(3, 2, ceil_mode=True), D(0.5),
            C(192, 192, 3, padding=1), R(), C(192, 192, 1), R(), C(192, num_classes, 1),
        )  # fmt: skip

    def forward(self, x):
        return self.features(x).mean((2, 3))


class RowLSTM(nn.Module):
    def __init__(self, channels=1, columns=28, layers=1, num_classes=CLASSES):
        super().__init__()
        self.lstm, self.fc = nn.LSTM(channels * columns, 128, layers, batch_first=True), nn.Linear(128, num_classes)

    def forward(self, x):
        rows = torch.stack([x[:, :, i].flatten(1) for i in range(x.shape[2])], 1)
        return self.fc(self.lstm(rows)[0][:, -1])


class DepthwiseSeparable(nn.Sequential):
    def __init__(self, inside, outside, stride):
        super().__init__(
            nn.Sequential(nn.Conv2d(inside, inside, 3, stride, 1, groups=inside, bias=False), nn.BatchNorm2d(inside), nn.ReLU()),
            nn.Sequential(nn.Conv2d(inside, outside, 1, bias=False), nn.BatchNorm2d(outside), nn.ReLU()),
        )


# Models whose names and counts are compared, with the counts that are known from papers and pages where there are any.
STATES = {
    "alexnet": (models.alexnet, 61_100_840),
    "vgg11": (models.vgg11, 132_863_336),
    "vgg13": (models.vgg13, 133_047_848),
    "vgg16": (models.vgg16, 138_357_544),
    "vgg19": (models.vgg19, 143_667_240),
    "vgg11_bn": (models.vgg11_bn, 132_868_840),
    "vgg13_bn": (models.vgg13_bn, 133_053_736),
    "vgg16_bn": (models.vgg16_bn, 138_365_992),
    "vgg19_bn": (models.vgg19_bn, 143_678_248),
    "googlenet": (lambda: models.googlenet(aux_logits=False, init_weights=False), 6_624_904),
    "googlenet_aux": (lambda: models.googlenet(aux_logits=True, init_weights=False), 13_004_888),
    "resnet18": (models.resnet18, 11_689_512),
    "resnet34": (models.resnet34, 21_797_672),
    "resnet50": (models.resnet50, 25_557_032),
    "resnet101": (models.resnet101, 44_549_160),
    "resnet152": (models.resnet152, 60_192_808),
    "mobilenet_v2": (models.mobilenet_v2, 3_504_872),
    "mobilenet_v2_narrow": (lambda: models.mobilenet_v2(width_mult=0.35), None),
    "mobilenet_v2_wide": (lambda: models.mobilenet_v2(width_mult=1.4), None),
    "mobilenet_v2_odd": (lambda: models.mobilenet_v2(width_mult=0.77, round_nearest=1), None),
    "lenet5": (LeNet5, 61_706),
    "lenet5_paper": (lambda: LeNet5(paper=True), 60_000 + 850),
    "nin": (NiN, 966_986),
    "row_lstm": (RowLSTM, 4 * 128 * (28 + 128 + 2) + 1290),
}

# Parameters whose distribution at first is compared.
INITS = {
    "googlenet_aux": ["conv1.conv.weight", "inception3a.branch2.1.conv.weight", "aux1.fc2.weight", "fc.weight", "fc.bias"],
    "resnet18": ["conv1.weight", "layer2.0.downsample.0.weight", "layer4.1.conv2.weight", "fc.weight", "fc.bias"],
    "mobilenet_v2": [
        "features.0.0.weight", "features.2.conv.0.0.weight", "features.2.conv.1.0.weight", "features.2.conv.2.weight",
        "classifier.1.weight", "classifier.1.bias",
    ],
}  # fmt: skip

# Models whose logits are compared: how they are made, and the shape of a picture.
VALUES = {
    "lenet5": (LeNet5, [1, 28, 28]),
    "lenet5_paper": (lambda: LeNet5(padding=0, paper=True), [1, 32, 32]),
    "alexnet": (lambda: models.alexnet(num_classes=CLASSES), [3, 63, 66]),
    "nin": (NiN, [3, 31, 32]),
    "googlenet": (lambda: models.googlenet(num_classes=CLASSES, aux_logits=True, init_weights=False), [3, 64, 64]),
    "googlenet_least": (lambda: models.googlenet(num_classes=CLASSES, aux_logits=False, init_weights=False), [3, 15, 15]),
    "resnet18": (lambda: models.resnet18(num_classes=CLASSES), [3, 64, 64]),
    "resnet34": (lambda: models.resnet34(num_classes=CLASSES), [3, 33, 47]),
    "resnet50": (lambda: models.resnet50(num_classes=CLASSES), [3, 64, 64]),
    "mobilenet_v2": (lambda: models.mobilenet_v2(num_classes=CLASSES), [3, 64, 64]),
    "mobilenet_v2_narrow": (lambda: models.mobilenet_v2(num_classes=CLASSES, width_mult=0.35), [3, 33, 40]),
    "row_lstm": (RowLSTM, [1, 28, 28]),
    "row_lstm_colour": (lambda: RowLSTM(3, 12, 2), [3, 20, 12]),
}

Conv = ops.Conv2dNormActivation
# Blocks, while training: how they are made, and the shape of x.
BLOCKS = {
    "conv": (lambda: Conv(3, 8), [2, 3, 7, 6]),
    "conv stride": (lambda: Conv(4, 6, 5, stride=2, groups=2, activation_layer=nn.Hardswish), [3, 4, 9, 8]),
    "conv dilation": (lambda: Conv(3, 4, (1, 3), dilation=2, norm_layer=None), [1, 3, 5, 9]),
    "conv plain": (lambda: Conv(3, 4, 1, activation_layer=None, norm_layer=None, bias=False), [2, 3, 4, 4]),
    "conv padding": (lambda: Conv(2, 4, 4, stride=2, padding=1, bias=True), [2, 2, 8, 8]),
    "basic": (lambda: BasicBlock(4, 4), [2, 4, 5, 6]),
    "basic stride": (
        lambda: BasicBlock(4, 6, 2, nn.Sequential(nn.Conv2d(4, 6, 1, 2, bias=False), nn.BatchNorm2d(6))),
        [2, 4, 7, 6],
    ),
    "bottleneck": (lambda: Bottleneck(12, 3), [2, 12, 5, 4]),
    "bottleneck stride": (
        lambda: Bottleneck(5, 3, 2, nn.Sequential(nn.Conv2d(5, 12, 1, 2, bias=False), nn.BatchNorm2d(12))),
        [2, 5, 7, 6],
    ),
    "squeeze": (lambda: ops.SqueezeExcitation(8, 2), [3, 8, 4, 5]),
    "squeeze hard": (lambda: ops.SqueezeExcitation(6, 3, nn.SiLU, nn.Hardsigmoid), [2, 6, 3, 3]),
    "separable": (lambda: DepthwiseSeparable(4, 6, 1), [2, 4, 5, 5]),
    "separable stride": (lambda: DepthwiseSeparable(3, 8, 2), [2, 3, 7, 8]),
    "inverted": (lambda: InvertedResidual(4, 4, 1, 6), [2, 4, 5, 5]),
    "inverted stride": (lambda: InvertedResidual(4, 6, 2, 3), [2, 4, 7, 6]),
    "inverted flat": (lambda: InvertedResidual(4, 6, 1, 1), [2, 4, 4, 4]),
    "inception": (lambda: Inception(6, 4, 2, 6, 2, 3, 5), [2, 6, 5, 6]),
}

WAYS = [{}, {"memory_format": torch.channels_last}, {"mkldnn": False}]


def start(model):
    """Parameters and running statistics that keep activations near 1; zoo.test.ts has the same rule."""
    with torch.no_grad():
        for name, x in model.state_dict().items():
            if x.dtype == torch.int64:
                continue
            if x.dim() > 1:
                bound = math.sqrt(6 / math.prod(x.shape[1:]))
                x.copy_(formula(name, x.shape, -bound, bound))
            elif name.endswith(("bias", "running_mean")) or "bias_" in name:
                x.copy_(formula(name, x.shape, -0.2, 0.2))
            elif re.search(r"\bbn\d\.weight$", name):
                x.copy_(formula(name, x.shape, 0.2, 0.8))  # residual networks add up block for block
            else:
                x.copy_(formula(name, x.shape, 0.5, 1.5))
    return model


def prepare(make, dtype, memory_format=torch.contiguous_format, mkldnn=True):
    torch.backends.mkldnn.enabled = mkldnn
    return start(make()).to(dtype, memory_format=memory_format)


def logits(name, make, shape, dtype, **way):
    model = prepare(make, dtype, **way).eval()
    x = formula(f"{name} pictures", [BATCH, *shape], -1, 1).to(dtype)
    with torch.no_grad():
        if getattr(model, "aux_logits", False):
            model.training = True  # of the whole alone, so that nothing inside drops values or goes by the batch
            out = model(x)
            return {"logits": out.logits, "aux2": out.aux_logits2, "aux1": out.aux_logits1}
        return {"logits": model(x)}


def derivatives(name, make, shape, dtype, **way):
    model = prepare(make, dtype, **way).train()
    x = formula(f"{name} x", shape, -1, 1).to(dtype).requires_grad_()
    y = model(x)
    dy = formula(f"{name} dy", y.shape, -1, 1).to(dtype)
    y.backward(dy)
    found = {"y": y.detach(), "dx": x.grad}
    return found | {f"d.{path}": p.grad for path, p in model.named_parameters()}


def main():
    torch.set_num_threads(1)
    tensors, states, values, blocks = {}, [], [], []
    for name, (make, known) in STATES.items():
        with torch.device("meta"):
            model = make()
        parameters = sum(p.numel() for p in model.parameters())
        if known not in (None, parameters):
            raise SystemExit(f"{name} has {parameters} parameters, not {known}")
        lines = sorted(f"{path} {list(x.shape)}".replace(", ", ",") for path, x in model.state_dict().items())
        states.append({"name": name, "parameters": parameters, "entries": len(lines), "crc32": zlib.crc32("\n".join(lines).encode())})
    inits = []
    torch.manual_seed(0)
    for name, paths in INITS.items():
        model = models.googlenet(init_weights=True) if name == "googlenet_aux" else STATES[name][0]()
        parameters = dict(model.named_parameters())
        for path in paths:
            p = parameters[path].detach()
            inits.append({"name": name, "path": path, "deviation": p.std(correction=0).item(), "largest": p.abs().max().item()})
    for rows, table, compute in ((values, VALUES, logits), (blocks, BLOCKS, derivatives)):
        for name, (make, shape) in table.items():
            found = compute(name, make, shape, torch.float64)
            drift = differences(found, (compute(name, make, shape, torch.float32, **way) for way in WAYS))
            tensors |= {f"{name}.{key}": x.float() for key, x in found.items()}
            rows.append({"name": name, "shape": shape, "drift": {k: float(f"{v:.1e}") for k, v in drift.items()}})
            print(name, {k: f"{x.abs().mean():.2g} ± {drift[k]:.0e}" for k, x in list(found.items())[:3]})
    path = os.path.join(here, "zoo.safetensors")
    write_safetensors(path, tensors, {"batch": BATCH, "classes": CLASSES, "states": states, "inits": inits, "values": values, "blocks": blocks})
    print(f"{os.path.getsize(path) / 1e3:.0f} KB")


if __name__ == "__main__":
    main()
