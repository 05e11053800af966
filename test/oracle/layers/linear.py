"""Cases of the fully connected layer."""

import torch


def add(r):
    for inner, outer, shape in ((3, 4, [2]), (1, 1, [1]), (5, 2, [3, 4]), (7, 3, []), (33, 9, [17]), (4, 5, [0])):
        for bias in (True, False):
            r.layer("Linear", [inner, outer], {"bias": bias}, r.uniform(*shape, inner))
    r.layer("Identity", [], {}, r.uniform(2, 3), make=torch.nn.Identity)
    for start, end in ((1, -1), (0, -1), (2, 3), (1, 2)):
        r.layer("Flatten", [start, end], {}, r.uniform(2, 3, 2, 2))
