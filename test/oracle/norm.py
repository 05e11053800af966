"""
Makes norm.safetensors: batch normalisation and adaptive pooling, as functions and as layers over several steps.

    python3 test/oracle/norm.py

The functions' cases have the form of ops.safetensors. A layer's steps alternate between training, with gradients and an SGD
step on its parameters, and evaluation; after each its output and its whole state are stored. Layers are computed in float64
and rounded. Needs torch and numpy, CPU builds.
"""

import os
import sys

import torch
from torch import nn

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)

from recorder import Input, Recorder, write_safetensors  # noqa: E402
from torch_ops import OPS  # noqa: E402

RATE = 0.1
# Each row: layer, its options, shape of its input, which steps train.
LAYERS = [
    ("BatchNorm1d", {}, [5, 3], "ttet"),
    ("BatchNorm1d", {"momentum": None}, [4, 2, 3], "tttet"),
    ("BatchNorm1d", {"affine": False, "momentum": 0.5, "eps": 0.01}, [6, 2], "ettte"),
    ("BatchNorm2d", {}, [2, 3, 4, 5], "ettett"),
    ("BatchNorm2d", {"track_running_stats": False}, [2, 2, 3, 3], "tet"),
    ("BatchNorm2d", {"momentum": None, "affine": False}, [3, 4, 2, 2], "tte"),
    ("BatchNorm2d", {"momentum": 0.0, "eps": 0.1}, [1, 2, 4, 4], "tte"),
]
CAMEL = {"track_running_stats": "trackRunningStats"}


def functions(r):
    for shape in ([4, 3], [5, 1], [2, 3, 4], [2, 3, 2, 3], [3, 2, 5, 4]):
        channels = shape[1]
        given = lambda: [r.uniform(channels), r.uniform(channels, low=0.2, high=2)]
        affine = lambda: [r.uniform(channels), r.uniform(channels)]
        for second in (False, True):
            r.case("batchNorm", r.uniform(*shape), *given(), *affine(), second=second)
            r.case("batchNorm", r.uniform(*shape), *given(), second=second, eps=0.1)
            r.case("batchNormOwn", r.uniform(*shape), *affine(), second=second)
            r.case("batchNormOwn", r.uniform(*shape), second=second, eps=0.01)
    # Far from 0 the squares and the mean's square share most of their digits.
    r.case("batchNormOwn", r.uniform(8, 2, 3, 3, low=30, high=31), r.uniform(2), r.uniform(2))
    swap = [["permute", [0, 3, 1, 2]]]
    r.case("batchNormOwn", Input(r.uniform(2, 4, 3, 5), swap), r.uniform(5), r.uniform(5), second=True)
    r.case("batchNormOwn", r.uniform(6, 2, 14, 15), r.uniform(2), r.uniform(2))
    r.case("batchNormOwn", r.uniform(2, 19, 5, 7), r.uniform(19), r.uniform(19))
    for shape, size in (
        ([2, 3, 6, 8], 1),
        ([2, 3, 1, 1], 1),
        ([1, 2, 6, 8], [3, 4]),
        ([1, 2, 6, 8], [6, 8]),
        ([1, 2, 5, 7], 3),
        ([2, 1, 5, 4], [2, 3]),
        ([1, 2, 4, 6], [4, 1]),
        ([1, 2, 10, 9], 7),
        ([1, 3, 1, 1], 7),
        ([1, 1, 2, 3], [7, 5]),
        ([0, 2, 4, 4], 2),
    ):
        r.case("adaptiveAvgPool2d", r.uniform(*shape), outputSize=size, second=shape[0] > 0)
    r.case("adaptiveAvgPool2d", Input(r.uniform(2, 5, 6, 3), swap), outputSize=2, second=True)


def steps(name, options, shape, modes, draw):
    """The layer's outputs, gradients and states, step by step."""
    layer = getattr(nn, name)(shape[1], **options)
    parameters = dict(layer.named_parameters())
    with torch.no_grad():
        for p in parameters.values():
            p.copy_(draw(*p.shape))
    kept = {f"start.{key}": value.clone() for key, value in layer.state_dict().items()}
    layer.double()
    for i, mode in enumerate(modes):
        x, upstream = draw(*shape) * (i + 1) + i, draw(*shape)
        layer.train(mode == "t")
        layer.zero_grad()
        wide = x.double().requires_grad_()
        y = layer(wide)
        y.backward(upstream.double())
        found = {"input": x, "upstream": upstream, "output": y, "gradient.x": wide.grad}
        found |= {f"gradient.{key}": p.grad for key, p in parameters.items()}
        with torch.no_grad():
            for p in parameters.values():
                p -= RATE * p.grad
        found |= {f"state.{key}": value.clone() for key, value in layer.state_dict().items()}
        kept |= {f"{i}.{key}": value.detach() for key, value in found.items()}
    stored = {torch.float64: torch.float32, torch.int64: torch.int32}
    return {key: value.to(stored.get(value.dtype, value.dtype)) for key, value in kept.items()}


recorder = Recorder(OPS, seed=31)
functions(recorder)
tensors, rows = dict(recorder.tensors), []
for number, (name, options, shape, modes) in enumerate(LAYERS):
    draw = lambda *sizes: recorder.uniform(*sizes, low=-1.5, high=1.5)
    tensors |= {f"layer{number}.{key}": value for key, value in steps(name, options, shape, modes, draw).items()}
    rows.append({"layer": name, "options": {CAMEL.get(k, k): v for k, v in options.items()}, "features": shape[1], "modes": modes})
path = os.path.join(here, "norm.safetensors")
write_safetensors(path, tensors, {"cases": recorder.cases, "rate": RATE, "layers": rows})
print(f"{len(recorder.cases)} cases, {len(rows)} layers, {os.path.getsize(path) / 1e3:.0f} KB")
