"""Cases of reductions: sum, mean, prod, extrema and their positions, variance."""

import torch

from recorder import Input

INF, NAN = float("inf"), float("nan")
AXES = [None, 0, 1, 2, -1, [0, 1], [0, 2], [1, 2], [-1, 0], [0, 1, 2]]
VIEWS = [
    ([4, 3], [["transpose", 0, 1]]),
    ([6, 5], [["slice", 0, 1, None, 2], ["slice", 1, None, None, -2]]),
    ([2, 1, 3], [["expand", [2, 4, 3]]]),
    ([2, 3, 4], [["permute", [1, 2, 0]], ["flip", [1]]]),
]


def add(r):
    for op in ("sum", "mean", "prod", "amax", "amin"):
        reductions(r, op)
    for op in ("var", "std"):
        spread(r, op)
    positions(r)
    integers(r)
    edges(r)


def values(r, op, shape):
    if op == "prod":
        return r.uniform(*shape, low=0.6, high=1.5)
    if op in ("amax", "amin", "argmax", "argmin"):
        return r.apart(*shape)
    return r.uniform(*shape)


def reductions(r, op):
    for axes in AXES:
        r.case(op, values(r, op, [2, 3, 4]), axes=axes, second=axes in (None, 1, [0, 2]))
        r.case(op, values(r, op, [2, 3, 4]), axes=axes, keepdim=True, second=axes == -1)
    for shape in ([], [1], [5], [7, 1], [1, 1, 3], [2, 2, 3, 2, 2]):
        r.case(op, values(r, op, shape))
    for shape, recipe in VIEWS:
        r.case(op, Input(values(r, op, shape), recipe), second=True)
        r.case(op, Input(values(r, op, shape), recipe), axes=0)
        r.case(op, Input(values(r, op, shape), recipe), axes=-1, keepdim=True)
    for axes in (0, 1, None):
        r.case(op, values(r, op, [19, 23] if op != "prod" else [5, 7]), axes=axes)
    if op in ("sum", "prod"):
        for shape, axes in (([0], None), ([0, 3], 0), ([0, 3], 1), ([2, 0, 3], 1), ([2, 0, 3], [0, 2])):
            r.case(op, r.uniform(*shape), axes=axes)
    else:
        r.case(op, r.uniform(0, 3), axes=1)
    if op == "mean":
        r.case(op, r.uniform(0, 3), axes=0, edge=True)


def spread(r, op):
    for axes in AXES:
        for keepdim in (None, True):
            for correction in (None, 0):
                if keepdim and correction == 0 and axes not in (None, 1):
                    continue
                second = axes in (1, [0, 2]) and keepdim is None
                r.case(op, r.apart(2, 3, 4), axes=axes, keepdim=keepdim, correction=correction, second=second)
    for shape, recipe in VIEWS[:2]:
        r.case(op, Input(r.apart(*shape), recipe), axes=0)
    r.case(op, r.uniform(19, 23), axes=1)
    r.case(op, r.uniform(31), correction=2)
    r.case(op, torch.tensor([1000.0, 1001, 1002.5, 999]), axes=0)
    r.case(op, torch.tensor([[3.0], [4.0]]), axes=1, edge=True, note="one element, correction 1")
    r.case(op, torch.tensor([[2.0, 2.0, 2.0], [1.0, 2.0, 4.0]]), axes=1, note="one row is constant")


def positions(r):
    for op in ("argmax", "argmin"):
        for axis in (None, 0, 1, 2, -1, -2):
            r.case(op, values(r, op, [2, 3, 4]), axis=axis)
            if axis is not None:
                r.case(op, values(r, op, [2, 3, 4]), axis=axis, keepdim=True)
        for shape, recipe in VIEWS:
            r.case(op, Input(values(r, op, shape), recipe))
            r.case(op, Input(values(r, op, shape), recipe), axis=0)
        r.case(op, values(r, op, []))
        r.case(op, values(r, op, [7]), axis=0)
        r.case(op, values(r, op, [17, 33]), axis=1)
        r.case(op, values(r, op, [17, 33]), axis=0)
        r.case(op, r.uniform(0, 3), axis=1)
        r.case(op, torch.tensor([[1.0, 3, 3, 1], [1, 1, 1, 1], [0, -0.0, 0, 0]]), axis=1, note="the first of equals")
        r.case(op, torch.tensor([[1.0, 3, 3, 1], [1, 0, 0, 1]]), note="the first of equals")
        r.case(op, torch.tensor([[1.0, NAN, 3, NAN], [INF, 1, -INF, 2]]), axis=1)
        r.case(op, torch.tensor([[-INF, -INF], [INF, INF]]), axis=1)
        r.case(op, r.integers(3, 5, low=-99, high=99), axis=1)
        r.case(op, torch.tensor([[16777216, 16777217], [2147483647, 2147483646]], dtype=torch.int32), axis=1)
        r.case(op, torch.tensor([[0, 255, 3], [7, 6, 5]], dtype=torch.uint8), axis=1)


def integers(r):
    for op in ("sum", "prod"):
        r.case(op, r.integers(2, 3, low=-5, high=6), axes=1)
        r.case(op, r.integers(2, 3, low=1, high=4))
        r.case(op, r.integers(2, 3, low=0, high=2).bool(), axes=0)
        r.case(op, r.integers(2, 3, low=1, high=7, dtype=torch.uint8), axes=0)
        r.case(op, r.integers(0, 3), axes=0)
        r.case(op, Input(r.integers(4, 3, low=1, high=4), [["transpose", 0, 1]]), axes=-1, keepdim=True)
    r.case("sum", torch.full([300], 255, dtype=torch.uint8))
    r.case("sum", torch.ones(700, dtype=torch.bool))
    r.case("sum", torch.tensor([16777217, 1, 1], dtype=torch.int32))
    for op in ("amax", "amin"):
        r.case(op, r.integers(3, 4, low=-50, high=50), axes=1)
        r.case(op, r.integers(3, 4, low=0, high=255, dtype=torch.uint8), axes=0)
        r.case(op, torch.tensor([16777216, 16777217, -2147483648], dtype=torch.int32))


def edges(r):
    for op in ("amax", "amin"):
        ties = torch.tensor([[1.0, 3, 3, 1], [2, 2, 2, 2], [0, -0.0, 1, -1]])
        for axes in (None, 0, 1):
            r.case(op, ties, axes=axes, note="equals share the gradient")
        r.case(op, torch.tensor([[NAN, 1.0], [INF, 2], [-INF, 3]]), axes=1, edge=True)
        r.case(op, Input(torch.tensor([2.0, NAN, INF]), grad=False), edge=True)
    zeros = torch.tensor([[1.5, 0.0, 2.0], [0.0, 3.0, 0.0], [1.0, 2.0, -3.0]])
    for axes in (None, 0, 1):
        r.case("prod", zeros, axes=axes, note="zeros among the factors")
    r.case("prod", zeros, axes=1, second=True, note="zeros among the factors")
    for op in ("sum", "mean"):
        r.case(op, torch.tensor([[1.0, INF], [INF, -INF], [NAN, 1]]), axes=1, edge=True)
        r.case(op, torch.tensor([1e38, 1e38, 1e38, 1e38]), edge=True)
        r.case(op, torch.tensor([1e-38, 2e-38, -1e-38]))
