"""Runs layers through PyTorch and keeps their state, outputs and gradients; knows the file format, not the cases."""

import torch

from recorder import ATOL, RTOL, Recorder


def flat(value):
    """The tensors of a nest of tuples and lists, in order."""
    if torch.is_tensor(value):
        return [value]
    return [x for item in value for x in flat(item)] if isinstance(value, (tuple, list)) else []


def nested(value, change):
    """The same nest with each tensor changed; what is no tensor stays."""
    if isinstance(value, (tuple, list)):
        return type(value)(nested(item, change) for item in value)
    return change(value) if torch.is_tensor(value) else value


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


class LayerRecorder(Recorder):
    """
    Collects calls of modules. A row says how the module is made (`new nn[layer](...args, options)`), its parameters and
    buffers by name, its inputs, and what comes out: outputs, gradients of inputs and parameters, buffers afterwards.
    """

    def __init__(self, seed):
        super().__init__({}, seed)

    def layer(self, name, args, options, *inputs, make=None, train=True, skip_grad=(), spread=1.5, note=None):
        """
        Adds a case of the layer `name`, made by torch.nn's class of that name or by `make(*args, **options)`. `args` are positional,
        `options` PyTorch's keyword arguments, whose names become camelCase on the other side. Floating inputs get gradients but
        for those whose places are in `skip_grad`; inputs may be nested in tuples. Parameters are drawn uniformly, in ±spread over the root of
        their fan-in. Where PyTorch's own float32 comes near the tolerance, the case has a wider one, with the reason.
        """
        module = (make or getattr(torch.nn, name))(*args, **options)
        module.train(train)
        with torch.no_grad():
            for p in module.parameters():
                fan = p[0].numel() if p.dim() > 1 else 1
                p.copy_(self.uniform(*p.shape, low=-spread, high=spread) * fan**-0.5)
        given = [k for k, v in options.items() if torch.is_tensor(v)]
        state = {k: v.clone() for k, v in module.state_dict().items() if k not in given}
        single = self.follow(module, state, inputs, skip_grad, torch.float32)
        exact = self.follow(module, state, inputs, skip_grad, torch.float64)
        kept, widest = {}, 0.0
        for part in exact:
            found = []
            for mine, double in zip(single[part], exact[part], strict=True):
                if double is None or not double.is_floating_point():
                    found.append(double)
                    continue
                double = double.float()
                error = (mine - double).abs().nan_to_num(0, 0)
                worst = (error / (ATOL + RTOL * double.abs().nan_to_num(0, 0))).max().item() if error.numel() else 0
                if not worst <= 2:
                    raise ValueError(f"{name} {args} {options}: {part} in float32 is {worst:.2f} tolerances off; choose other values")
                if worst > 0.25:
                    widest = max(widest, error.max().item())
                found.append(double)
            kept[part] = found
        number = self.counts[name] = self.counts.get(name, 0) + 1
        leaves, places = [], iter(range(10**6))

        def place(x):
            leaves.append(self.store(x))
            return next(places)

        names = [k for k, _ in module.named_parameters()]
        row = {"id": f"{name}-{number}", "layer": name, "args": list(args), "train": train}
        if options:
            row["options"] = {camel(k): {"tensor": self.store(v)} if torch.is_tensor(v) else v for k, v in options.items()}
        if state:
            row["state"] = {k: self.store(v) for k, v in state.items()}
        row["inputs"] = nested(list(inputs), place)
        row["leaves"] = leaves
        row["outputs"] = [self.store(x) for x in kept["outputs"]]
        if any(x is not None for x in kept["grads"] + kept["parameters"]):
            row["upstreams"] = [self.store(self.upstream(x.shape)) for x in kept["outputs"]]
            row["grads"] = [None if x is None else self.store(x) for x in kept["grads"]]
            row["stateGrads"] = {k: self.store(x) for k, x in zip(names, kept["parameters"]) if x is not None}
        if kept["after"]:
            row["after"] = {k: self.store(x) for k, x in zip(self.buffers(state, names), kept["after"])}
        if note:
            row["note"] = note
        if widest > 0:
            why = f"long sums: PyTorch's float32 is {widest:.1e} off its own float64"
            row["tolerance"] = {"rtol": RTOL, "atol": float(f"{4 * widest:.1e}"), "why": why}
        self.cases.append(row)

    @staticmethod
    def buffers(state, names):
        return [k for k in state if k not in names]

    def follow(self, module, state, inputs, skip_grad, dtype):
        """Outputs, gradients and buffers afterwards, computed in `dtype`."""
        widen = lambda x: x.to(dtype) if x.is_floating_point() else x.long() if x.dtype == torch.int32 else x
        module = module.to(dtype)
        for p in module.parameters():
            p.grad = None
        module.load_state_dict({k: widen(v) for k, v in state.items()}, strict=False)
        leaves = [widen(x).clone() for x in flat(list(inputs))]
        for i, x in enumerate(leaves):
            x.requires_grad_(x.is_floating_point() and i not in skip_grad)
        queue = iter(leaves)
        torch.set_default_dtype(dtype)
        try:
            outputs = flat(module(*nested(list(inputs), lambda _: next(queue))))
        finally:
            torch.set_default_dtype(torch.float32)
        wanted = [x for x in leaves if x.requires_grad]
        parameters = list(module.parameters())
        taken = [x for x in outputs if x.requires_grad]
        found = [None] * (len(wanted) + len(parameters))
        if taken:
            ups = [widen(self.upstream(x.shape)) for x in taken]
            found = list(torch.autograd.grad(taken, wanted + parameters, ups, allow_unused=True))
        queue = iter(found)
        after = module.state_dict()
        return {
            "outputs": [x.detach() for x in outputs],
            "grads": [next(queue) if x.requires_grad else None for x in leaves],
            "parameters": list(queue),
            "after": [after[k].clone() for k in self.buffers(state, [n for n, _ in module.named_parameters()])],
        }
