"""
Makes optim.safetensors: 100 steps of PyTorch's optimizers on a small problem.

    python3 test/oracle/optim.py

Loss: mean((tanh(x A + b) - t)²) + 0.05 · sum(b²), parameters A [3, 4] and b [4]. Parameters after some of the steps are
stored, computed in float64 and rounded; `drift` says how far PyTorch's own float32 is from it.
Needs torch and numpy, CPU builds.
"""

import os
import sys

import numpy as np
import torch

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)

from recorder import write_safetensors  # noqa: E402

KEPT = (1, 2, 5, 10, 50, 100)
SGD, ADAM, ADAMW = torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW

# Each row: optimizer, its options, and perhaps the learning rate that steps from 51 on have.
RUNS = {
    "sgd": (SGD, {"lr": 0.1}),
    "sgd default lr": (SGD, {}),
    "sgd momentum": (SGD, {"lr": 0.05, "momentum": 0.9}),
    "sgd nesterov": (SGD, {"lr": 0.05, "momentum": 0.9, "nesterov": True}),
    "sgd weight decay": (SGD, {"lr": 0.1, "weight_decay": 0.01}),
    "sgd momentum, weight decay": (SGD, {"lr": 0.05, "momentum": 0.8, "weight_decay": 0.05}),
    "sgd nesterov, weight decay": (SGD, {"lr": 0.02, "momentum": 0.9, "nesterov": True, "weight_decay": 5e-4}),
    "sgd dampening": (SGD, {"lr": 0.1, "momentum": 0.9, "dampening": 0.5}),
    "sgd dampening, weight decay": (SGD, {"lr": 0.1, "momentum": 0.5, "dampening": 0.1, "weight_decay": 0.01}),
    "sgd maximize": (SGD, {"lr": 0.02, "maximize": True}),
    "sgd maximize, momentum, weight decay": (
        SGD,
        {"lr": 0.005, "momentum": 0.5, "maximize": True, "weight_decay": 0.01},
    ),
    "sgd changed rate": (SGD, {"lr": 0.1, "momentum": 0.9}, 0.01),
    "adam": (ADAM, {}),
    "adam lr": (ADAM, {"lr": 0.02}),
    "adam betas": (ADAM, {"lr": 0.01, "betas": (0.8, 0.95)}),
    "adam no momentum": (ADAM, {"lr": 0.01, "betas": (0.0, 0.99)}),
    "adam weight decay": (ADAM, {"lr": 0.01, "weight_decay": 0.1}),
    "adam amsgrad": (ADAM, {"lr": 0.02, "betas": (0.9, 0.9), "amsgrad": True}),
    "adam amsgrad, weight decay": (ADAM, {"lr": 0.02, "amsgrad": True, "weight_decay": 0.01}),
    "adam eps": (ADAM, {"lr": 0.02, "eps": 0.01}),
    "adam large eps": (ADAM, {"lr": 0.1, "eps": 1.0}),
    "adam maximize": (ADAM, {"lr": 0.01, "maximize": True}),
    "adam changed rate": (ADAM, {"lr": 0.02}, 0.002),
    "adamw": (ADAMW, {}),
    "adamw lr": (ADAMW, {"lr": 0.02}),
    "adamw weight decay": (ADAMW, {"lr": 0.01, "weight_decay": 0.5}),
    "adamw no decay": (ADAMW, {"lr": 0.01, "weight_decay": 0.0}),
    "adamw amsgrad": (ADAMW, {"lr": 0.02, "amsgrad": True, "betas": (0.9, 0.9)}),
    "adamw maximize": (ADAMW, {"lr": 0.01, "maximize": True}),
}
CAMEL = {"weight_decay": "weightDecay"}


def run(data, make, options, later_rate, dtype):
    a, b = (data[name].to(dtype).clone().requires_grad_() for name in ("a", "b"))
    x, t = (data[name].to(dtype) for name in ("x", "t"))
    optimizer = make([a, b], **options)
    kept, losses = {}, []
    for step in range(1, 101):
        if step == 51 and later_rate:
            optimizer.param_groups[0]["lr"] = later_rate
        loss = ((x @ a + b).tanh() - t).square().mean() + 0.05 * b.square().sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if step in KEPT:
            kept[step] = (a.detach().clone(), b.detach().clone())
    return kept, losses


random = np.random.default_rng(5)
draw = lambda *shape: torch.from_numpy(np.asarray(random.uniform(-1, 1, shape), np.float32))
data = {"a": draw(3, 4), "b": draw(4), "x": draw(6, 3) * 2, "t": draw(6, 4) * 0.8}
tensors, rows = dict(data), []
for name, (make, options, *later) in RUNS.items():
    rate = later[0] if later else None
    kept, losses = run(data, make, options, rate, torch.float64)
    single, _ = run(data, make, options, rate, torch.float32)
    drift = max((single[s][i] - kept[s][i]).abs().max().item() for s in KEPT for i in (0, 1))
    for step, pair in kept.items():
        for parameter, value in zip("ab", pair):
            tensors[f"{name}.{step}.{parameter}"] = value.float()
    row = {"name": name, "optimizer": make.__name__, "options": {CAMEL.get(k, k): v for k, v in options.items()}}
    if rate:
        row["laterRate"] = rate
    rows.append({**row, "losses": [losses[0], losses[-1]], "drift": float(f"{drift:.1e}")})
    print(f"{name}: {losses[0]:.4f} -> {losses[-1]:.4f}, drift {drift:.1e}")

write_safetensors(os.path.join(here, "optim.safetensors"), tensors, {"steps": KEPT, "runs": rows})
