"""Cases of the single neuron, and of neurons stacked in the order of torchvision's MLP."""

import torch
from torch import nn


class Perceptron(nn.Module):
    def __init__(self, inner, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(inner))
        self.bias = nn.Parameter(torch.zeros(())) if bias else None

    def forward(self, x):
        z = x @ self.weight
        return ((z if self.bias is None else z + self.bias) > 0).to(x.dtype)


def mlp(inner, sizes, bias=True, dropout=0.0):
    layers = []
    for size in sizes[:-1]:
        layers += [nn.Linear(inner, size, bias=bias), nn.ReLU(), nn.Dropout(dropout)]
        inner = size
    return nn.Sequential(*layers, nn.Linear(inner, sizes[-1], bias=bias), nn.Dropout(dropout))


def add(r):
    for inner, shape in ((1, [3]), (3, [4]), (5, [2, 3]), (4, [])):
        for bias in (True, False):
            r.layer("Perceptron", [inner], {"bias": bias}, r.uniform(*shape, inner), make=Perceptron)
    for inner, sizes, shape in ((3, [4, 2], [5]), (2, [3], [2]), (4, [5, 3, 1], [2, 2]), (1, [1, 1], [3]), (6, [2, 7, 3], [])):
        for bias in (True, False):
            r.layer("MLP", [inner, sizes], {"bias": bias}, r.uniform(*shape, inner), make=mlp)
        r.layer("MLP", [inner, sizes], {"dropout": 0.5}, r.uniform(*shape, inner), make=mlp, train=False)
