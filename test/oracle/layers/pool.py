"""Cases of max, average and adaptive poolings."""

import torch

INF = float("inf")


def add(r):
    inputs = {}

    def x(*shape):
        """One input for each shape, without equal elements, so that the file holds it once."""
        if shape not in inputs:
            inputs[shape] = r.apart(*shape)
        return inputs[shape]

    pictures(r, x)
    sequences(r, x)
    adaptive(r, x)
    random_windows(r, x)
    equals_and_extremes(r)
    powers(r)


def each_kind(r, axes, kernel, options, inputs):
    """A window for the maximum and for all ways to average."""
    r.layer(f"MaxPool{axes}d", [kernel], options, inputs)
    if "dilation" in options:
        return
    r.layer(f"AvgPool{axes}d", [kernel], options, inputs)
    if options.get("padding"):
        r.layer(f"AvgPool{axes}d", [kernel], {**options, "count_include_pad": False}, inputs)
    if axes == 2:
        r.layer("AvgPool2d", [kernel], {**options, "divisor_override": 5}, inputs)


def pictures(r, x):
    for n, channels, size, kernel, options in (
        (2, 1, [4, 6], 2, {}),
        (1, 2, [5, 7], 2, {}),
        (1, 2, [7, 5], 3, {"stride": 2, "padding": 1}),
        (1, 1, [6, 6], 3, {"stride": 2}),
        (1, 1, [6, 6], 3, {"stride": 1}),
        (1, 1, [6, 6], 3, {"stride": 1, "padding": 1}),
        (1, 2, [6, 7], [3, 2], {"stride": [1, 2], "padding": [1, 0]}),
        (1, 1, [4, 4], 1, {}),
        (1, 1, [4, 4], 1, {"stride": 2}),
        (2, 2, [4, 4], 4, {}),
        (1, 1, [8, 8], 2, {"stride": 3}),
        (1, 1, [7, 7], [4, 3], {"stride": [2, 1], "padding": [2, 1]}),
        (0, 2, [4, 4], 2, {}),
        (3, 1, [5, 5], [5, 1], {}),
        (1, 1, [2, 9], [1, 3], {"stride": [1, 2], "padding": [0, 1]}),
        (1, 1, [1, 1], 1, {}),
        (1, 3, [1, 5], [1, 2], {}),
        (1, 1, [12, 12], 2, {}),
        (5, 3, [2, 2], 2, {}),
        (1, 1, [7, 7], 2, {"stride": 2, "dilation": 2}),
        (1, 1, [7, 6], [2, 3], {"stride": 1, "dilation": [2, 1], "padding": [1, 1]}),
        (1, 1, [8, 8], 3, {"stride": 2, "dilation": 3, "padding": 1}),
    ):
        for ceil in ({}, {"ceil_mode": True}):
            each_kind(r, 2, kernel, {**options, **ceil}, x(n, channels, *size))
    # Windows that reach beyond the padding, and last ones that are left out since they would begin there.
    for size, kernel, stride, padding in (
        ([2, 2], 3, 2, 0),
        ([5, 4], 2, 3, 1),
        ([5, 5], 2, 2, 1),
        ([3, 3], 2, 3, 1),
        ([6, 5], 3, 3, 1),
        ([6, 5], [2, 3], [3, 2], [1, 1]),
        ([4, 7], 4, 3, 2),
        ([1, 1], 2, 2, 1),
        ([1, 2], 3, 4, 1),
        ([9, 3], [4, 2], [5, 4], [2, 0]),
    ):
        each_kind(r, 2, kernel, {"stride": stride, "padding": padding, "ceil_mode": True}, x(1, 1, *size))
    r.layer("AvgPool2d", [2], {"divisor_override": -3, "stride": 1}, x(1, 1, 3, 3))
    r.layer("AvgPool2d", [2], {"divisor_override": None, "stride": None}, x(1, 1, 4, 4))


def sequences(r, x):
    for n, channels, size, kernel, options in (
        (2, 1, 6, 2, {}),
        (1, 2, 7, 2, {}),
        (1, 2, 7, 3, {"stride": 2, "padding": 1}),
        (1, 1, 9, 3, {"stride": 1}),
        (1, 1, 5, 5, {}),
        (1, 1, 5, 1, {"stride": 2}),
        (2, 3, 8, 3, {"stride": 3, "padding": 1}),
        (0, 2, 6, 2, {}),
        (1, 1, 1, 1, {}),
        (1, 1, 2, 3, {"stride": 2, "padding": 1}),
        (1, 1, 10, 4, {"stride": 3, "padding": 2}),
        (1, 1, 17, 2, {}),
        (1, 2, 9, 3, {"dilation": 2, "stride": 1}),
        (1, 2, 9, 2, {"dilation": 4, "stride": 3, "padding": 1}),
    ):
        for ceil in ({}, {"ceil_mode": True}):
            each_kind(r, 1, kernel, {**options, **ceil}, x(n, channels, size))


def adaptive(r, x):
    for n, channels, size, outputs in (
        (2, 2, [4, 5], (1, [1, 5], [4, 1], [2, 3], [4, 5], 2)),
        (1, 2, [6, 4], (1, [3, 2], [6, 2], [5, 3], [4, 4], [None, 2], [3, None], 7)),
        (1, 1, [7, 7], (2, 3, 4, 5, 6, 7, 1)),
        (1, 1, [1, 1], (1, 3)),
        (1, 3, [2, 1], ([3, 2], 1, [1, 4])),
        (0, 2, [4, 4], (1, 2, 3)),
        (3, 1, [5, 2], ([2, 2], [5, 1], [3, 5])),
        (1, 1, [10, 3], ([7, 2], [4, 3])),
    ):
        for output in outputs:
            for kind in ("Avg", "Max"):
                r.layer(f"Adaptive{kind}Pool2d", [output], {}, x(n, channels, *size))
    for n, channels, size, outputs in (
        (2, 2, 5, (1, 2, 3, 4, 5, 8)),
        (1, 3, 8, (1, 2, 3, 5, 8)),
        (1, 1, 1, (1, 2)),
        (0, 2, 6, (1, 4)),
        (1, 1, 13, (6, 11)),
    ):
        for output in outputs:
            for kind in ("Avg", "Max"):
                r.layer(f"Adaptive{kind}Pool1d", [output], {}, x(n, channels, size))


def random_windows(r, x):
    """Windows that follow no pattern of the lists above."""
    pick = lambda *choices: int(choices[r.random.integers(len(choices))])
    for _ in range(50):
        kernel = [pick(1, 2, 3, 4), pick(1, 2, 3)]
        stride = [pick(1, 2, 3, 4), pick(1, 2, 3)]
        padding = [pick(*range(k // 2 + 1)) for k in kernel]
        options = {"stride": stride, "padding": padding, "ceil_mode": bool(pick(0, 1))}
        size = [max(k, pick(3, 4, 5, 6, 7)) for k in kernel]
        if pick(0, 1):
            r.layer("MaxPool2d", [kernel], options, x(1, 1, *size))
        else:
            r.layer("AvgPool2d", [kernel], {**options, "count_include_pad": bool(pick(0, 1))}, x(1, 1, *size))


def equals_and_extremes(r):
    for options in ({}, {"stride": 1}, {"ceil_mode": True}, {"stride": 2, "padding": 1}, {"stride": 1, "dilation": 2}):
        r.layer("MaxPool2d", [2], options, r.integers(1, 1, 5, 5, low=0, high=2).float(), note="the first of equals")
        r.layer("MaxPool1d", [2], options, torch.zeros(1, 1, 7), note="the first of equals")
    for output in (1, 2, 3, [2, 4]):
        r.layer("AdaptiveMaxPool2d", [output], {}, r.integers(1, 1, 5, 5, low=0, high=2).float(), note="the first of equals")
    negative = -r.uniform(1, 1, 5, 5, low=1, high=2)
    r.layer("MaxPool2d", [3], {"stride": 2, "padding": 1, "ceil_mode": True}, negative, note="padding never wins")
    r.layer("AdaptiveMaxPool2d", [3], {}, negative)
    large = r.uniform(1, 1, 4, 5) * 1e30
    for name, args, options in (("MaxPool2d", [2], {"ceil_mode": True}), ("AvgPool2d", [2], {"ceil_mode": True}), ("AdaptiveMaxPool2d", [3], {})):
        r.layer(name, args, options, large)
    infinite = r.uniform(1, 1, 4, 5)
    infinite[0, 0, 1, 2], infinite[0, 0, 3, 4] = INF, -INF
    r.layer("MaxPool2d", [2], {"ceil_mode": True}, infinite)
    r.layer("AdaptiveMaxPool2d", [3], {}, infinite)


def powers(r):
    for power in (1, 2, 3, 1.5, -1):
        positive = lambda *shape: r.uniform(*shape, low=0.3, high=1.5)
        for options in ({}, {"stride": 2}, {"stride": 2, "ceil_mode": True}):
            r.layer("LPPool2d", [power, [2, 3]], options, positive(1, 2, 5, 4))
            r.layer("LPPool1d", [power, 3], options, positive(2, 1, 8))
    r.layer("LPPool2d", [2, 2], {}, r.uniform(2, 1, 4, 4))
