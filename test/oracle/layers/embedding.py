"""Cases of the table of learned vectors."""

import torch


class Embedding(torch.nn.Embedding):
    """Takes uint8 too, which PyTorch's own does not."""

    def forward(self, index):
        return super().forward(index.long())


def add(r):
    for rows, width in ((5, 3), (1, 1), (7, 4), (300, 2)):
        for shape in ([4], [2, 3], [], [1, 2, 2], [0], [9]):
            for dtype in (torch.int32, torch.uint8):
                index = r.integers(*shape, low=0, high=min(rows, 256), dtype=dtype)
                r.layer("Embedding", [rows, width], {}, index, make=Embedding)
    for padding in (0, 2, -1):
        for shape in ([6], [2, 4]):
            r.layer("Embedding", [4, 3], {"padding_idx": padding}, r.integers(*shape, low=0, high=4))
    r.layer("Embedding", [4, 3], {"padding_idx": 1}, torch.ones(3, dtype=torch.int32), note="nothing but padding")
    r.layer("Embedding", [4, 3], {}, torch.full((2, 9), 3, dtype=torch.int32), note="one row many times")
