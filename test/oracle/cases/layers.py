"""Cases of products, convolutions, pooling, softmax and losses, and of short chains of ops."""

import torch

from recorder import Input

INF, NAN = float("inf"), float("nan")


def add(r):
    products(r)
    convolutions(r)
    max_pooling(r)
    avg_pooling(r)
    softmaxes(r)
    losses(r)
    chains(r)


def products(r):
    for a, b in (
        ([4], [4]),
        ([3, 4], [4]),
        ([4], [4, 2]),
        ([3, 4], [4, 2]),
        ([2, 3, 4], [4]),
        ([4], [2, 4, 3]),
        ([2, 3, 4], [4, 2]),
        ([3, 4], [2, 4, 2]),
        ([2, 3, 4], [2, 4, 2]),
        ([2, 1, 3, 4], [5, 4, 2]),
        ([1, 3, 4], [2, 4, 1]),
        ([2, 2, 3, 4], [2, 2, 4, 3]),
        ([3, 1], [1, 2]),
        ([1, 1], [1, 1]),
        ([5, 7], [7, 3]),
        ([1, 9], [9, 1]),
    ):
        r.case("matmul", r.uniform(*a), r.uniform(*b), second=True)
    for a, b in (([17, 33], [33, 9]), ([8, 16], [16, 24]), ([13, 5], [5, 31]), ([2, 9, 17], [17, 10]), ([1, 64], [64, 40])):
        r.case("matmul", r.uniform(*a, low=-1, high=1), r.uniform(*b, low=-1, high=1))
    for a, b in (([0, 4], [4, 2]), ([3, 0], [0, 2]), ([3, 4], [4, 0]), ([0], [0]), ([2, 0, 3], [3, 2]), ([0, 2, 3], [0, 3, 2])):
        r.case("matmul", r.uniform(*a), r.uniform(*b))
    t = [["transpose", -1, -2]]
    for second in (False, True):
        r.case("matmul", Input(r.uniform(4, 3), t), r.uniform(4, 2), second=second)
        r.case("matmul", r.uniform(3, 4), Input(r.uniform(2, 4), t), second=second)
        r.case("matmul", Input(r.uniform(4, 3), t), Input(r.uniform(2, 4), t), second=second)
        r.case("matmul", Input(r.uniform(2, 4, 3), t), Input(r.uniform(2, 5, 4), t), second=second)
        r.case("matmul", Input(r.uniform(6, 4), [["slice", 0, None, None, -2]]), Input(r.uniform(1, 2), [["expand", [4, 2]]]), second=second)
    x = r.uniform(3, 3)
    r.case("matmul", Input(x), Input(x), second=True)
    r.case("matmul", Input(x), Input(x, t), second=True)
    r.case("matmul", torch.tensor([[1.0, INF], [NAN, 2.0]]), torch.tensor([[1.0, 0.0], [3.0, 1.0]]), edge=True)
    for x, out in (([2, 3], 4), ([3], 4), ([2, 5, 3], 2), ([0, 3], 4), ([32, 120], 10), ([7, 1], 1)):
        k = x[-1]
        scale = k**-0.5
        r.case("linear", r.uniform(*x), r.uniform(out, k) * scale, r.uniform(out), second=len(x) == 2 and k < 9)
        r.case("linear", r.uniform(*x), r.uniform(out, k) * scale)
    r.case("linear", Input(r.uniform(3, 5), [["transpose", 0, 1]]), r.uniform(4, 3), r.uniform(4))


def convolutions(r):
    rows = [  # x, weight, bias, options
        ([1, 1, 5, 5], [1, 1, 3, 3], True, {}),
        ([2, 3, 6, 5], [4, 3, 3, 2], True, {}),
        ([2, 3, 6, 5], [4, 3, 3, 2], False, {}),
        ([2, 2, 7, 7], [4, 2, 3, 3], True, {"stride": 2}),
        ([2, 2, 7, 7], [4, 2, 3, 3], False, {"stride": 2, "padding": 1}),
        ([1, 2, 8, 6], [3, 2, 3, 3], True, {"stride": [2, 1], "padding": [0, 2]}),
        ([1, 2, 9, 9], [3, 2, 3, 3], True, {"dilation": 2}),
        ([1, 2, 9, 8], [3, 2, 3, 2], True, {"dilation": [2, 3], "padding": [2, 1]}),
        ([2, 2, 9, 9], [2, 2, 3, 3], True, {"stride": 2, "dilation": 2, "padding": 2}),
        ([2, 3, 5, 5], [4, 3, 1, 1], True, {}),
        ([2, 3, 5, 5], [4, 3, 1, 1], False, {"stride": 2}),
        ([2, 3, 5, 4], [4, 3, 1, 1], True, {"padding": 1}),
        ([2, 3, 4, 4], [5, 3, 4, 4], True, {}),
        ([2, 3, 4, 4], [5, 3, 4, 4], False, {}),
        ([2, 3, 4, 5], [5, 3, 4, 5], True, {}),
        ([2, 3, 4, 4], [5, 3, 4, 4], True, {"padding": 1}),
        ([2, 3, 4, 4], [5, 3, 4, 4], True, {"padding": 2, "stride": 3}),
        ([1, 4, 6, 6], [4, 2, 3, 3], True, {"groups": 2}),
        ([1, 4, 6, 6], [6, 2, 3, 3], False, {"groups": 2, "stride": 2, "padding": 1}),
        ([2, 3, 8, 8], [3, 1, 3, 3], True, {"groups": 3}),
        ([2, 3, 8, 8], [6, 1, 3, 3], False, {"groups": 3, "dilation": 2}),
        ([1, 6, 5, 5], [3, 2, 2, 2], True, {"groups": 3, "stride": [1, 2]}),
        ([2, 4, 3, 3], [8, 1, 3, 3], True, {"groups": 4}),
        ([2, 4, 4, 4], [4, 1, 1, 1], True, {"groups": 4}),
        ([3, 1, 9, 12], [6, 1, 5, 5], True, {}),
        ([1, 1, 1, 1], [1, 1, 1, 1], True, {}),
        ([1, 1, 1, 7], [2, 1, 1, 3], True, {}),
        ([1, 1, 7, 1], [2, 1, 3, 1], True, {"stride": 2}),
        ([1, 3, 2, 2], [2, 3, 5, 5], True, {"padding": 2}),
        ([1, 2, 5, 5], [2, 2, 2, 2], True, {"stride": 3}),
        ([1, 2, 6, 6], [2, 2, 2, 2], True, {"stride": 3}),
        ([1, 1, 4, 4], [1, 1, 2, 2], True, {"padding": 3}),
        ([5, 2, 3, 3], [3, 2, 2, 2], True, {}),
        ([0, 1, 5, 5], [2, 1, 3, 3], True, {}),
        ([17, 1, 3, 3], [2, 1, 2, 2], True, {}),
    ]  # fmt: skip
    for x, w, bias, options in rows:
        fan = w[1] * w[2] * w[3]
        make = lambda: [r.uniform(*x), r.uniform(*w) * fan**-0.5] + ([r.uniform(w[0])] if bias else [])
        r.case("conv2d", *make(), **options)
        if x[0] <= 3 and x[0] > 0:
            r.case("conv2d", *make(), second=True, **options)
    # Random geometries, so that no pattern of the list above is relied on.
    for i in range(24):
        pick = lambda *choices: choices[r.random.integers(len(choices))]
        groups = int(pick(1, 1, 2, 3))
        inner, outer = groups * int(pick(1, 2, 3)), groups * int(pick(1, 2, 4))
        kernel = [int(pick(1, 2, 3, 5)), int(pick(1, 2, 3, 4))]
        dilation = [int(pick(1, 1, 2)), int(pick(1, 1, 2))]
        padding = [int(pick(0, 1, 2)), int(pick(0, 1, 2))]
        stride = [int(pick(1, 1, 2, 3)), int(pick(1, 1, 2))]
        size = [max(dilation[d] * (kernel[d] - 1) + 1, int(pick(4, 5, 7, 8))) for d in (0, 1)]
        options = dict(stride=stride, padding=padding, dilation=dilation, groups=groups)
        x, w = [int(pick(1, 2)), inner, *size], [outer, inner // groups, *kernel]
        scale = (w[1] * w[2] * w[3]) ** -0.5
        inputs = [r.uniform(*x), r.uniform(*w) * scale] + ([r.uniform(outer)] if i % 2 else [])
        r.case("conv2d", *inputs, second=i % 3 == 0, **options)
    # Sizes that fill register tiles and leave rests.
    for x, w, options in (
        ([2, 6, 12, 12], [16, 6, 5, 5], {}),
        ([1, 1, 28, 28], [6, 1, 5, 5], {}),
        ([2, 8, 6, 6], [9, 8, 3, 3], {"padding": 1}),
        ([1, 16, 4, 4], [20, 16, 4, 4], {}),
        ([1, 3, 16, 16], [8, 3, 3, 3], {"stride": 2, "padding": 1}),
        ([1, 16, 7, 7], [8, 16, 1, 1], {}),
    ):
        scale = (w[1] * w[2] * w[3]) ** -0.5
        r.case("conv2d", r.uniform(*x), r.uniform(*w) * scale, r.uniform(w[0]), **options)
    swap = [["permute", [0, 3, 1, 2]]]
    r.case("conv2d", Input(r.uniform(2, 5, 6, 3), swap), r.uniform(4, 3, 3, 3) * 0.3, second=True)
    r.case("conv2d", r.uniform(2, 3, 6, 5), Input(r.uniform(3, 2, 4, 3) * 0.3, [["permute", [2, 0, 1, 3]]]), padding=1)
    r.case("conv2d", Input(r.uniform(1, 1, 6, 5), [["expand", [2, 3, 6, 5]]]), r.uniform(4, 3, 3, 3) * 0.3)
    r.case("conv2d", Input(r.uniform(1, 2, 11, 6), [["slice", 2, None, None, -2], ["flip", [3]]]), r.uniform(2, 2, 2, 2), r.uniform(2))
    x = torch.ones(1, 1, 4, 4)
    x[0, 0, 1, 1] = NAN
    r.case("conv2d", x, r.uniform(1, 1, 2, 2), edge=True)


def max_pooling(r):
    rows = [
        ([2, 3, 6, 8], 2, {}),
        ([1, 1, 4, 4], 2, {}),
        ([2, 1, 5, 7], 2, {}),
        ([1, 2, 7, 5], 3, {"stride": 2, "padding": 1}),
        ([1, 2, 9, 9], [2, 3], {"stride": 1, "dilation": 2}),
        ([1, 2, 6, 6], 3, {"stride": 1}),
        ([1, 2, 6, 6], 3, {"stride": 1, "padding": 1}),
        ([1, 2, 6, 7], [3, 2], {"stride": [1, 2], "padding": [1, 0]}),
        ([1, 2, 6, 6], 1, {}),
        ([1, 2, 6, 6], 1, {"stride": 2}),
        ([2, 2, 4, 4], 4, {}),
        ([1, 1, 8, 8], 2, {"stride": 3}),
        ([1, 1, 9, 8], 3, {"dilation": [2, 1], "padding": 1}),
        ([1, 1, 10, 10], 3, {"stride": 2, "dilation": 3, "padding": 1}),
        ([0, 2, 4, 4], 2, {}),
        ([3, 2, 5, 5], [5, 1], {}),
        ([1, 1, 24, 24], 2, {}),
    ]
    for x, kernel, options in rows:
        r.case("maxPool2d", r.apart(*x), kernel=kernel, second=x[0] > 0, **options)
    r.case("maxPool2d", Input(r.apart(2, 6, 8, 3), [["permute", [0, 3, 1, 2]]]), kernel=2)
    r.case("maxPool2d", Input(r.apart(1, 2, 8, 8), [["slice", 2, None, None, -2]]), kernel=2, stride=1)
    r.case("maxPool2d", Input(r.apart(1, 1, 4, 6), [["expand", [2, 3, 4, 6]]]), kernel=2)
    for options in ({}, {"stride": 1}, {"stride": 2, "padding": 1}, {"stride": 1, "dilation": 2}):
        kernel = 3 if options.get("padding") else 2
        r.case("maxPool2d", r.integers(1, 2, 6, 6, low=0, high=2).float(), kernel=kernel, note="the first of equals", **options)
        r.case("maxPool2d", torch.zeros(1, 1, 6, 6), kernel=kernel, note="the first of equals", **options)
    r.case("maxPool2d", -r.uniform(1, 1, 5, 5, low=1, high=2), kernel=3, stride=2, padding=1, note="padding never wins")
    x = r.apart(1, 1, 4, 4)
    x[0, 0, 1, 2], x[0, 0, 3, 0] = NAN, INF
    r.case("maxPool2d", x, kernel=2, edge=True)
    r.case("maxPool2d", torch.full([1, 1, 4, 4], -INF), kernel=2, edge=True)


def avg_pooling(r):
    rows = [
        ([2, 3, 6, 8], 2, {}),
        ([2, 1, 5, 7], 2, {}),
        ([1, 2, 7, 5], 3, {"stride": 2, "padding": 1}),
        ([1, 2, 6, 6], 3, {"stride": 1}),
        ([1, 2, 6, 7], [3, 2], {"stride": [1, 2], "padding": [1, 0]}),
        ([1, 2, 6, 6], 1, {}),
        ([2, 2, 4, 4], 4, {}),
        ([1, 1, 8, 8], 2, {"stride": 3}),
        ([1, 1, 7, 7], [4, 3], {"stride": [2, 1], "padding": [2, 1]}),
        ([0, 2, 4, 4], 2, {}),
        ([3, 2, 5, 5], [5, 1], {}),
    ]
    for x, kernel, options in rows:
        r.case("avgPool2d", r.uniform(*x), kernel=kernel, second=x[0] > 0, **options)
        if options.get("padding"):
            r.case("avgPool2d", r.uniform(*x), kernel=kernel, second=True, countIncludePad=False, **options)
    r.case("avgPool2d", r.uniform(1, 1, 6, 6), kernel=2, countIncludePad=False)
    r.case("avgPool2d", Input(r.uniform(2, 6, 8, 3), [["permute", [0, 3, 1, 2]]]), kernel=2)
    r.case("avgPool2d", Input(r.uniform(1, 2, 8, 8), [["slice", 2, None, None, -2]]), kernel=2, stride=1)


def softmaxes(r):
    for op in ("softmax", "logSoftmax"):
        for shape, axis in (
            ([5], 0),
            ([2, 3], 0),
            ([2, 3], 1),
            ([2, 3], -1),
            ([2, 3, 4], 0),
            ([2, 3, 4], 1),
            ([2, 3, 4], -1),
            ([2, 3, 2, 2], 1),
            ([4, 1], 1),
            ([0, 3], 1),
            ([1], 0),
        ):
            r.case(op, r.uniform(*shape, low=-3, high=3), axis=axis, second=shape[0] != 0)
        r.case(op, r.uniform(3, 37, low=-5, high=5), axis=1)
        r.case(op, Input(r.uniform(4, 3), [["transpose", 0, 1]]), axis=1, second=True)
        r.case(op, Input(r.uniform(3, 1), [["expand", [3, 4]]]), axis=0)
        r.case(op, torch.tensor([[1000.0, 1001, 999], [-1000, -1001, -1002], [0, 0, 0]]), axis=1)
        r.case(op, torch.tensor([[1e4, -1e4, 0.0], [1e30, -1e30, 3.0], [50, -50, 20]]), axis=1)
        r.case(op, torch.tensor([[0.0, -INF, 1], [-INF, -INF, 2], [NAN, 1, 2], [INF, 1, 2], [-INF, -INF, -INF]]), axis=1, edge=True)


def losses(r):
    for reduction in (None, "mean", "sum", "none"):
        for shape in ([5], [4, 3], [], [2, 3, 2], [0, 2]):
            if shape == [0, 2] and reduction in (None, "mean"):
                continue
            r.case("mseLoss", r.uniform(*shape), r.uniform(*shape), reduction=reduction, second=True)
        r.case("mseLoss", Input(r.uniform(3, 4), [["transpose", 0, 1]]), Input(r.uniform(4, 3), grad=False), reduction=reduction)
        for n, c in ((4, 3), (1, 5), (6, 2), (32, 10), (3, 1)):
            target = r.integers(n, low=0, high=c)
            r.case("crossEntropy", r.uniform(n, c, low=-3, high=3), target, reduction=reduction, second=n < 32)
            target = r.uniform(n, c, low=-1, high=1).softmax(1)
            r.case("crossEntropy", r.uniform(n, c, low=-3, high=3), target, reduction=reduction, second=n < 32)
        target = r.integers(4, low=0, high=3)
        r.case("crossEntropy", Input(r.uniform(3, 4), [["transpose", 0, 1]]), target, reduction=reduction, second=True)
        r.case("crossEntropy", torch.tensor([[1000.0, 0, -1000], [-1000, 1000, 3], [5, 5, 5]]), torch.tensor([1, 1, 2], dtype=torch.int32), reduction=reduction)
        target = Input(r.uniform(4, 3).softmax(1), grad=False)
        r.case("crossEntropy", r.uniform(4, 3), target, reduction=reduction)
    for reduction in ("mean", "sum", "none"):
        r.case("crossEntropy", r.uniform(2, 3, 4), r.integers(2, 4, low=0, high=3), reduction=reduction, second=True)
        r.case("crossEntropy", r.uniform(2, 3, 4), r.uniform(2, 3, 4).softmax(1), reduction=reduction)
        r.case("crossEntropy", r.uniform(5), r.integers(low=0, high=5), reduction=reduction)
    r.case("crossEntropy", r.uniform(3, 4), r.integers(3, low=0, high=4, dtype=torch.uint8))
    r.case("crossEntropy", torch.tensor([[NAN, 1.0], [1, 2], [INF, 1]]), torch.tensor([0, 1, 0], dtype=torch.int32), reduction="none", edge=True)


def chains(r):
    for second in (False, True):
        r.case("normalized", r.uniform(3, 8), r.uniform(8), r.uniform(8), second=second)
        r.case("normalized", Input(r.uniform(5, 4), [["transpose", 0, 1]]), r.uniform(5), r.uniform(5), second=second)
        r.case("perceptron", r.uniform(4, 6), r.uniform(5, 6) * 0.4, r.uniform(5), r.uniform(3, 5) * 0.4, r.uniform(3), second=second)
        r.case("attention", r.uniform(2, 3, 4), r.uniform(2, 5, 4), r.uniform(2, 5, 3), second=second)
        r.case("reused", r.uniform(3, 4), second=second)
        r.case("logSumExp", r.apart(3, 5), second=second)
        r.case("outer", r.uniform(4), r.uniform(5), second=second)
        r.case("cropped", r.uniform(3, 4), r.uniform(5, 1), second=second)
        r.case("joined", r.uniform(3, 2), r.uniform(3, 2), second=second)
        r.case("residual", r.uniform(1, 2, 5, 5), r.uniform(3, 2, 3, 3) * 0.3, r.uniform(2, 3, 3, 3) * 0.3, second=second)
        r.case(
            "convolved",
            r.uniform(2, 1, 8, 8),
            r.uniform(2, 1, 3, 3) * 0.5,
            r.uniform(2),
            r.uniform(3, 2, 3, 3) * 0.3,
            r.uniform(3),
            second=second,
        )
