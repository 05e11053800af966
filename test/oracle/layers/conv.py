"""Cases of convolutions, transposed convolutions and borders."""

import itertools

MODES = ("zeros", "reflect", "replicate", "circular")


def add(r):
    inputs = {}

    def x(*shape):
        """One input for each shape, so that the file holds it once."""
        if shape not in inputs:
            inputs[shape] = r.uniform(*shape, low=-1, high=1)
        return inputs[shape]

    sequences(r, x)
    pictures(r, x)
    depthwise_and_pointwise(r, x)
    padding_modes(r, x)
    transposed(r, x)
    transposed_sequences(r, x)
    random_pictures(r, x)
    borders(r, x)


def sequences(r, x):
    for size, kernel, stride, padding, dilation in (
        (1, 1, 1, 0, 1),
        (5, 1, 1, 0, 1),
        (5, 1, 2, 0, 1),
        (5, 1, 1, 2, 1),
        (5, 3, 1, 0, 1),
        (5, 3, 1, 1, 1),
        (7, 3, 2, 1, 1),
        (7, 3, 3, 0, 1),
        (7, 3, 1, 2, 2),
        (9, 4, 2, 3, 2),
        (4, 4, 1, 0, 1),
        (4, 4, 1, 2, 1),
        (3, 5, 1, 2, 1),
        (8, 2, 1, 1, 3),
        (13, 5, 4, 2, 1),
        (17, 7, 1, 3, 1),
        (1, 3, 1, 1, 1),
    ):
        options = {"stride": stride, "padding": padding, "dilation": dilation}
        for n, inner, outer, groups, bias in ((2, 3, 5, 1, True), (1, 4, 2, 2, False), (3, 2, 4, 2, True)):
            r.layer("Conv1d", [inner, outer, kernel], {**options, "groups": groups, "bias": bias}, x(n, inner, size))
    for kernel, dilation in itertools.product((1, 2, 3, 4, 5), (1, 2)):
        r.layer("Conv1d", [2, 3, kernel], {"padding": "same", "dilation": dilation}, x(2, 2, 6))
    r.layer("Conv1d", [2, 3, 3], {"padding": "valid"}, x(2, 2, 6))
    r.layer("Conv1d", [2, 3, 3], {"padding": 1}, x(0, 2, 6))
    r.layer("Conv1d", [1, 1, 9], {}, x(2, 1, 33))
    r.layer("Conv1d", [1, 9, 3], {"padding": 1}, x(17, 1, 4))
    for mode in MODES:
        for padding in (1, 3, "same"):
            r.layer("Conv1d", [2, 3, 4], {"padding": padding, "padding_mode": mode}, x(2, 2, 6))


def pictures(r, x):
    for size, kernel, options in (
        ([1, 1], 1, {}),
        ([1, 1], 3, {"padding": 1}),
        ([4, 5], [3, 2], {}),
        ([5, 5], 3, {"stride": 2}),
        ([5, 6], 3, {"stride": 2, "padding": 1}),
        ([6, 4], 3, {"stride": [2, 1], "padding": [0, 2]}),
        ([6, 6], 3, {"dilation": 2}),
        ([7, 5], [3, 2], {"dilation": [2, 3], "padding": [2, 1]}),
        ([6, 6], 3, {"stride": 2, "dilation": 2, "padding": 2}),
        ([3, 3], 3, {}),
        ([3, 4], [3, 4], {}),
        ([3, 3], 3, {"padding": 1}),
        ([2, 2], 5, {"padding": 2}),
        ([1, 7], [1, 3], {"stride": [1, 2]}),
        ([7, 1], [3, 1], {"padding": [1, 0]}),
        ([5, 5], 2, {"stride": 3}),
        ([4, 4], 2, {"padding": 3}),
        ([5, 3], [5, 1], {"padding": [2, 0]}),
    ):
        for n, inner, outer, groups, bias in ((2, 1, 3, 1, True), (1, 3, 5, 1, False), (1, 4, 6, 2, True)):
            r.layer("Conv2d", [inner, outer, kernel], {**options, "groups": groups, "bias": bias}, x(n, inner, *size))
    for kernel, dilation in itertools.product((1, 2, 3, [2, 3], [4, 1], 5), (1, 2, [1, 3])):
        r.layer("Conv2d", [1, 2, kernel], {"padding": "same", "dilation": dilation}, x(1, 1, 5, 6))
    r.layer("Conv2d", [1, 2, 3], {"padding": "valid"}, x(1, 1, 5, 6))
    for inner, outer, kernel, options in ((2, 3, 3, {}), (1, 2, 1, {}), (4, 4, 3, {"groups": 4, "padding": 1}), (2, 4, [4, 5], {})):
        r.layer("Conv2d", [inner, outer, kernel], options, x(0, inner, 4, 5))
    r.layer("Conv2d", [1, 2, 2], {}, x(17, 1, 3, 3))


def depthwise_and_pointwise(r, x):
    for channels, size, kernel in ((3, [4, 5], 3), (5, [5, 5], 3), (8, [3, 3], [3, 1]), (2, [7, 6], 5)):
        for options in ({"padding": 1}, {"stride": 2, "padding": 1}, {"dilation": 2, "padding": 2}):
            for times in (1, 2):
                widths = [channels, channels * times, kernel]
                r.layer("Conv2d", widths, {**options, "groups": channels, "padding": 2}, x(1, channels, *size))
        r.layer("Conv2d", [channels, channels, kernel], {"groups": channels, "padding": "same", "bias": False}, x(1, channels, *size))
    for n, inner, outer, size in ((1, 3, 4, [4, 5]), (2, 5, 2, [3, 3]), (9, 3, 5, [2, 2]), (1, 1, 1, [1, 1]), (3, 9, 8, [1, 3])):
        r.layer("Conv2d", [inner, outer, 1], {}, x(n, inner, *size))
        r.layer("Conv2d", [inner, outer, 1], {"bias": False, "stride": 2}, x(n, inner, *size))
        r.layer("Conv2d", [inner, outer, 1], {"padding": 1}, x(n, inner, *size))


def padding_modes(r, x):
    for mode in MODES:
        for kernel, padding, options in (
            (3, 1, {}),
            (3, [1, 2], {"stride": 2}),
            ([2, 3], [2, 0], {}),
            ([2, 3], [0, 1], {"dilation": 2}),
            (3, 0, {}),
            (2, "same", {}),
            ([4, 3], "same", {"dilation": [1, 2]}),
            (1, 1, {}),
            (3, "valid", {}),
        ):
            options = {**options, "padding": padding, "padding_mode": mode}
            r.layer("Conv2d", [1, 2, kernel], options, x(2, 1, 5, 6))
        r.layer("Conv2d", [4, 4, 3], {"padding": 1, "padding_mode": mode, "groups": 4}, x(1, 4, 3, 3))
        r.layer("Conv2d", [2, 2, 3], {"padding": 1, "padding_mode": mode, "bias": False}, x(0, 2, 3, 3))
        r.layer("Conv2d", [1, 2, 5], {"padding": 2, "padding_mode": mode}, x(1, 1, 3, 3))


def transposed(r, x):
    for size, kernel, options in (
        ([1, 1], 1, {}),
        ([1, 1], 3, {}),
        ([3, 4], 1, {}),
        ([3, 4], 1, {"stride": 2}),
        ([3, 4], [3, 2], {}),
        ([3, 3], 2, {"stride": 2}),
        ([3, 3], 3, {"stride": 2, "padding": 1, "output_padding": 1}),
        ([3, 2], 4, {"stride": 2, "padding": 1}),
        ([2, 3], [3, 2], {"stride": [1, 3], "padding": [1, 0], "output_padding": [0, 2]}),
        ([3, 3], 3, {"padding": 2}),
        ([2, 2], 3, {"dilation": 2}),
        ([2, 3], [2, 3], {"dilation": [3, 1], "padding": [1, 1], "stride": 2}),
        ([2, 2], 2, {"dilation": 2, "output_padding": 1}),
        ([3, 3], 2, {"stride": 3}),
        ([5, 1], [3, 1], {"stride": [2, 1]}),
        ([4, 4], 5, {"padding": 2}),
    ):
        for n, inner, outer, groups, bias in ((2, 1, 3, 1, True), (1, 3, 2, 1, False), (1, 4, 6, 2, True)):
            r.layer("ConvTranspose2d", [inner, outer, kernel], {**options, "groups": groups, "bias": bias}, x(n, inner, *size))
    for channels in (3, 5):
        r.layer("ConvTranspose2d", [channels, channels, 3], {"groups": channels, "padding": 1}, x(1, channels, 3, 3))
        r.layer("ConvTranspose2d", [channels, 2 * channels, 2], {"groups": channels, "stride": 2}, x(1, channels, 3, 3))
    for options in ({}, {"stride": 2, "output_padding": 1}):
        r.layer("ConvTranspose2d", [2, 3, 3], options, x(0, 2, 3, 3))


def transposed_sequences(r, x):
    for size, kernel, options in (
        (1, 1, {}),
        (1, 4, {}),
        (5, 3, {}),
        (5, 1, {"stride": 3}),
        (5, 3, {"stride": 2, "padding": 1, "output_padding": 1}),
        (4, 2, {"stride": 2}),
        (6, 3, {"dilation": 2, "padding": 1}),
        (3, 4, {"stride": 3, "dilation": 2, "padding": 2, "output_padding": 1}),
        (9, 5, {"padding": 2}),
    ):
        for n, inner, outer, groups, bias in ((2, 2, 3, 1, True), (1, 4, 2, 2, False), (3, 3, 3, 3, True)):
            r.layer("ConvTranspose1d", [inner, outer, kernel], {**options, "groups": groups, "bias": bias}, x(n, inner, size))
    r.layer("ConvTranspose1d", [2, 3, 3], {}, x(0, 2, 5))


def random_pictures(r, x):
    """Geometries that follow no pattern of the lists above."""
    pick = lambda *choices: choices[r.random.integers(len(choices))]
    for name, count in (("Conv2d", 60), ("ConvTranspose2d", 40)):
        for _ in range(count):
            groups = int(pick(1, 1, 2))
            inner, outer = groups * int(pick(1, 2)), groups * int(pick(1, 2, 3))
            kernel = [int(pick(1, 2, 3)), int(pick(1, 2, 3, 4))]
            dilation = [int(pick(1, 1, 2)), int(pick(1, 1, 2))]
            stride = [int(pick(1, 1, 2, 3)), int(pick(1, 2))]
            span = [dilation[d] * (kernel[d] - 1) + 1 for d in (0, 1)]
            options = {"stride": stride, "dilation": dilation, "groups": groups, "bias": bool(pick(True, False))}
            if name == "Conv2d":
                options["padding"] = [int(pick(0, 1, 2)), int(pick(0, 1))]
                size = [max(span[d], int(pick(3, 4, 5))) for d in (0, 1)]
            else:
                options["padding"] = [int(pick(*range(1 + span[d] // 2))) for d in (0, 1)]
                options["output_padding"] = [int(pick(*range(stride[d]))) for d in (0, 1)]
                size = [int(pick(2, 3, 4)), int(pick(2, 3))]
            r.layer(name, [inner, outer, kernel], options, x(int(pick(1, 2)), inner, *size))


def borders(r, x):
    for name in ("ReflectionPad2d", "ReplicationPad2d", "CircularPad2d", "ZeroPad2d"):
        for sides in (1, 2, [1, 0, 2, 1], [0, 0, 1, 0], [2, 1, 0, 0], 0):
            r.layer(name, [sides], {}, x(2, 1, 3, 4))
        r.layer(name, [1], {}, x(0, 2, 3, 3))
    r.layer("ReplicationPad2d", [4], {}, x(2, 2, 1, 1))
    r.layer("CircularPad2d", [[3, 3, 2, 2]], {}, x(1, 2, 2, 3))
    for sides in ([-1, 1, 0, -1], [-2, -2, -1, -1], -1):
        r.layer("ZeroPad2d", [sides], {}, x(1, 2, 3, 4))
    for sides in (1, [2, 0, 1, 3]):
        r.layer("ConstantPad2d", [sides, 0.5], {}, x(1, 2, 3, 4))
    for name in ("ReflectionPad1d", "ReplicationPad1d"):
        for sides in (1, 3, [2, 0], [0, 3]):
            r.layer(name, [sides], {}, x(2, 2, 6))
