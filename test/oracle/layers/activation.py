"""Cases of the activations: each over its options, shapes and extremes."""

import torch

SHAPES = ([7], [2, 3], [3, 1, 5], [2, 3, 2, 3], [], [1], [0], [0, 4])


class Step(torch.nn.Module):
    def __init__(self, at_zero=0):
        super().__init__()
        self.at_zero = at_zero

    def forward(self, x):
        jump = torch.heaviside(x.detach(), torch.tensor(float(self.at_zero), dtype=x.dtype))
        return jump + 0 * x  # torch.heaviside has no derivative


def add(r):
    # Lists are positional arguments, dictionaries are options.
    simple = {
        "ReLU": [[]], "ReLU6": [[]], "Sigmoid": [[]], "Tanh": [[]], "SELU": [[]], "SiLU": [[]], "Mish": [[]], "Hardswish": [[]],
        "Hardsigmoid": [[]], "Softsign": [[]], "LogSigmoid": [[]], "Tanhshrink": [[]],
        "LeakyReLU": [[], [0.2], [-0.5], [0]],
        "ELU": [[], [0.3], [2.5], [-1]],
        "CELU": [[], [0.3], [2.5], [-2]],
        "Hardtanh": [[], [-3, 0.5], [0.25, 4]],
        "Softplus": [[], [0.5], [4], [2, 3]],
        "Threshold": [[0.1, 20], [-1, 0]],
        "Softshrink": [[], [0], [1.5]],
        "Hardshrink": [[], [0], [1.5]],
        "GELU": [{}, {"approximate": "tanh"}],
    }  # fmt: skip
    steep = torch.tensor([-100.0, -50, -20.5, -12, -6.5, 6.5, 12, 20.5, 50, 100, -1e4, 1e4])
    tiny = torch.tensor([-1e-3, -1e-6, -1e-20, 1e-20, 1e-6, 1e-3])
    odd = torch.tensor([float("nan")])
    infinite = torch.tensor([float("inf"), float("-inf")])
    # Where PyTorch gives numbers at ±∞, at 0 and at the joints of straight pieces.
    endless = ("ReLU", "ReLU6", "Sigmoid", "Tanh", "LeakyReLU", "Hardtanh", "Hardsigmoid", "LogSigmoid", "ELU", "SELU", "CELU")
    joints = torch.tensor([-3.0, -1, -0.5, 0, 0.5, 1, 3, 6])
    for name, rows in simple.items():
        for row in rows:
            args, options = ([], row) if isinstance(row, dict) else (row, {})
            for shape in SHAPES:
                r.layer(name, args, options, r.uniform(*shape, low=-4, high=4))
            if not (name in ("CELU", "ELU") and args and args[0] < 0):
                r.layer(name, args, options, steep, note="extremes")
            r.layer(name, args, options, tiny, note="near 0")
            r.layer(name, args, options, joints, note="whole numbers")
            r.layer(name, args, options, r.uniform(3, 5, low=-15, high=15))
            if name not in ("Tanhshrink",):
                r.layer(name, args, options, odd, skip_grad=(0,), note="NaN")
            if name in endless and not args:
                r.layer(name, args, options, infinite, note="infinities")
    for number in (1, 3):
        for shape in ([2, 3], [2, 3, 4], [1, 3, 2, 2], [0, 3], [4, 3, 1, 2, 1]):
            r.layer("PReLU", [number], {}, r.uniform(*shape))
            r.layer("PReLU", [number], {}, r.uniform(*shape, low=-40, high=40))
    for shape in ([5], [], [1]):
        r.layer("PReLU", [], {}, r.uniform(*shape))
    r.layer("PReLU", [1], {"init": 0.4}, r.uniform(3, 3))
    for at_zero in (0, 1, 0.5):
        for shape in SHAPES:
            r.layer("Step", [at_zero], {}, r.integers(*shape, low=-2, high=3).float(), make=Step)
    for name in ("Softmax", "LogSoftmax", "Softmin"):
        for shape, axis in (([5], 0), ([2, 3], 1), ([2, 3], 0), ([2, 3, 4], -1), ([2, 3, 4], 1), ([2, 1], 1), ([0, 3], 1), ([17, 9], 1)):
            r.layer(name, [axis], {}, r.uniform(*shape, low=-3, high=3))
        r.layer(name, [-1], {}, r.uniform(3, 4, low=-60, high=60), note="extremes")
        r.layer(name, [1], {}, torch.tensor([[1e4, 0.0, -1e4], [3.0, 3, 3]]), note="extremes")
    for shape, axis in (([4], 0), ([2, 6], 1), ([2, 6], -1), ([4, 3, 2], 0), ([2, 4, 3, 3], 1), ([0, 2], 1), ([3, 10], -1)):
        r.layer("GLU", [axis], {}, r.uniform(*shape, low=-3, high=3))
        r.layer("GLU", [axis], {}, r.uniform(*shape, low=-60, high=60))
