"""Cases of layers that arrange elements anew, and of those that change a picture's size."""

import torch
from torch import nn



def add(r):
    for factor in (1, 2, 3):
        square = factor * factor
        for shape in ([2, square, 2, 3], [1, 2 * square, 1, 1], [3 * square, 2, 2], [2, 2, square, 1, 2]):
            r.layer("PixelShuffle", [factor], {}, r.uniform(*shape))
        for shape in ([2, 1, 2, 3], [1, 2, 1, 1], [3, 2, 2], [2, 1, 2, 1, 2]):
            shape = [*shape[:-2], shape[-2] * factor, shape[-1] * factor]
            r.layer("PixelUnshuffle", [factor], {}, r.uniform(*shape))
    for groups, shape in ((1, [2, 3, 2, 2]), (2, [1, 4, 3, 2]), (3, [2, 6, 2, 2]), (3, [1, 3, 1, 2]), (2, [2, 8, 1, 1])):
        r.layer("ChannelShuffle", [groups], {}, r.uniform(*shape))
    for axis, sizes, shape in (
        (1, [2, 3], [2, 6]),
        (-1, [2, 2], [3, 4]),
        (0, [2, -1], [6, 2]),
        (1, [2, 3, 2], [1, 12, 2]),
        (-2, [1, 5], [2, 5, 1]),
        (1, [4], [2, 4]),
        (1, [-1, 1], [2, 3]),
    ):
        r.layer("Unflatten", [axis, sizes], {}, r.uniform(*shape))
    interpolate(r)


def interpolate(r):
    up = lambda options, x, note=None: r.layer("Upsample", [], options, x, make=upsample, note=note)
    # Odd ratios, and factors whose inverse float32 rounds to either side.
    for old, new in ((1, 1), (1, 4), (2, 5), (3, 7), (5, 3), (7, 2), (4, 4), (6, 3), (5, 10), (3, 9), (7, 1), (11, 13), (13, 41), (3, 123), (10, 49), (29, 7)):
        for mode in ("nearest", "nearest-exact"):
            up({"size": new, "mode": mode}, r.uniform(1, 2, old))
        for align in (False, True):
            up({"size": new, "mode": "linear", "align_corners": align}, r.uniform(2, 1, old))
    for size in ([1, 1], [2, 2], [4, 6], [3, 5], [5, 2], [8, 12], [2, 3], [7, 3]):
        for shape in ([1, 2, 4, 6], [2, 1, 1, 3]):
            for mode in ("nearest", "nearest-exact"):
                up({"size": size, "mode": mode}, r.uniform(*shape))
            for align in (False, True):
                up({"size": size, "mode": "bilinear", "align_corners": align}, r.uniform(*shape))
    for factor in (1, 2, 3, 0.5, 1.5, 2.5, 0.7, [2, 3], [0.5, 2], [1.3, 0.6], 2.1, 1.1):
        given = {"scale_factor": factor}
        for shape in ([1, 2, 4, 5], [2, 1, 3, 2]):
            for mode in ("nearest", "nearest-exact"):
                up({**given, "mode": mode}, r.uniform(*shape))
            for align in (False, True):
                up({**given, "mode": "bilinear", "align_corners": align}, r.uniform(*shape))
    # Factors that lead to the same or twice the size, as 2.1 does, are for pictures: for sequences and volumes PyTorch's
    # nearest goes forward by one rule and back by another.
    for factor in (2, 1.7, 0.4):
        up({"scale_factor": factor}, r.uniform(1, 2, 6))
        up({"scale_factor": factor, "mode": "linear"}, r.uniform(1, 2, 6))
        up({"scale_factor": factor}, r.uniform(1, 1, 3, 4, 3), note="volumes")
    nan = r.uniform(1, 1, 3, 3)
    nan[0, 0, 0, 0] = float("nan")
    up({"scale_factor": 2}, nan, note="NaN stays where it is")


class Nearest(nn.Upsample):
    """Always in float32: in float64 PyTorch's own kernels place some elements differently, one from the other."""

    def forward(self, x):
        return super().forward(x.float()).to(x.dtype)


def upsample(mode="nearest", **options):
    for name in ("size", "scale_factor"):
        if isinstance(options.get(name), list):
            options[name] = tuple(options[name])
    return (Nearest if mode.startswith("nearest") else nn.Upsample)(mode=mode, **options)
