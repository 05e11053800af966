"""
Makes explain.safetensors: what gradient-based and occlusion-based attribution find in a small residual network, by PyTorch.

    python3 test/oracle/explain.py

Parameters and pictures follow from the formula of networks.py, which the tests know too, so that only results are stored. Everything is
computed in float64 from the papers' formulas and rounded. Where captum is installed, the same is asked of it and has to agree.
Needs torch and numpy, CPU builds; captum if it is to be compared with.
"""

import os
import sys

import torch
from torch import nn
from torch.nn import functional as F

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)

from networks import formula, start  # noqa: E402
from recorder import write_safetensors  # noqa: E402

PICTURES, CHANNELS, HEIGHT, WIDTH, CLASSES = 2, 3, 13, 11, 5
STEPS = 12
OCCLUSION = {"size": [4, 3], "stride": [3, 2], "fill": 0.25}


class Small(nn.Module):
    """Strided convolution, residual block with batch normalisation, dilated convolution, global mean, dense layer."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(CHANNELS, 6, 3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(6, 6, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(6)
        self.conv3 = nn.Conv2d(6, 8, 3, padding=2, dilation=2)
        self.fc = nn.Linear(8, CLASSES)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(self.bn2(self.conv2(x)) + x)
        x = torch.tanh(self.conv3(x))
        return self.fc(x.mean((2, 3)))


def gradient(model, x, targets):
    x = x.clone().requires_grad_(True)
    scores = model(x).gather(1, targets[:, None])[:, 0]
    return torch.autograd.grad(scores.sum(), x)[0]


def grad_cam(model, layer, x, targets):
    kept = []
    handle = layer.register_forward_hook(lambda module, inputs, output: kept.append(output))
    scores = model(x).gather(1, targets[:, None])[:, 0]
    handle.remove()
    maps = kept[0]
    gradient = torch.autograd.grad(scores.sum(), maps)[0]
    weights = gradient.mean((2, 3), keepdim=True)
    coarse = F.relu((weights * maps).sum(1, keepdim=True))
    below = 2 * gradient**2 + gradient**3 * maps.sum((2, 3), keepdim=True)
    share = torch.where(below == 0, 0, gradient**2 / below)
    plusplus = F.relu(((share * F.relu(gradient)).sum((2, 3), keepdim=True) * maps).sum(1))
    return coarse[:, 0].detach(), F.interpolate(coarse, x.shape[2:], mode="bilinear")[:, 0].detach(), plusplus.detach()


def integrated(model, x, baseline, targets):
    total = torch.zeros_like(x)
    for k in range(STEPS):
        total += gradient(model, baseline + (k + 0.5) / STEPS * (x - baseline), targets)
    return (x - baseline) * total / STEPS


def occlusion(model, x, targets):
    """For each pixel the mean drop of the probability over the patches that cover it; the last patch of a row is cut at the edge."""
    (height, width), (down, across) = OCCLUSION["size"], OCCLUSION["stride"]
    rows = range(0, max(0, -(-(HEIGHT - height) // down)) * down + 1, down)
    columns = range(0, max(0, -(-(WIDTH - width) // across)) * across + 1, across)
    probability = lambda x: model(x).softmax(1).gather(1, targets[:, None])[:, 0]
    whole = probability(x)
    drops, covered, grid = torch.zeros(PICTURES, HEIGHT, WIDTH, dtype=x.dtype), torch.zeros(HEIGHT, WIDTH), []
    for top in rows:
        for left in columns:
            hidden = x.clone()
            hidden[:, :, top : top + height, left : left + width] = OCCLUSION["fill"]
            drop = whole - probability(hidden)
            drops[:, top : top + height, left : left + width] += drop[:, None, None]
            covered[top : top + height, left : left + width] += 1
            grid.append(drop)
    return drops / covered, torch.stack(grid, 1).reshape(PICTURES, len(rows), len(columns))


def compare(model, x, baseline, targets, found):
    """Against captum, where it is there."""
    try:
        from captum.attr import IntegratedGradients, LayerGradCam, Occlusion, Saliency
    except ImportError:
        return print("captum is not installed: nothing was compared with it")
    close = lambda name, a, b: print(f"captum {name}: off by {(a - b).abs().max().item():.1e} of {b.abs().max().item():.1e}")
    close("saliency", Saliency(model).attribute(x, targets).amax(1), found["saliency"])
    close("grad-cam", LayerGradCam(model, model.conv3).attribute(x, targets, relu_attributions=True)[:, 0], found["cam.conv3.coarse"])
    more = IntegratedGradients(model).attribute(x, baseline, targets, n_steps=STEPS, method="riemann_middle")
    close("integrated gradients", more, found["integrated"])
    down, across = OCCLUSION["stride"]
    drop = Occlusion(lambda x: model(x).softmax(1)).attribute(
        x, (CHANNELS, *OCCLUSION["size"]), (CHANNELS, down, across), OCCLUSION["fill"], targets
    )
    close("occlusion", drop[:, 0], found["occlusion"])


def main():
    model = start(Small())
    with torch.no_grad():
        model.bn2.running_mean.copy_(formula("mean", [6], -0.3, 0.3))
        model.bn2.running_var.copy_(formula("variance", [6], 0.5, 2))
    model = model.double().eval()
    x = formula("pictures", [PICTURES, CHANNELS, HEIGHT, WIDTH], -1, 1).double()
    baseline = formula("baseline", [1, CHANNELS, HEIGHT, WIDTH], -0.2, 0.2).double().expand_as(x)
    targets = torch.tensor([3, 1])
    found = {"logits": model(x).detach()}
    found["saliency"] = gradient(model, x, targets).abs().amax(1)
    found["gradient"] = gradient(model, x, targets)
    for name in ("conv1", "conv3"):
        parts = grad_cam(model, getattr(model, name), x, targets)
        found[f"cam.{name}.coarse"], found[f"cam.{name}"], found[f"cam.{name}.plusplus"] = parts
    found["integrated"] = integrated(model, x, baseline, targets)
    found["occlusion"], found["occlusion.grid"] = (part.detach() for part in occlusion(model, x, targets))
    compare(model, x, baseline, targets, found)
    kept = {name: value.float() for name, value in found.items()}
    write_safetensors(
        os.path.join(here, "explain.safetensors"), kept, {"targets": targets.tolist(), "steps": STEPS, "occlusion": OCCLUSION}
    )


if __name__ == "__main__":
    main()
