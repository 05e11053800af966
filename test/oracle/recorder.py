"""Runs one call of an op through PyTorch and keeps inputs, value and derivatives; knows the file format, not the cases."""

import json
import struct
import zlib

import numpy as np
import torch

RTOL, ATOL = 1.3e-6, 1e-5  # torch.testing.assert_close for float32

STORED = {torch.float32: "F32", torch.int32: "I32", torch.uint8: "U8", torch.bool: "BOOL"}


def write_safetensors(path, tensors, index):
    """
    Writes named tensors by the safetensors format: header length, JSON header, elements, wider ones first. `index`, what
    the tests know of them besides, goes into the header as JSON.
    """
    text = json.dumps({"torch": torch.__version__.split("+")[0], **index}, separators=(",", ":"))
    header, blobs, end = {"__metadata__": {"index": text}}, [], 0
    for name, x in sorted(tensors.items(), key=lambda item: -item[1].element_size()):
        raw = x.contiguous().numpy().tobytes()
        header[name] = {"dtype": STORED[x.dtype], "shape": list(x.shape), "data_offsets": [end, end + len(raw)]}
        blobs.append(raw)
        end += len(raw)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def view(x, recipe):
    """Applies a view recipe, a list of [method, arguments]; the TypeScript side has the same names."""
    for name, *args in recipe:
        if name == "slice":
            axis, start, end, step = args
            places = list(range(x.shape[axis]))[slice(start, end, step)]
            x = x.index_select(axis, torch.tensor(places, dtype=torch.int64))
        elif name == "permute":
            x = x.permute(args[0])
        elif name == "expand":
            x = x.expand(args[0])
        elif name == "transpose":
            x = x.transpose(*args)
        elif name == "flip":
            x = x.flip(args[0])
        elif name == "reshape":
            x = x.reshape(args[0])
        else:
            raise ValueError(name)
    return x


class Input:
    """An input of a call: a stored tensor, seen through a view recipe. Two inputs may share one leaf."""

    def __init__(self, leaf, recipe=(), grad=True):
        self.leaf, self.recipe, self.grad = leaf, list(recipe), grad


class Recorder:
    """Collects cases; equal tensors are stored once."""

    def __init__(self, ops, seed):
        self.ops = ops
        self.random = np.random.default_rng(seed)
        self.cases, self.tensors, self.names = [], {}, {}
        self.counts = {}

    def uniform(self, *shape, low=-2.0, high=2.0):
        """Uniform values in [low, high)."""
        return torch.from_numpy(np.asarray(self.random.uniform(low, high, shape), np.float32))

    def away(self, *shape):
        """Values at least 0.1 away from every half and whole number, of both signs."""
        whole = self.random.integers(-3, 3, shape)
        part = self.random.uniform(0.1, 0.4, shape) + 0.5 * self.random.integers(0, 2, shape)
        return torch.from_numpy(np.asarray(whole + part, np.float32))

    def apart(self, *shape):
        """Distinct values in random order, a fixed step apart: no ties and no near ties."""
        n = int(np.prod(shape))
        values = (self.random.permutation(n) - n / 2 + 0.25) * min(0.5, 8 / max(n, 1))
        return torch.from_numpy(np.asarray(values, np.float32).reshape(shape))

    def integers(self, *shape, low=-9, high=10, dtype=torch.int32):
        return torch.from_numpy(np.asarray(self.random.integers(low, high, shape), np.int32)).to(dtype)

    def store(self, x):
        if x.dtype == torch.int64:
            x = x.to(torch.int32)
        x = x.detach().contiguous()
        key = (x.dtype, tuple(x.shape), x.numpy().tobytes())
        if key not in self.names:
            self.names[key] = np.base_repr(len(self.tensors), 36).lower()
            self.tensors[self.names[key]] = x.clone()
        return self.names[key]

    def upstream(self, shape):
        """The gradient that a call's output is given: the same for equal shapes."""
        seed = zlib.crc32(str(tuple(shape)).encode())
        values = np.random.default_rng(seed).uniform(-1.5, 1.5, tuple(shape))
        return torch.from_numpy(np.asarray(values, np.float32))

    def run(self, op, inputs, args, second, dtype):
        """Value, gradients and second derivatives, computed in `dtype`."""
        widen = lambda x: x.to(dtype) if x.is_floating_point() else x
        leaves, by_id = [], {}
        for item in inputs:
            if isinstance(item, Input) and id(item.leaf) not in by_id:
                leaf = widen(item.leaf).clone()
                leaf.requires_grad_(leaf.is_floating_point() and item.grad)
                by_id[id(item.leaf)] = leaf
                leaves.append(leaf)
        call = [view(by_id[id(i.leaf)], i.recipe) if isinstance(i, Input) else i for i in inputs]
        torch.set_default_dtype(dtype)
        try:
            output = self.ops[op](call, args)
        finally:
            torch.set_default_dtype(torch.float32)
        grads = gg = None
        wanted = [leaf for leaf in leaves if leaf.requires_grad]
        if output.requires_grad:
            up = widen(self.upstream(output.shape)).requires_grad_(second)
            found = torch.autograd.grad(
                output, wanted, up, create_graph=second, retain_graph=True, allow_unused=True, materialize_grads=True
            )
            grads = list(found)
            if second:
                total = sum((g * g).sum() for g in found) * 0.5
                # Where PyTorch has no graph behind the gradients (floor, sign), there is nothing to compare.
                if total.requires_grad:
                    gg = list(torch.autograd.grad(total, [*wanted, up], allow_unused=True, materialize_grads=True))
        return leaves, output, grads, gg

    def case(self, op, *inputs, second=False, edge=False, note=None, **args):
        """
        Adds a case. Regular values are computed in float64 and rounded; `edge` keeps float32's own (overflow, NaN).
        Where PyTorch's own float32 comes near the tolerance (long sums), the case has a wider one, with the reason.
        """
        inputs = [i if isinstance(i, (Input, int, float)) else Input(i) for i in inputs]
        args = {key: value for key, value in args.items() if value is not None}
        leaves, output, grads, gg = self.run(op, inputs, args, second, torch.float32)
        parts = [output, *(grads or []), *(gg or [])]
        widest = 0.0
        if not edge:
            _, *exact = self.run(op, inputs, args, second, torch.float64)
            exact = [exact[0], *(exact[1] or []), *(exact[2] or [])]
            for i, (single, double) in enumerate(zip(parts, exact, strict=True)):
                if not single.is_floating_point():
                    continue
                double = double.to(torch.float32)
                error = (single - double).abs()
                worst = (error / (ATOL + RTOL * double.abs())).max().item() if error.numel() else 0
                if not worst <= 2:
                    raise ValueError(f"{op} {args}: float32 is {worst:.2f} tolerances off; choose other values")
                if worst > 0.25:
                    widest = max(widest, error.max().item())
                parts[i] = double
        number = self.counts[op] = self.counts.get(op, 0) + 1
        stored = [self.store(part) for part in parts]
        row = {
            "id": f"{op}-{number}",
            "op": op,
            "leaves": [self.store(leaf) for leaf in leaves],
            "inputs": self.describe(inputs),
        }
        if args:
            row["args"] = args
        if note:
            row["note"] = note
        row["output"] = stored[0]
        if grads:
            row["upstream"] = self.store(self.upstream(output.shape))
            found = iter(stored[1:])
            row["grads"] = [next(found) if leaf.requires_grad else None for leaf in leaves]
            if gg:
                row["second"] = [next(found) if leaf.requires_grad else None for leaf in leaves] + [next(found)]
        if widest > 0:
            why = f"long sums: PyTorch's float32 is {widest:.1e} off its own float64"
            row["tolerance"] = {"rtol": RTOL, "atol": float(f"{4 * widest:.1e}"), "why": why}
        self.cases.append(row)

    def describe(self, inputs):
        places, described = {}, []
        for item in inputs:
            if not isinstance(item, Input):
                described.append({"number": item})
                continue
            at = places.setdefault(id(item.leaf), len(places))
            described.append({"leaf": at, "view": item.recipe} if item.recipe else at)
        return described

    def save(self, path):
        write_safetensors(path, self.tensors, {"cases": self.cases})
