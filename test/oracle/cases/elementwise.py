"""Cases of elementwise ops: unary, binary with broadcasting and numbers, comparisons, where, clamp, casts."""

import torch

from recorder import Input

INF, NAN = float("inf"), float("nan")
ODD = torch.tensor([0.0, -0.0, INF, -INF, NAN, 1.0, -1.0, 1e-38, 1e38, -1e38, 1e-45])
POSITIVE = {"sqrt": (0.1, 4), "log": (0.1, 4)}
STEPS = ("floor", "ceil", "round", "sign", "abs", "relu")
UNARY = "neg abs sign floor ceil round sqrt reciprocal square exp log sin cos tanh sigmoid relu".split()
ARITHMETIC = "add sub mul div pow maximum minimum".split()
COMPARISONS = "eq ne lt le gt ge".split()

VIEWS = [
    ([4, 3], [["transpose", 0, 1]]),
    ([6, 5], [["slice", 0, 1, None, 2], ["slice", 1, None, None, -1]]),
    ([3, 1], [["expand", [2, 3, 4]]]),
    ([2, 3, 4], [["permute", [2, 0, 1]], ["flip", [0, 2]]]),
]

PAIRS = [
    ([2, 3], [2, 3]),
    ([2, 3], [3]),
    ([4, 1, 2], [3, 1]),
    ([], [2, 2]),
    ([2, 2], []),
    ([], []),
    ([0, 3], [1, 3]),
    ([5], [1]),
    ([2, 1, 3, 1], [4, 1, 2]),
    ([33], [2, 33]),
]


def add(r):
    unary(r)
    binary(r)
    comparisons(r)
    integers(r)
    choices(r)
    casts(r)
    edges(r)


def add_later(r):
    """Ops that came after the others: their values are drawn last, so that those of the other cases stay."""
    error_function(r)


def values(r, op, shape):
    if op in POSITIVE:
        return r.uniform(*shape, low=POSITIVE[op][0], high=POSITIVE[op][1])
    if op in STEPS:
        return r.away(*shape)
    if op == "reciprocal":
        return r.uniform(*shape, low=0.3, high=3) * (r.integers(*shape, low=0, high=2) * 2 - 1)
    return r.uniform(*shape)


def shapes_and_views(r, op):
    for shape in ([], [5], [3, 1, 7], [0], [2, 0, 3], [65]):
        r.case(op, values(r, op, shape))
    r.case(op, values(r, op, [2, 3]), second=True)
    for shape, recipe in VIEWS:
        r.case(op, Input(values(r, op, shape), recipe), second=recipe[0][0] == "transpose")


def unary(r):
    for op in UNARY:
        shapes_and_views(r, op)
    for op in ("sin", "cos"):
        r.case(op, r.uniform(8, low=-40, high=40))
        r.case(op, torch.tensor([1e3, -2e4, 1e5, 3.1415927, 1.5707964, -6.2831855]))
    for op in ("tanh", "sigmoid"):
        r.case(op, torch.tensor([-100.0, -20, -9, -1e-4, 0, 1e-6, 1e-3, 8.5, 18, 90]))
    r.case("exp", torch.tensor([-90.0, -20, -1, 0, 1e-6, 3, 10, 30, 60]))
    r.case("log", torch.tensor([1e-30, 1e-5, 0.5, 0.99999, 1, 1.00001, 3, 1e5, 1e30]))
    r.case("round", torch.tensor([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.49999997, 8388607.5, 1e9]))
    r.case("square", torch.tensor([1e-3, 1e3, -1e6, 1e15]))
    for op in ("sqrt", "reciprocal"):
        r.case(op, torch.tensor([1e-3, 1e3, 1e6, 1e15]))


def operands(r, op, a, b):
    if op == "pow":
        return r.uniform(*a, low=0.3, high=2), r.uniform(*b)
    if op == "div":
        sign = r.integers(*b, low=0, high=2) * 2 - 1
        return r.uniform(*a), r.uniform(*b, low=0.5, high=2) * sign
    return r.uniform(*a), r.uniform(*b)


def binary(r):
    for op in ARITHMETIC:
        for i, (a, b) in enumerate(PAIRS):
            r.case(op, *operands(r, op, a, b), second=i in (0, 2, 3))
        a, b = operands(r, op, [4, 3], [3, 4])
        r.case(op, Input(a, [["transpose", 0, 1]]), b)
        a, b = operands(r, op, [6], [2, 3])
        r.case(op, Input(a, [["slice", 0, None, None, -2]]), Input(b, [["flip", [0]]]), second=True)
        a, b = operands(r, op, [3, 1], [1, 4])
        r.case(op, Input(a, [["expand", [3, 4]]]), Input(b, [["expand", [3, 4]]]))
        x = r.uniform(2, 3, low=0.5, high=2)
        r.case(op, Input(x), Input(x), second=op not in ("maximum", "minimum"))
        square = r.uniform(3, 3, low=0.5, high=2)
        r.case(op, Input(square), Input(square, [["transpose", 0, 1]]), second=op not in ("maximum", "minimum"))
        for shape in ([2, 3], []):
            for number in (2.5, -0.75, 3):
                first, _ = operands(r, op, shape, [])
                r.case(op, first, number, second=shape != [])
                _, last = operands(r, op, [], shape)
                r.case(op, abs(number), last, second=shape != [])
    for number in (0, 1, 2, 0.5, -1, -2):
        r.case("pow", r.uniform(2, 3, low=0.3, high=2), number, second=True)
    for number in (2, 3, -1, -2):
        r.case("pow", -r.uniform(2, 3, low=0.3, high=2), number, second=True)


def comparisons(r):
    for op in COMPARISONS:
        for a, b in PAIRS[:8]:
            # Small whole numbers: equal ones come up.
            r.case(op, r.integers(*a, low=-1, high=2).float(), r.integers(*b, low=-1, high=2).float())
        r.case(op, r.integers(2, 3), r.integers(2, 3, low=-3, high=3))
        r.case(op, r.integers(2, 3, low=0, high=3), r.integers(3, low=0, high=3).float())
        r.case(op, r.integers(2, 3, low=0, high=2).bool(), r.integers(2, 3, low=0, high=2).bool())
        r.case(op, r.integers(4, low=0, high=3, dtype=torch.uint8), r.integers(4, low=0, high=3))
        r.case(op, Input(r.integers(4, 3, low=0, high=2).float(), [["transpose", 0, 1]]), r.integers(4, low=0, high=2).float())
        r.case(op, r.integers(2, 3, low=-1, high=2).float(), 1)
        r.case(op, 0.5, r.uniform(2, 3))
        r.case(op, r.integers(5, low=-1, high=2), 0)
        r.case(op, torch.tensor([NAN, 1.0, INF, -INF, 0.0]), torch.tensor([NAN, NAN, INF, INF, -0.0]))
    for op in ("and", "or"):
        r.case(op, r.integers(2, 3, low=0, high=2).bool(), r.integers(3, low=0, high=2).bool())
        r.case(op, r.integers(2, 3, low=0, high=2), r.integers(2, 3, low=0, high=2).float())
    r.case("not", r.integers(2, 3, low=0, high=2).bool())
    r.case("not", torch.tensor([0.0, -0.0, 0.5, NAN, INF]))
    r.case("not", r.integers(6, low=-1, high=2))
    r.case("isFinite", torch.tensor([0.0, 3e38, NAN, INF, -INF]))


def integers(r):
    for op in ("add", "sub", "mul", "maximum", "minimum"):
        r.case(op, r.integers(2, 3), r.integers(2, 3))
        r.case(op, r.integers(4, 1), r.integers(3))
        r.case(op, r.integers(5), 3)
        r.case(op, 4, r.integers(2, 2))
        r.case(op, r.integers(5), 2.5)
        r.case(op, r.integers(2, 3), r.uniform(3))
        if op != "sub":  # PyTorch refuses to subtract bool
            r.case(op, r.integers(2, 3, low=0, high=2).bool(), r.uniform(2, 3))
            r.case(op, r.integers(2, 3, low=0, high=2).bool(), r.integers(2, 3))
        r.case(op, r.integers(4, low=0, high=9, dtype=torch.uint8), r.integers(4))
        r.case(op, r.integers(4, low=0, high=9, dtype=torch.uint8), r.uniform(4))
        r.case(op, Input(r.integers(4, 3), [["transpose", 0, 1], ["flip", [0]]]), r.integers(4))
        r.case(op, r.integers(0, 3), r.integers(3))
    big = torch.tensor([2147483647, -2147483648, 65536, 123456789], dtype=torch.int32)
    r.case("add", big, torch.tensor([1, -1, 5, 2000000000], dtype=torch.int32), note="wraps around")
    r.case("sub", big, torch.tensor([-1, 1, 5, -2147483647], dtype=torch.int32), note="wraps around")
    r.case("mul", big, torch.tensor([2, -1, 65536, 987654321], dtype=torch.int32), note="wraps around")
    r.case("maximum", big, torch.tensor([16777217, 0, 65537, 123456788], dtype=torch.int32))
    for op in COMPARISONS:
        r.case(op, torch.tensor([16777217, 2147483647], dtype=torch.int32), torch.tensor([16777216, 2147483646], dtype=torch.int32))
    bytes_ = torch.tensor([250, 255, 3, 0], dtype=torch.uint8)
    r.case("add", bytes_, torch.tensor([10, 1, 4, 0], dtype=torch.uint8), note="wraps around")
    r.case("sub", bytes_, torch.tensor([251, 0, 4, 1], dtype=torch.uint8), note="wraps around")
    r.case("mul", bytes_, torch.tensor([2, 255, 4, 9], dtype=torch.uint8), note="wraps around")
    for op in ("neg", "abs", "sign", "square"):
        r.case(op, r.integers(2, 3))
    r.case("relu", r.integers(2, 3))
    r.case("div", r.integers(2, 3), torch.tensor([2, -3, 7], dtype=torch.int32))
    r.case("div", r.integers(6, low=0, high=255, dtype=torch.uint8), 255)
    r.case("div", r.integers(6), torch.tensor([0, 0, 1, 2, 4, 5], dtype=torch.int32).float(), edge=True)
    for op in ("exp", "sin", "tanh", "sigmoid"):
        r.case(op, r.integers(5, low=-3, high=4))
    r.case("sqrt", r.integers(5, low=0, high=200, dtype=torch.uint8))


def choices(r):
    for condition, a, b in (
        ([2, 3], [2, 3], [2, 3]),
        ([2, 1], [3], [2, 3]),
        ([3], [2, 1], []),
        ([2, 3, 4], [], [4]),
        ([], [2, 2], [2]),
        ([0], [0], [1]),
    ):
        mask = r.integers(*condition, low=0, high=2).bool()
        r.case("where", mask, r.uniform(*a), r.uniform(*b), second=True)
    mask = r.integers(4, 3, low=0, high=2).bool()
    r.case("where", Input(mask, [["transpose", 0, 1]]), Input(r.uniform(4, 3), [["transpose", 0, 1]]), r.uniform(3, 4))
    r.case("where", r.integers(2, 3, low=0, high=2).bool(), r.uniform(2, 3), 0.5)
    r.case("where", r.integers(2, 3, low=0, high=2).bool(), -1, r.uniform(3))
    r.case("where", r.integers(5, low=0, high=2).bool(), r.integers(5), r.integers(5))
    r.case("where", r.integers(5, low=0, high=2).bool(), r.integers(5), r.uniform(5))
    r.case("where", torch.tensor([True, False]), torch.tensor([1.0, NAN]), torch.tensor([INF, 2.0]), edge=True)
    x = r.uniform(4)
    r.case("where", torch.tensor([True, False, True, False]), Input(x), Input(x, [["flip", [0]]]))
    for low, high in ((-1, 1), (0, None), (None, 0.5), (-0.25, 0.75), (0.5, 3), (-3, -2.5)):
        r.case("clamp", r.away(3, 4), low=low, high=high, second=True)
        r.case("clamp", Input(r.away(4, 2), [["transpose", 0, 1]]), low=low, high=high)
    r.case("clamp", torch.tensor([-1.0, -0.5, 0, 0.5, 1]), low=-1, high=0.5, note="bounds themselves")
    r.case("clamp", torch.tensor([NAN, INF, -INF, 0.3]), low=-1, high=1, edge=True)
    r.case("clamp", r.integers(3, 4), low=-2, high=3)
    r.case("clamp", r.uniform(0, 2), low=-2, high=3)
    r.case("clamp", r.away(), low=-1, high=1)


def casts(r):
    for dtype in ("float32", "int32", "uint8", "bool"):
        r.case("cast", r.integers(2, 3, low=0, high=9), dtype=dtype)
        r.case("cast", r.integers(2, 3, low=0, high=2).bool(), dtype=dtype)
        r.case("cast", r.integers(2, 3, low=0, high=256, dtype=torch.uint8), dtype=dtype)
        r.case("cast", Input(r.uniform(4, 3, low=0, high=200), [["transpose", 0, 1]]), dtype=dtype)
        r.case("cast", r.uniform(0, 3), dtype=dtype)
        r.case("cast", r.integers(low=1, high=5), dtype=dtype)
    r.case("cast", torch.tensor([-2.9, -0.5, 0.5, 2.9, -0.0, 2147483520.0, 16777216.0]), dtype="int32")
    r.case("cast", torch.tensor([-0.5, 0.0, -0.0, 1e-40, NAN]), dtype="bool")
    r.case("cast", torch.tensor([-1, 256, 257, 511, 1000], dtype=torch.int32), dtype="uint8", note="wraps around")
    r.case("cast", torch.tensor([16777217, -2147483648, 2147483647], dtype=torch.int32), dtype="float32")


def error_function(r):
    shapes_and_views(r, "erf")
    r.case("erf", torch.tensor([-100.0, -4, -3.9, -1e-4, 0, 1e-6, 1e-3, 0.5, 1, 2.5, 3.5, 90]))
    r.case("erf", r.uniform(33, low=-4, high=4), second=True)
    r.case("erf", r.integers(5, low=-3, high=4))
    r.case("erf", ODD, edge=True)


def edges(r):
    for op in UNARY:
        if op in ("sin", "cos"):
            r.case(op, torch.tensor([0.0, -0.0, INF, -INF, NAN, 1e-38]), edge=True)
        else:
            r.case(op, ODD, edge=True)
    r.case("exp", torch.tensor([88.0, 88.7, 88.8, 89, 1000, -87, -88, -103, -104, -1000]), edge=True)
    r.case("square", torch.tensor([1e20, -1e30, 1e-30]), edge=True)
    left = torch.tensor([0.0, INF, -INF, NAN, 1.0, 1e38, -1e38, INF, 0.0, 1e-38, -1.0])
    right = torch.tensor([INF, INF, INF, 1.0, NAN, 1e38, 1e38, 0.0, 0.0, 1e-38, 0.0])
    for op in ("add", "sub", "mul", "div"):
        r.case(op, left, right, edge=True)
    for op in ("maximum", "minimum"):
        r.case(op, Input(left, grad=False), Input(right, grad=False), edge=True)
        r.case(op, torch.tensor([1.0, 2, 3, -1, 0]), torch.tensor([1.0, 3, 3, -2, 0]), note="equal operands share")
        r.case(op, r.integers(6, low=-1, high=2).float(), 0, note="equal operands share")
        r.case(op, torch.tensor([NAN, 1.0, INF]), torch.tensor([0.0, NAN, NAN]), edge=True, note="gradients at NaN")
    base = torch.tensor([0.0, 0.0, 0.0, -2.0, -2.0, 1.0, INF, 2.0, -8.0, NAN, 1.0])
    exponent = torch.tensor([0.0, 2.0, -1.0, 2.0, 0.5, NAN, 0.0, INF, 3.0, 0.0, INF])
    r.case("pow", base, exponent, edge=True)
    r.case("pow", Input(base, grad=False), Input(exponent, grad=False), edge=True)
    for number in (0, 1, 2, 3):
        r.case("pow", torch.tensor([0.0, -1.5, 2.0]), number, edge=True)
    for op in ("abs", "sign", "relu"):
        r.case(op, torch.tensor([0.0, -0.0, 1.0, -1.0]), note="at the kink")
    for op in ("floor", "ceil", "round"):
        r.case(op, torch.tensor([-2.0, -1.5, -0.0, 0.0, 0.5, 1.0, 8388609.0]), note="at the step")
