"""Cases of ops that move elements: views, joins, padding, selection."""

import torch

from recorder import Input


def add(r):
    views(r)
    slices(r)
    joins(r)
    selections(r)


def views(r):
    for shape, to in (
        ([2, 6], [3, 4]),
        ([2, 6], [-1]),
        ([12], [2, -1, 3]),
        ([], [1, 1]),
        ([1], []),
        ([0, 3], [3, 0]),
        ([2, 3, 4], [6, 4]),
        ([2, 3], [2, 3]),
        ([0, 4], [0, 2, 2]),
    ):
        r.case("reshape", r.uniform(*shape), **{"with": [to]})
    r.case("reshape", Input(r.uniform(4, 3), [["transpose", 0, 1]]), second=True, **{"with": [[2, 6]]})
    r.case("reshape", Input(r.uniform(2, 1), [["expand", [2, 3]]]), second=True, **{"with": [[6]]})
    r.case("reshape", Input(r.uniform(5, 4), [["slice", 0, None, None, -2]]), **{"with": [[3, 2, 2]]})
    r.case("reshape", r.integers(2, 3), **{"with": [[3, 2]]})
    for shape, axes in (
        ([2, 3], [1, 0]),
        ([2, 3, 4], [2, 0, 1]),
        ([2, 3, 4], [0, -1, 1]),
        ([2, 3, 4], [0, 1, 2]),
        ([2, 1, 3, 2], [3, 1, 0, 2]),
        ([], []),
        ([0, 2, 3], [2, 0, 1]),
    ):
        r.case("permute", r.uniform(*shape), second=shape == [2, 3, 4], **{"with": [axes]})
    for shape, axes in (([2, 3], [0, 1]), ([2, 3, 4], [0, -1]), ([2, 3, 4], [1, 1]), ([2, 0, 3], [0, 2]), ([2, 3, 2, 2], [-3, -1])):
        r.case("transpose", r.uniform(*shape), **{"with": axes})
    r.case("transpose", r.integers(2, 3, low=0, high=2).bool(), **{"with": [0, 1]})
    for shape in ([], [4], [2, 3], [0, 3]):
        r.case("t", r.uniform(*shape))
    for shape, to in (
        ([3, 1], [3, 4]),
        ([3, 1], [2, 3, 4]),
        ([1], [5]),
        ([], [2, 2]),
        ([2, 1, 3], [-1, 4, -1]),
        ([3], [2, 3]),
        ([1, 3], [0, 3]),
        ([2, 3], [2, 3]),
        ([1, 1, 1], [3, 2, 4]),
    ):
        r.case("expand", r.uniform(*shape), second=True, **{"with": [to]})
    r.case("expand", Input(r.uniform(4, 1), [["transpose", 0, 1]]), **{"with": [[3, 4]]})
    r.case("expand", r.integers(3, 1), **{"with": [[3, 2]]})
    for shape, axes in (([2, 3], [0]), ([2, 3], [0, 1]), ([2, 3, 4], [-1]), ([5], [0]), ([2, 3, 4], [0, 2]), ([0, 2], [0])):
        r.case("flip", r.uniform(*shape), **{"with": [axes]})
    r.case("flip", Input(r.uniform(4, 3), [["transpose", 0, 1]]), **{"with": [[1]]})
    r.case("flip", r.integers(6, dtype=torch.uint8, low=0), **{"with": [[0]]})
    for shape, start, end in (
        ([2, 3, 4], None, None),
        ([2, 3, 4], 1, None),
        ([2, 3, 4], 0, 1),
        ([2, 3, 4], -2, -1),
        ([2, 3, 4], 1, 1),
        ([5], None, None),
        ([], None, None),
        ([0, 3, 2], 1, None),
    ):
        r.case("flatten", r.uniform(*shape), start=start, end=end)
    r.case("flatten", Input(r.uniform(2, 3, 4), [["permute", [2, 0, 1]]]), start=1)
    for shape, axis in (([2, 1, 3], None), ([1, 1], None), ([2, 1, 3], 1), ([2, 1, 3], 0), ([2, 3, 1], -1), ([], None), ([1, 0, 1], None)):
        r.case("squeeze", r.uniform(*shape), axis=axis)
    for shape, axis in (([2, 3], 0), ([2, 3], 1), ([2, 3], 2), ([2, 3], -1), ([2, 3], -3), ([], 0), ([0], 1)):
        r.case("unsqueeze", r.uniform(*shape), axis=axis)


def slices(r):
    for shape, axis, start, end, step in (
        ([6], 0, 1, 4, 1),
        ([6], 0, None, None, 2),
        ([6], 0, 1, None, 2),
        ([6], 0, -3, None, 1),
        ([6], 0, None, -2, 1),
        ([6], 0, 4, 2, 1),
        ([6], 0, 2, 100, 1),
        ([6], 0, -100, 3, 1),
        ([6], 0, None, None, -1),
        ([6], 0, 4, 1, -1),
        ([6], 0, 4, None, -2),
        ([6], 0, None, 2, -3),
        ([6], 0, 100, None, -1),
        ([6], 0, -1, -4, -1),
        ([4, 5], 1, 1, 4, 1),
        ([4, 5], 0, None, None, -1),
        ([4, 5], -1, None, None, 3),
        ([2, 3, 4], 1, 2, None, -1),
        ([2, 3, 4], -2, 1, 1, 1),
        ([0, 3], 0, None, None, -1),
        ([0, 3], 1, 1, None, 1),
        ([3, 4], 0, 0, 3, 1),
        ([7], 0, 0, 7, 10),
    ):
        r.case("slice", r.uniform(*shape), second=shape == [4, 5], **{"with": [axis, start, end, step]})
    r.case("slice", Input(r.uniform(4, 5), [["transpose", 0, 1]]), **{"with": [0, 1, None, 2]})
    r.case("slice", Input(r.uniform(9), [["slice", 0, 1, None, 2]]), **{"with": [0, None, None, -2]})
    r.case("slice", Input(r.uniform(3, 1), [["expand", [3, 5]]]), **{"with": [1, 1, 4, 1]})
    r.case("slice", Input(r.uniform(4, 6), [["reshape", [2, 12]]]), **{"with": [1, 10, 1, -3]})
    r.case("slice", r.integers(5), **{"with": [0, 1, 4, 1]})
    r.case("slice", r.integers(5, low=0, high=2).bool(), **{"with": [0, None, None, -1]})


def joins(r):
    for shapes, axis in (
        ([[2, 3], [2, 3]], 0),
        ([[2, 3], [2, 1]], 1),
        ([[2, 3], [2, 1], [2, 4]], -1),
        ([[3], [2], [1], [4]], 0),
        ([[2, 0], [2, 3]], 1),
        ([[0, 3], [0, 3]], 0),
        ([[2, 2, 2], [2, 1, 2]], 1),
        ([[2, 3]], 0),
        ([[1, 3, 2], [2, 3, 2], [3, 3, 2]], -3),
    ):
        r.case("cat", *[r.uniform(*shape) for shape in shapes], axis=axis, second=len(shapes) == 3)
    r.case("cat", Input(r.uniform(3, 2), [["transpose", 0, 1]]), r.uniform(2, 2), axis=1)
    r.case("cat", Input(r.uniform(2, 1), [["expand", [2, 3]]]), Input(r.uniform(2, 3), [["flip", [1]]]), axis=0)
    x = r.uniform(2, 3)
    r.case("cat", Input(x), Input(x), Input(x, [["flip", [0]]]), axis=0, second=True)
    r.case("cat", r.integers(2, 3), r.integers(1, 3), axis=0)
    r.case("cat", r.integers(3, low=0, high=2).bool(), r.integers(2, low=0, high=2).bool(), axis=0)
    for shape, count, axis in (([2, 3], 2, 0), ([2, 3], 2, 1), ([2, 3], 3, 2), ([2, 3], 2, -1), ([], 3, 0), ([4], 1, 1), ([0], 2, 0), ([2, 2], 2, -2)):
        r.case("stack", *[r.uniform(*shape) for _ in range(count)], axis=axis, second=axis == 1)
    r.case("stack", r.integers(4), r.integers(4), axis=1)
    r.case("stack", Input(r.uniform(3, 2), [["transpose", 0, 1]]), r.uniform(2, 3), axis=0)
    for shape, pads, value in (
        ([3], [[1, 2]], None),
        ([2, 3], [[1, 0], [0, 2]], None),
        ([2, 3], [[0, 0], [1, 1]], 0.5),
        ([2, 3], [[2, 1], [3, 0]], -1.25),
        ([2, 3], [[0, 0], [0, 0]], 7),
        ([1, 2, 3, 2], [[0, 0], [0, 0], [1, 2], [2, 1]], None),
        ([2, 2, 2], [[1, 1], [0, 1], [1, 0]], 2),
        ([0, 2], [[1, 1], [0, 1]], 3),
    ):
        r.case("pad", r.uniform(*shape), pads=pads, value=value, second=True)
    r.case("pad", Input(r.uniform(3, 2), [["transpose", 0, 1]]), pads=[[1, 1], [1, 1]])
    r.case("pad", Input(r.uniform(4), [["slice", 0, None, None, -2]]), pads=[[1, 3]], value=1)
    r.case("pad", r.integers(2, 3), pads=[[1, 0], [1, 1]], value=-4)


def selections(r):
    for shape, axis, index in (([4, 5], 0, 1), ([4, 5], 1, -2), ([3], 0, 2), ([2, 3, 4], 1, 0), ([2, 3, 4], -1, 3)):
        r.case("select", r.uniform(*shape), axis=axis, index=index)
    r.case("select", Input(r.uniform(4, 3), [["transpose", 0, 1]]), axis=0, index=2)
    for shape, axis, index in (
        ([4, 3], 0, [2, 0]),
        ([4, 3], 0, [1, 1, 1, 3]),
        ([4, 3], 1, [2, 2, 0, 1, 1]),
        ([5], 0, [4, 3, 2, 1, 0]),
        ([2, 3, 2], -2, [0, 2]),
        ([3, 2], 0, []),
    ):
        places = torch.tensor(index, dtype=torch.int32)
        r.case("indexSelect", r.uniform(*shape), places, axis=axis, second=True)
    r.case("indexSelect", Input(r.uniform(3, 4), [["transpose", 0, 1]]), torch.tensor([3, 0, 3], dtype=torch.int32), axis=0)
    r.case("indexSelect", r.integers(4, 2), torch.tensor([3, 0, 3], dtype=torch.int32), axis=0)
    r.case("oneHot", torch.tensor([0, 2, 1, 2], dtype=torch.int32), classes=3)
    r.case("oneHot", torch.tensor([[0, 4], [1, 1]], dtype=torch.int32), classes=5)
    r.case("oneHot", torch.tensor([7, 9], dtype=torch.uint8), classes=10)
