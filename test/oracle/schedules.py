"""
Makes schedules.safetensors: 200 steps of PyTorch's learning rate schedulers, in float64.

    python3 test/oracle/schedules.py

For each run a tensor [steps + 1, groups]: the rates as the scheduler's making and each of its steps leave them; where it
cycles a momentum, a second one beside it. Metrics that ReduceLROnPlateau is given are stored as series.
Needs torch and numpy, CPU builds.
"""

import os
import sys
import warnings

import numpy as np
import torch
from torch.optim import lr_scheduler as s

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)

import recorder  # noqa: E402

recorder.STORED[torch.float64] = "F64"
warnings.filterwarnings("ignore")
STEPS = 200

# LambdaLR's functions, by the names that the test knows them by.
LAMBDAS = {
    "0.95 ** step": lambda step: 0.95**step,
    "1 / (1 + step)": lambda step: 1 / (1 + step),
    "step // 30": lambda step: step // 30,
}
CAMEL = {"T_max": "tMax", "T_0": "t0", "T_mult": "tMult"}


def camel(name):
    first, *rest = CAMEL.get(name, name).split("_")
    return first + "".join(word.capitalize() for word in rest)


def one(kind, **options):
    return {"kind": kind, "options": options}


def sequence(milestones, *parts):
    return {"kind": "SequentialLR", "parts": list(parts), "options": {"milestones": milestones}}


def chain(*parts):
    return {"kind": "ChainedScheduler", "parts": list(parts), "options": {}}


RUNS = [
    *(one("LambdaLR", lr_lambda=name) for name in LAMBDAS),
    one("ConstantLR"),
    *(one("ConstantLR", factor=f, total_iters=n) for f, n in ((0.5, 1), (0.25, 40), (0.9, 2), (0.1, 300))),
    *(one("StepLR", step_size=n) for n in (1, 30, 77)),
    *(one("StepLR", step_size=n, gamma=g) for n, g in ((10, 0.5), (50, 0.9), (7, 1.05))),
    *(one("MultiStepLR", milestones=m) for m in ([30, 80], [1], [5, 5, 100], [])),
    *(one("MultiStepLR", milestones=m, gamma=g) for m, g in (([50, 100, 150], 0.3), ([199, 200, 201], 0.5))),
    *(one("ExponentialLR", gamma=g) for g in (0.9, 0.99, 1.0, 1.01)),
    one("LinearLR"),
    *(one("LinearLR", start_factor=a, end_factor=b, total_iters=n) for a, b, n in (
        (0.01, 1.0, 20), (1.0, 0.0, 100), (1.0, 0.1, 200), (0.5, 0.25, 33), (0.001, 1.0, 1))),
    one("PolynomialLR"),
    *(one("PolynomialLR", total_iters=n, power=p) for n, p in ((100, 2.0), (200, 0.9), (250, 0.5), (1, 1.0), (60, 3.0))),
    *(one("CosineAnnealingLR", T_max=n, eta_min=m) for n, m in (
        (200, 0.0), (100, 0.0), (50, 0.001), (30, 0.0), (37, 0.01), (1, 0.0), (400, 0.0), (100, 0.2))),
    *(one("CosineAnnealingWarmRestarts", T_0=n, T_mult=k, eta_min=m) for n, k, m in (
        (10, 1, 0.0), (50, 1, 0.001), (10, 2, 0.0), (7, 3, 0.0001), (1, 2, 0.0), (200, 1, 0.0), (1, 1, 0.0))),
    *(one("CyclicLR", base_lr=0.001, max_lr=0.1, cycle_momentum=False, **more) for more in (
        {"step_size_up": 20},
        {"step_size_up": 10, "step_size_down": 30},
        {"step_size_up": 25, "mode": "triangular2"},
        {"step_size_up": 40, "step_size_down": 10, "mode": "triangular2"},
        {"step_size_up": 20, "mode": "exp_range", "gamma": 0.99},
        {"step_size_up": 15, "step_size_down": 5, "mode": "exp_range", "gamma": 0.995},
        {})),
    *(one("CyclicLR", base_lr=0.01, max_lr=0.2, step_size_up=30, **more) for more in (
        {},
        {"mode": "triangular2", "base_momentum": 0.7, "max_momentum": 0.95},
        {"mode": "exp_range", "gamma": 0.98})),
    *(one("OneCycleLR", max_lr=0.1, cycle_momentum=False, **more) for more in (
        {"total_steps": 200},
        {"total_steps": 100, "pct_start": 0.1},
        {"epochs": 10, "steps_per_epoch": 15},
        {"total_steps": 200, "anneal_strategy": "linear"},
        {"total_steps": 200, "three_phase": True},
        {"total_steps": 150, "three_phase": True, "anneal_strategy": "linear", "pct_start": 0.4},
        {"total_steps": 200, "div_factor": 10.0, "final_div_factor": 100.0},
        {"total_steps": 33, "pct_start": 0.5},
        {"total_steps": 200, "pct_start": 0.0})),
    *(one("OneCycleLR", max_lr=0.5, total_steps=120, **more) for more in (
        {},
        {"anneal_strategy": "linear"},
        {"three_phase": True},
        {"base_momentum": 0.7, "max_momentum": 0.9})),
    *(one("ReduceLROnPlateau", **more) for more in (
        {},
        {"patience": 2},
        {"patience": 0, "factor": 0.5},
        {"mode": "max", "patience": 3},
        {"threshold": 0.05, "patience": 2, "factor": 0.7},
        {"threshold": 0.05, "threshold_mode": "abs", "patience": 2, "factor": 0.7},
        {"mode": "max", "threshold": 0.02, "threshold_mode": "abs", "patience": 4, "factor": 0.6},
        {"patience": 1, "cooldown": 5, "factor": 0.8},
        {"patience": 1, "cooldown": 2, "min_lr": 0.01, "factor": 0.5},
        {"patience": 1, "factor": 0.5, "eps": 0.01})),
    sequence([5], one("LinearLR"), one("CosineAnnealingLR", T_max=195)),
    sequence([20], one("LinearLR", start_factor=0.01, total_iters=20), one("ExponentialLR", gamma=0.98)),
    sequence([20, 120], one("ConstantLR", factor=0.1, total_iters=20), one("ExponentialLR", gamma=0.99), one("StepLR", step_size=20)),
    sequence([50, 100], *(one("CosineAnnealingWarmRestarts", T_0=n) for n in (10, 25, 40))),
    sequence([30], one("LinearLR", total_iters=30), one("MultiStepLR", milestones=[50, 100])),
    sequence([10], one("LinearLR", total_iters=10), one("PolynomialLR", total_iters=150, power=2.0)),
    chain(one("ConstantLR", factor=0.1, total_iters=20), one("ExponentialLR", gamma=0.95)),
    chain(one("LinearLR", start_factor=0.1, total_iters=30), one("StepLR", step_size=40, gamma=0.5)),
    chain(one("LinearLR"), one("PolynomialLR", total_iters=180), one("MultiStepLR", milestones=[60, 90])),
    chain(one("LinearLR", total_iters=50), one("CosineAnnealingLR", T_max=250)),
]
# Two groups, with a rate each.
GROUPED = [
    one("StepLR", step_size=30),
    one("LambdaLR", lr_lambda=["0.95 ** step", "1 / (1 + step)"]),
    one("CosineAnnealingLR", T_max=100, eta_min=0.001),
    one("CosineAnnealingWarmRestarts", T_0=20, T_mult=2),
    one("CyclicLR", base_lr=[0.001, 0.01], max_lr=[0.1, 0.2], step_size_up=20),
    one("OneCycleLR", max_lr=[0.1, 0.5], total_steps=200, base_momentum=[0.8, 0.7], max_momentum=[0.9, 0.95]),
    one("ReduceLROnPlateau", patience=2, factor=0.5, min_lr=[0.01, 0.0001]),
    sequence([10], one("LinearLR", total_iters=10), one("CosineAnnealingLR", T_max=190)),
    chain(one("LinearLR", total_iters=10), one("ExponentialLR", gamma=0.97)),
]


def make(optimizer, row):
    parts = [make(optimizer, part) for part in row.get("parts", [])]
    options = dict(row["options"])
    if row["kind"] == "SequentialLR":
        return s.SequentialLR(optimizer, parts, options["milestones"])
    if row["kind"] == "ChainedScheduler":
        return s.ChainedScheduler(parts, optimizer)
    if "lr_lambda" in options:
        names = options["lr_lambda"]
        options["lr_lambda"] = [LAMBDAS[n] for n in names] if isinstance(names, list) else LAMBDAS[names]
    return getattr(s, row["kind"])(optimizer, **options)


def told(row):
    """The row with option names as they are in TypeScript."""
    result = {"kind": row["kind"], "options": {camel(key): value for key, value in row["options"].items()}}
    return {**result, "parts": [told(part) for part in row["parts"]]} if "parts" in row else result


random = np.random.default_rng(3)
falling = np.exp(-np.arange(STEPS) / 40) + 0.1 + random.uniform(0, 0.05, STEPS)
series = {"min": torch.from_numpy(falling), "max": torch.from_numpy(1 - falling / 2)}
tensors = {f"metric {name}": values for name, values in series.items()}
rows = []
for number, (row, lrs) in enumerate([(r, [0.1]) for r in RUNS] + [(r, [0.1, 0.03]) for r in GROUPED]):
    for optimizer_name in ("SGD", "Adam") if row["options"].get("cycle_momentum", row["kind"] in ("CyclicLR", "OneCycleLR")) else ("SGD",):
        groups = [{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": lr} for lr in lrs]
        optimizer = torch.optim.SGD(groups, momentum=0.9) if optimizer_name == "SGD" else torch.optim.Adam(groups)
        scheduler = make(optimizer, row)
        momentum = lambda g: g["momentum"] if optimizer_name == "SGD" else g["betas"][0]
        rates, momenta = [], []
        for step in range(STEPS + 1):
            rates.append([g["lr"] for g in optimizer.param_groups])
            momenta.append([momentum(g) for g in optimizer.param_groups])
            if step in (STEPS, row["options"].get("total_steps", 150 if "epochs" in row["options"] else None)):
                break
            optimizer.step()
            metrics = [series[row["options"].get("mode", "min")][step].item()] if row["kind"] == "ReduceLROnPlateau" else []
            scheduler.step(*metrics)
        name = f"{len(rows)}"
        tensors[name] = torch.tensor(rates, dtype=torch.float64)
        cycles = momenta != [momenta[0]] * len(momenta)
        if cycles:
            tensors[f"{name} momentum"] = torch.tensor(momenta, dtype=torch.float64)
        rows.append({"name": name, "optimizer": optimizer_name, "lrs": lrs, "cyclesMomentum": cycles, **told(row)})

path = os.path.join(here, "schedules.safetensors")
recorder.write_safetensors(path, tensors, {"runs": rows})
print(f"{len(rows)} runs, {os.path.getsize(path) / 1e3:.0f} KB")
