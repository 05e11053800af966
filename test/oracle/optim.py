"""
Makes optim.safetensors: 200 steps of PyTorch's optimizers on a small network, with groups, clipped gradients and averages.

    python3 test/oracle/optim.py

Loss: mean((tanh(x A + b) C + d - t)²) + 0.05 · sum(b²), parameters A [3, 4], b [4], C [4, 2] and d [2]. All of them together,
as they are after some of the steps, are one tensor for each run, computed in float64 and rounded. A run is refused where PyTorch's
own float32 uses half of the tolerance.

Muon is PyTorch's with its Newton-Schulz iteration in the parameters' own precision: PyTorch rounds that to bfloat16. Lion, which
PyTorch has not, is written out below from its paper.
Needs torch and numpy, CPU builds.
"""

import os
import sys

import numpy as np
import torch
from torch.optim import swa_utils

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)

from recorder import write_safetensors  # noqa: E402

STEPS = 200
KEPT = (1, 2, 10, 50, 120, 200)
RTOL, ATOL = 1e-5, 5e-6
NAMES = "abcd"


class Lion(torch.optim.Optimizer):
    """Chen et al., "Symbolic discovery of optimization algorithms", 2023, algorithm 2."""

    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0, maximize=False):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay, "maximize": maximize})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            lr, (beta1, beta2) = group["lr"], group["betas"]
            for p in group["params"]:
                g = -p.grad if group["maximize"] else p.grad
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                update = (beta1 * m + (1 - beta1) * g).sign()
                p.sub_(lr * (update + group["weight_decay"] * p))
                m.mul_(beta2).add_((1 - beta2) * g)


def newton_schulz(grad, coefficients, steps, eps):
    a, b, c = coefficients
    x = grad.T if grad.size(0) > grad.size(1) else grad
    x = x / x.norm().clamp(min=eps)
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if grad.size(0) > grad.size(1) else x


torch.optim._muon._zeropower_via_newtonschulz = newton_schulz

MAKERS = {name: getattr(torch.optim, name) for name in (
    "SGD", "Adagrad", "Adadelta", "RMSprop", "Adam", "AdamW", "Adamax", "NAdam", "RAdam", "Muon")} | {"Lion": Lion}

# For each optimizer: options of a run, and what else it does, each time in words.
OPTIONS = {
    "SGD": {
        "default": {},
        "plain": {"lr": 0.1},
        "momentum": {"lr": 0.05, "momentum": 0.9},
        "nesterov": {"lr": 0.05, "momentum": 0.9, "nesterov": True},
        "weight decay": {"lr": 0.1, "weight_decay": 0.01},
        "momentum, weight decay": {"lr": 0.05, "momentum": 0.8, "weight_decay": 0.05},
        "nesterov, weight decay": {"lr": 0.02, "momentum": 0.9, "nesterov": True, "weight_decay": 5e-4},
        "dampening": {"lr": 0.1, "momentum": 0.9, "dampening": 0.5},
        "dampening, weight decay": {"lr": 0.1, "momentum": 0.5, "dampening": 0.1, "weight_decay": 0.01},
        "maximize": {"lr": 0.002, "maximize": True},
        "maximize, momentum, weight decay": {"lr": 0.0005, "momentum": 0.5, "maximize": True, "weight_decay": 0.01},
    },
    "Adagrad": {
        "default": {},
        "lr": {"lr": 0.1},
        "lr decay": {"lr": 0.1, "lr_decay": 0.01},
        "initial value": {"lr": 0.1, "initial_accumulator_value": 0.1},
        "eps": {"lr": 0.05, "eps": 0.01},
        "weight decay": {"lr": 0.05, "weight_decay": 0.05},
        "maximize": {"lr": 0.01, "maximize": True},
        "all": {"lr": 0.1, "lr_decay": 0.02, "weight_decay": 0.01, "initial_accumulator_value": 0.3, "eps": 1e-6},
    },
    "Adadelta": {
        "default": {},
        "lr": {"lr": 0.5},
        "rho": {"rho": 0.8},
        "large rho": {"rho": 0.99},
        "eps": {"eps": 1e-4, "lr": 0.2},
        "weight decay": {"weight_decay": 0.05, "lr": 0.5},
        "maximize": {"maximize": True, "lr": 0.5},
    },
    "RMSprop": {
        "small lr": {"lr": 1e-3},
        "lr": {"lr": 0.003},
        "alpha": {"lr": 0.0005, "alpha": 0.9},
        "momentum": {"lr": 0.001, "momentum": 0.9},
        "centered": {"lr": 0.003, "centered": True},
        "centered, momentum": {"lr": 0.001, "centered": True, "momentum": 0.8},
        "eps": {"lr": 0.01, "eps": 0.1},
        "weight decay": {"lr": 0.003, "weight_decay": 0.05},
        "maximize": {"lr": 0.001, "maximize": True},
        "all": {"lr": 0.001, "alpha": 0.95, "eps": 1e-4, "weight_decay": 0.01, "momentum": 0.5, "centered": True},
    },
    "Adam": {
        "default": {},
        "lr": {"lr": 0.02},
        "betas": {"lr": 0.01, "betas": (0.8, 0.95)},
        "no momentum": {"lr": 0.01, "betas": (0.0, 0.99)},
        "weight decay": {"lr": 0.01, "weight_decay": 0.1},
        "amsgrad": {"lr": 0.02, "betas": (0.9, 0.9), "amsgrad": True},
        "amsgrad, weight decay": {"lr": 0.02, "amsgrad": True, "weight_decay": 0.01},
        "eps": {"lr": 0.02, "eps": 0.01},
        "large eps": {"lr": 0.1, "eps": 1.0},
        "maximize": {"lr": 0.005, "maximize": True},
    },
    "AdamW": {
        "default": {},
        "lr": {"lr": 0.02},
        "weight decay": {"lr": 0.01, "weight_decay": 0.5},
        "no decay": {"lr": 0.01, "weight_decay": 0.0},
        "amsgrad": {"lr": 0.01, "amsgrad": True, "betas": (0.9, 0.99)},
        "maximize": {"lr": 0.005, "maximize": True},
    },
    "Adamax": {
        "default": {},
        "lr": {"lr": 0.02},
        "betas": {"lr": 0.004, "betas": (0.8, 0.99)},
        "eps": {"lr": 0.02, "eps": 0.01},
        "weight decay": {"lr": 0.01, "weight_decay": 0.1},
        "maximize": {"lr": 0.005, "maximize": True},
        "all": {"lr": 0.005, "betas": (0.7, 0.9), "eps": 1e-3, "weight_decay": 0.01},
    },
    "NAdam": {
        "default": {},
        "lr": {"lr": 0.02},
        "betas": {"lr": 0.004, "betas": (0.8, 0.95)},
        "momentum decay": {"lr": 0.01, "momentum_decay": 0.05},
        "weight decay": {"lr": 0.01, "weight_decay": 0.1},
        "decoupled": {"lr": 0.01, "weight_decay": 0.1, "decoupled_weight_decay": True},
        "eps": {"lr": 0.02, "eps": 0.01},
        "maximize": {"lr": 0.005, "maximize": True},
        "all": {"lr": 0.01, "betas": (0.85, 0.98), "eps": 1e-5, "weight_decay": 0.05, "momentum_decay": 0.01},
    },
    "RAdam": {
        "default": {},
        "lr": {"lr": 0.02},
        "betas": {"lr": 0.01, "betas": (0.8, 0.95)},
        "never rectified": {"lr": 0.02, "betas": (0.9, 0.6)},
        "weight decay": {"lr": 0.01, "weight_decay": 0.1},
        "decoupled": {"lr": 0.01, "weight_decay": 0.1, "decoupled_weight_decay": True},
        "eps": {"lr": 0.02, "eps": 0.01},
        "maximize": {"lr": 0.005, "maximize": True},
        "all": {"lr": 0.02, "betas": (0.85, 0.98), "eps": 1e-5, "weight_decay": 0.05, "decoupled_weight_decay": True},
    },
    "Lion": {
        "default": {},
        "lr": {"lr": 0.0008},
        "betas": {"lr": 0.0007, "betas": (0.95, 0.98)},
        "weight decay": {"lr": 0.0005, "weight_decay": 0.3},
        "maximize": {"lr": 0.0005, "maximize": True},
        "all": {"lr": 0.0011, "betas": (0.8, 0.9), "weight_decay": 0.1},
    },
}
MUON = {
    "default": {},
    "lr": {"lr": 0.004},
    "no nesterov": {"lr": 0.005, "nesterov": False},
    "momentum": {"lr": 0.005, "momentum": 0.8},
    "match_rms_adamw": {"lr": 0.01, "adjust_lr_fn": "match_rms_adamw"},
    "steps": {"lr": 0.005, "ns_steps": 3},
    "coefficients": {"lr": 0.005, "ns_coefficients": (2.0, -1.5, 0.5), "ns_steps": 4},
    "weight decay": {"lr": 0.005, "weight_decay": 0.5},
    "no decay": {"lr": 0.005, "weight_decay": 0.0},
}


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def part(optimizer, options, params=NAMES):
    return {"optimizer": optimizer, "params": params, "options": options}


RUNS = {f"{name}, {what}": {"parts": [part(name, options)]} for name, rows in OPTIONS.items() for what, options in rows.items()}
for what, options in MUON.items():
    RUNS[f"Muon, {what}"] = {"parts": [part("Muon", options, "ac"), part("AdamW", {"lr": 0.005}, "bd")]}
# Rates that change while the run is on.
for name, options, later in (
    ("SGD", {"lr": 0.1, "momentum": 0.9}, 0.01),
    ("Adam", {"lr": 0.02}, 0.002),
    ("Adagrad", {"lr": 0.1}, 0.02),
    ("RMSprop", {"lr": 0.003}, 0.0003),
    ("NAdam", {"lr": 0.01}, 0.003),
    ("RAdam", {"lr": 0.01}, 0.003),
    ("Lion", {"lr": 0.001}, 0.0001),
):
    RUNS[f"{name}, changed rate"] = {"parts": [part(name, options)], "laterRate": later}
# Groups with options of their own.
for name, first, second in (
    ("SGD", {"lr": 0.1, "momentum": 0.9}, {"lr": 0.02}),
    ("Adam", {"lr": 0.02, "amsgrad": True}, {"lr": 0.005, "betas": (0.8, 0.99)}),
    ("AdamW", {"lr": 0.01, "weight_decay": 0.1}, {"lr": 0.01, "weight_decay": 0.0}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.01}, {"lr": 0.03, "weight_decay": 0.01}),
    ("NAdam", {"lr": 0.01, "betas": (0.95, 0.999)}, {"lr": 0.004}),
):
    RUNS[f"{name}, groups"] = {"parts": [part(name, first, "ac"), part(name, second, "bd")]}
RUNS["SGD and Adam"] = {"parts": [part("SGD", {"lr": 0.05, "momentum": 0.9}, "ab"), part("Adam", {"lr": 0.01}, "cd")]}
for what, clip in (
    ("norm 0.1", {"maxNorm": 0.1}),
    ("norm 10", {"maxNorm": 10.0}),
    ("norm of type 1", {"maxNorm": 0.3, "normType": 1.0}),
    ("norm of type 3", {"maxNorm": 0.1, "normType": 3.0}),
    ("norm of type infinity", {"maxNorm": 0.05, "normType": "inf"}),
    ("value", {"value": 0.02}),
):
    RUNS[f"clipped by {what}"] = {"parts": [part("SGD", {"lr": 0.2, "momentum": 0.9})], "clip": clip}
for what, average in (
    ("EMA", {"kind": "EMA", "decay": 0.95}),
    ("slow EMA", {"kind": "EMA", "decay": 0.999}),
    ("SWA", {"kind": "SWA"}),
):
    RUNS[f"{what} of SGD"] = {"parts": [part("SGD", {"lr": 0.1, "momentum": 0.8})], "average": average}


class Network(torch.nn.Module):
    def __init__(self, data, dtype):
        super().__init__()
        for name in NAMES:
            self.register_parameter(name, torch.nn.Parameter(data[name].to(dtype).clone()))

    def forward(self, x):
        return (x @ self.a + self.b).tanh() @ self.c + self.d


def run(data, row, dtype):
    torch.set_default_dtype(dtype)
    network = Network(data, dtype)
    x, t = (data[name].to(dtype) for name in ("x", "t"))
    by_kind = {}
    for item in row["parts"]:
        group = {"params": [getattr(network, name) for name in item["params"]], **item["options"]}
        by_kind.setdefault(item["optimizer"], []).append(group)
    # PyTorch's Adagrad looks for initial_accumulator_value among its own arguments alone, not among a group's.
    optimizers = [
        MAKERS[kind](groups[0].pop("params"), **groups[0]) if len(groups) == 1 else MAKERS[kind](groups)
        for kind, groups in by_kind.items()
    ]
    average = row.get("average")
    if average:
        kinds = {"EMA": lambda: swa_utils.get_ema_multi_avg_fn(average["decay"]), "SWA": swa_utils.get_swa_multi_avg_fn}
        averaged = swa_utils.AveragedModel(network, multi_avg_fn=kinds[average["kind"]]())
    kept, losses, norms = [], [], []
    for step in range(1, STEPS + 1):
        if step == STEPS // 2 + 1 and "laterRate" in row:
            optimizers[0].param_groups[0]["lr"] = row["laterRate"]
        loss = (network(x) - t).square().mean() + 0.05 * network.b.square().sum()
        network.zero_grad()
        loss.backward()
        clip = row.get("clip")
        if clip and "value" in clip:
            torch.nn.utils.clip_grad_value_(network.parameters(), clip["value"])
        elif clip:
            kind = float(clip.get("normType", 2.0))
            norms.append(torch.nn.utils.clip_grad_norm_(network.parameters(), clip["maxNorm"], kind).item())
        for optimizer in optimizers:
            optimizer.step()
        losses.append(loss.item())
        if average:
            averaged.update_parameters(network)
        if step in KEPT:
            shown = averaged.module if average else network
            kept.append(torch.cat([getattr(shown, name).detach().flatten() for name in NAMES]))
    return torch.stack(kept), losses, norms


random = np.random.default_rng(5)
draw = lambda *shape: torch.from_numpy(np.asarray(random.uniform(-1, 1, shape), np.float32))
data = {"a": draw(3, 4), "b": draw(4), "c": draw(4, 2), "d": draw(2), "x": draw(6, 3) * 2, "t": draw(6, 2)}
tensors, rows, refused = dict(data), [], []
for name, row in RUNS.items():
    kept, losses, norms = run(data, row, torch.float64)
    single, _, _ = run(data, row, torch.float32)
    drift = ((single - kept).abs() / (ATOL + RTOL * kept.abs())).max().item()
    print(f"{name}: {losses[0]:.4f} -> {losses[-1]:.4f}, float32 {drift:.2f} tolerances off")
    if not drift < 0.5:
        refused.append(name)
    tensors[name] = kept.float()
    parts = [{**p, "options": {camel(key): value for key, value in p["options"].items()}} for p in row["parts"]]
    told = {"norms": [float(f"{norms[i - 1]:.8g}") for i in KEPT]} if norms else {}
    rows.append({"name": name, **row, "parts": parts, **told, "losses": [float(f"{losses[i]:.8g}") for i in (0, -1)]})

print(f"{len(rows)} runs")
if refused:
    raise ValueError(f"choose other options for {', '.join(refused)}")
tolerance = {"rtol": RTOL, "atol": ATOL}
write_safetensors(os.path.join(here, "optim.safetensors"), tensors, {"steps": KEPT, "tolerance": tolerance, "runs": rows})
