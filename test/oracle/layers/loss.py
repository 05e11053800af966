"""Cases of the losses: each over its options, shapes, reductions and extremes."""

import numpy as np
import torch
import torch.nn.functional as F

REDUCTIONS = ("mean", "sum", "none")


class SigmoidFocal(torch.nn.Module):
    """torchvision.ops.sigmoid_focal_loss, from the paper's formula."""

    def __init__(self, alpha=0.25, gamma=2, reduction="mean"):
        super().__init__()
        self.alpha, self.gamma, self.reduction = alpha, gamma, reduction

    def forward(self, x, y):
        p = torch.sigmoid(x)
        right = p * y + (1 - p) * (1 - y)
        loss = F.binary_cross_entropy_with_logits(x, y, reduction="none") * (1 - right) ** self.gamma
        if self.alpha >= 0:
            loss = loss * (self.alpha * y + (1 - self.alpha) * (1 - y))
        return reduced(loss, self.reduction)


class SoftmaxFocal(torch.nn.Module):
    """The same for one class of many."""

    def __init__(self, gamma=2, reduction="mean", weight=None, ignore_index=-100):
        super().__init__()
        self.gamma, self.reduction, self.ignore = gamma, reduction, ignore_index
        self.register_buffer("weight", weight)

    def forward(self, x, y):
        entropy = F.cross_entropy(x, y, reduction="none", ignore_index=self.ignore)
        loss = (1 - torch.exp(-entropy)) ** self.gamma * entropy
        kept = y != self.ignore
        if self.weight is not None:
            loss = loss * self.weight[y * kept]
        if self.reduction == "mean":
            return loss.sum() / kept.sum()
        return reduced(loss, self.reduction)


def reduced(loss, reduction):
    return loss if reduction == "none" else loss.sum() if reduction == "sum" else loss.mean()


def add(r):
    for group in (regression, likelihood, binary, classes, divergence, margins, embeddings):
        group(r)


def alike(r, *more):
    """The reductions, each with the same random numbers, so that equal inputs are stored once."""
    for reduction in (*REDUCTIONS, *more):
        r.random = np.random.default_rng(11)
        yield reduction


def shapes_for(reduction):
    """Shapes with empty ones, but for the mean, which has no value there."""
    return ([5], [3, 4], [2, 3, 2], [], [1, 1], [6, 3], *([] if reduction == "mean" else ([0], [0, 3])))


def regression(r):
    rows = {
        "MSELoss": [{}],
        "L1Loss": [{}],
        "SmoothL1Loss": [{}, {"beta": 0.3}, {"beta": 2.5}, {"beta": 0}],
        "HuberLoss": [{}, {"delta": 0.3}, {"delta": 2.5}],
    }
    for name, options in rows.items():
        for option in options:
            for reduction in alike(r):
                for shape in shapes_for(reduction):
                    x, y = r.uniform(*shape), r.uniform(*shape)
                    skip = (1,) if len(shape) == 2 and shape[0] == 3 else ()
                    r.layer(name, [], {**option, "reduction": reduction}, x, y, skip_grad=skip)
            r.layer(name, [], option, r.uniform(4, 3), r.uniform(4, 3))
            r.layer(name, [], {**option, "reduction": "none"}, torch.tensor([1e4, -1e4, 0.0, 3]), torch.tensor([-1e4, 1.0, 0, 3]), note="extremes")


def likelihood(r):
    for reduction in alike(r):
        for full in (False, True):
            for shape in shapes_for(reduction):
                counts = r.integers(*shape, low=0, high=9).float()
                r.layer("PoissonNLLLoss", [], {"full": full, "reduction": reduction}, r.uniform(*shape), counts, skip_grad=(1,))
                r.layer("GaussianNLLLoss", [], {"full": full, "reduction": reduction}, r.uniform(*shape), r.uniform(*shape), r.uniform(*shape, low=0.1, high=2))
            rates = r.uniform(3, 4, low=0.1, high=5)
            counts = r.integers(3, 4, low=0, high=9).float() + 0.25
            r.layer("PoissonNLLLoss", [], {"log_input": False, "full": full, "reduction": reduction}, rates, counts)
            r.layer("PoissonNLLLoss", [], {"log_input": False, "full": full, "eps": 0.1, "reduction": reduction}, rates, counts)
            for shape in ([4], [4, 1], [1, 3]):
                r.layer("GaussianNLLLoss", [], {"full": full, "reduction": reduction}, r.uniform(4, 3), r.uniform(4, 3), r.uniform(*shape, low=0.1, high=2))
        r.layer("GaussianNLLLoss", [], {"eps": 0.5, "reduction": reduction}, r.uniform(4, 3), r.uniform(4, 3), r.uniform(4, 3, low=0, high=1), note="variances below eps")
        r.layer("GaussianNLLLoss", [], {"reduction": reduction}, r.uniform(2, 3, 2, 2), r.uniform(2, 3, 2, 2), r.uniform(2, 1, 2, 2, low=0.1, high=2))


def binary(r):
    far = torch.tensor([-1e4, -100.0, -30, -8, 0, 8, 30, 100, 1e4])
    for reduction in alike(r):
        for shape in shapes_for(reduction):
            soft, hard = r.uniform(*shape, low=0, high=1), r.integers(*shape, low=0, high=2).float()
            for y, skip in ((soft, ()), (hard, (1,))):
                p, x = r.uniform(*shape, low=0.05, high=0.95), r.uniform(*shape, low=-5, high=5)
                options = {"reduction": reduction}
                r.layer("BCELoss", [], options, p, y, skip_grad=skip)
                r.layer("BCEWithLogitsLoss", [], options, x, y, skip_grad=skip)
                r.layer("FocalLoss", [], options, x, y, skip_grad=skip, make=SigmoidFocal)
        for shape, factor in (([3, 4], [4]), ([3, 4], [3, 1]), ([5], [5]), ([2, 3, 2], [2])):
            y = r.uniform(*shape, low=0, high=1)
            weight, positive = r.uniform(*factor, low=0.2, high=3), r.uniform(*factor, low=0.2, high=3)
            p, x = r.uniform(*shape, low=0.05, high=0.95), r.uniform(*shape, low=-5, high=5)
            r.layer("BCELoss", [], {"weight": weight, "reduction": reduction}, p, y)
            r.layer("BCEWithLogitsLoss", [], {"weight": weight, "reduction": reduction}, x, y)
            r.layer("BCEWithLogitsLoss", [], {"pos_weight": positive, "reduction": reduction}, x, y)
            r.layer("BCEWithLogitsLoss", [], {"weight": weight, "pos_weight": positive, "reduction": reduction}, x, y)
        for alpha, gamma in ((0.25, 0), (-1, 2), (0.7, 1), (0.5, 3.5), (0, 2), (1, 0.5)):
            y = r.integers(4, 3, low=0, high=2).float()
            r.layer("FocalLoss", [], {"alpha": alpha, "gamma": gamma, "reduction": reduction}, r.uniform(4, 3, low=-4, high=4), y, skip_grad=(1,), make=SigmoidFocal)
        for shape in shapes_for(reduction):
            y = r.integers(*shape, low=0, high=2).float() * 2 - 1
            r.layer("SoftMarginLoss", [], {"reduction": reduction}, r.uniform(*shape, low=-4, high=4), y, skip_grad=(1,))
        for label in (0.0, 1, 0.3):
            y = torch.full_like(far, label)
            r.layer("BCEWithLogitsLoss", [], {"reduction": reduction}, far, y, note="extremes")
            r.layer("FocalLoss", [], {"reduction": reduction}, far[1:-1], y[1:-1], skip_grad=(1,), make=SigmoidFocal, note="extremes")
            r.layer("BCELoss", [], {"reduction": reduction}, torch.tensor([0.0, 1, 1e-30, 0.5]), y[:4], skip_grad=(0, 1), note="certain")
    certain = torch.tensor([0.0, 1, 0, 1, 0.5])
    r.layer("BCELoss", [], {"reduction": "none"}, certain, torch.tensor([0.0, 1, 1, 0, 1]), skip_grad=(1,), note="certain")
    r.layer("SoftMarginLoss", [], {"reduction": "none"}, torch.tensor([50.0, -50, 80, -80]), torch.tensor([1.0, 1, -1, -1]), skip_grad=(1,), note="extremes")


def targets(r, classes, shape, ignored=None):
    y = r.integers(*shape, low=0, high=classes)
    if ignored is None:
        return y
    mask = r.integers(*shape, low=0, high=3) == 0
    return torch.where(mask, torch.tensor(ignored, dtype=torch.int32), y)


def classes(r):
    cases = (([4, 5], [4]), ([3], []), ([2, 3, 4], [2, 4]), ([2, 3, 2, 3], [2, 2, 3]), ([1, 1], [1]), ([9, 5], [9]), ([0, 3], [0]))
    losses = {"CrossEntropyLoss": None, "NLLLoss": None, "SoftmaxFocalLoss": SoftmaxFocal}
    for reduction in alike(r):
        for shape, samples in cases:
            if 0 in shape and reduction == "mean":
                continue
            count = shape[1] if len(shape) > 1 else shape[0]
            weight = r.uniform(count, low=0.2, high=3)
            for name, make in losses.items():
                x = r.uniform(*shape, low=-3, high=3)
                for options, ignored in (
                    ({}, None),
                    ({"weight": weight}, None),
                    ({"ignore_index": -1}, -1),
                    ({"ignore_index": 1, "weight": weight}, None),
                    ({}, -100),
                ):
                    r.layer(name, [], {**options, "reduction": reduction}, x, targets(r, count, samples, ignored), make=make)
            x = r.uniform(*shape, low=-3, high=3)
            for smoothing in (0.1, 1.0):
                options = {"label_smoothing": smoothing, "reduction": reduction}
                r.layer("CrossEntropyLoss", [], options, x, targets(r, count, samples))
                r.layer("CrossEntropyLoss", [], {**options, "weight": weight, "ignore_index": 0}, x, targets(r, count, samples))
                r.layer("CrossEntropyLoss", [], options, x, targets(r, count, samples, -100))
            share = torch.softmax(r.uniform(*shape), 1 if len(shape) > 1 else 0)
            for options in ({}, {"weight": weight}, {"label_smoothing": 0.2}, {"label_smoothing": 0.2, "weight": weight}):
                r.layer("CrossEntropyLoss", [], {**options, "reduction": reduction}, x, share)
        for p in (1, 2):
            for shape, samples in (([4, 5], [4]), ([3], []), ([1, 2], [1]), ([9, 5], [9])):
                weight = r.uniform(shape[-1], low=0.2, high=3)
                for options in ({}, {"margin": 0.4}, {"weight": weight}, {"weight": weight, "margin": -0.3}):
                    r.layer("MultiMarginLoss", [], {**options, "p": p, "reduction": reduction}, r.uniform(*shape), targets(r, shape[-1], samples))
        for gamma in (0, 0.5, 1, 3.5):
            options = {"gamma": gamma, "reduction": reduction}
            r.layer("SoftmaxFocalLoss", [], options, r.uniform(5, 4), targets(r, 4, [5]), make=SoftmaxFocal)
        far = torch.tensor([[1e4, 0.0, -1e4], [100, 0, 30], [-30, -60, 3]])
        y = torch.tensor([1, 2, 0], dtype=torch.int32)
        r.layer("CrossEntropyLoss", [], {"reduction": reduction}, far, y, note="extremes")
        r.layer("CrossEntropyLoss", [], {"label_smoothing": 0.1, "reduction": reduction}, far, y, note="extremes")
        r.layer("SoftmaxFocalLoss", [], {"reduction": reduction}, far, y, make=SoftmaxFocal, note="extremes")
        out = torch.full([3], -100, dtype=torch.int32)
        for name, make in losses.items():
            r.layer(name, [], {"reduction": reduction}, r.uniform(3, 4), out, skip_grad=(0,), make=make, note="all ignored")


def divergence(r):
    for reduction in alike(r, "batchmean"):
        for shape in ([4], [3, 5], [2, 3, 4], [1, 1], [6, 3]):
            x = torch.log_softmax(r.uniform(*shape), -1)
            y = torch.softmax(r.uniform(*shape), -1)
            r.layer("KLDivLoss", [], {"reduction": reduction}, x, y)
            r.layer("KLDivLoss", [], {"reduction": reduction, "log_target": True}, x, y.log())
        zeros = torch.tensor([[0.0, 1, 0], [0.5, 0.5, 0]])
        r.layer("KLDivLoss", [], {"reduction": reduction}, r.uniform(2, 3, low=-3, high=0), zeros, skip_grad=(1,), note="zeros")
        if reduction in ("sum", "none"):
            r.layer("KLDivLoss", [], {"reduction": reduction}, r.uniform(0, 3), r.uniform(0, 3))


def margins(r):
    for reduction in alike(r):
        for shape in shapes_for(reduction):
            y = r.integers(*shape, low=0, high=2).float() * 2 - 1
            for margin in (None, 0.7, -0.4):
                options = {"reduction": reduction, **({} if margin is None else {"margin": margin})}
                r.layer("MarginRankingLoss", [], options, r.uniform(*shape), r.uniform(*shape), y, skip_grad=(2,))
                r.layer("HingeEmbeddingLoss", [], options, r.uniform(*shape), y, skip_grad=(1,))


def embeddings(r):
    for reduction in alike(r):
        for shape in ([4, 3], [5], [1, 1], [6, 5], *([] if reduction == "mean" else ([0, 3],))):
            for margin in (None, 0.5, -0.5):
                options = {"reduction": reduction, **({} if margin is None else {"margin": margin})}
                y = r.integers(*shape[:-1], low=0, high=2).float() * 2 - 1
                r.layer("CosineEmbeddingLoss", [], options, r.uniform(*shape), r.uniform(*shape), y, skip_grad=(2,))
            for options in ({}, {"margin": 3.5}, {"p": 1}, {"p": 3.0, "margin": 2}, {"swap": True, "margin": 2}, {"eps": 0.1}):
                vectors = [r.uniform(*shape) for _ in range(3)]
                r.layer("TripletMarginLoss", [], {**options, "reduction": reduction}, *vectors)
        same = r.uniform(3, 4)
        r.layer("CosineEmbeddingLoss", [], {"reduction": reduction}, torch.zeros(3, 4), same, torch.tensor([1.0, -1, 1]), skip_grad=(0, 1, 2), note="zero vectors")
        r.layer("TripletMarginLoss", [], {"reduction": reduction}, same, same, r.uniform(3, 4), skip_grad=(0, 1), note="equal vectors")
