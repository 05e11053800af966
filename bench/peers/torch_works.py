"""PyTorch's ways of doing each work of the comparison. Knows neither the protocol nor which way is the fastest."""

import contextlib

import torch
from torch.nn import functional as F
from torch_networks import make_network, optimizer_of
from torch_numbers import colour_pictures, magnitude, mnist, uniform

# Batches up to this one may be done faster by one thread than by several that have to meet.
SMALL_BATCH = 16
# The same for products of matrices of this size.
SMALL_PRODUCT = 64


class Way:
    """One way of doing a work: `prepare` sets it up, `step` does it once, `check` shows what was computed last."""

    guard = staticmethod(contextlib.nullcontext)

    def __init__(self, name, threads):
        self.name = name
        self.threads = threads
        self.memory_format = torch.channels_last if "channels_last" in name else torch.contiguous_format
        self.is_compiled = name.startswith("compile")

    def prepare(self):
        torch.set_num_threads(self.threads)

    def compiled(self, function, **options):
        """`function`, or what torch.compile makes of it, for these shapes alone."""
        if not self.is_compiled:
            return function
        return torch.compile(function, dynamic=False, **options)


class Train(Way):
    """A whole training step. The data set is one tensor, which is several times faster than a DataLoader."""

    def __init__(self, name, threads, network, batch, data):
        super().__init__(name, threads)
        self.network = network
        self.batch = batch
        self.pictures, self.labels = data

    def prepare(self):
        super().prepare()
        self.model = make_network(self.network).to(memory_format=self.memory_format)
        self.optimizer = optimizer_of(self.network, self.model)
        self.loss_of = self.compiled(lambda x, y: F.cross_entropy(self.model(x), y))
        self.source = self.batches()

    def batches(self):
        """Shuffled batches without an end: one gather of uint8 pictures each."""
        while True:
            order = torch.randperm(len(self.pictures))
            for start in range(0, len(order) - self.batch + 1, self.batch):
                index = order[start : start + self.batch]
                yield self.pictures[index].float().div_(255), self.labels[index]

    def step(self):
        x, y = next(self.source)
        self.optimizer.zero_grad(set_to_none=True)
        self.loss = self.loss_of(x.contiguous(memory_format=self.memory_format), y)
        self.loss.backward()
        self.optimizer.step()

    def check(self):
        return self.loss.item()


class Infer(Way):
    """Logits of a uint8 batch. `jit` is a frozen trace, `jit optimized` also goes through optimize_for_inference."""

    guard = staticmethod(torch.inference_mode)

    def __init__(self, name, threads, network, batch, data):
        super().__init__(name, threads)
        self.network = network
        self.pictures = data[0][:batch].clone()

    def prepare(self):
        super().prepare()
        model = make_network(self.network).eval().to(memory_format=self.memory_format)

        def logits(x):
            return model(x.float().div(255).contiguous(memory_format=self.memory_format))

        if self.name.startswith("jit"):
            with torch.no_grad():
                frozen = torch.jit.freeze(torch.jit.trace(model, self.pictures.float()))
                if "optimized" in self.name:
                    frozen = torch.jit.optimize_for_inference(frozen)
            self.logits_of = lambda x: frozen(x.float().div(255))
        else:
            # Frozen weights may be laid out anew for the kernels that use them.
            options = {"options": {"freezing": True}} if "frozen" in self.name else {}
            self.logits_of = self.compiled(logits, **options)

    def step(self):
        self.logits = self.logits_of(self.pictures).numpy()

    def check(self):
        return magnitude(torch.from_numpy(self.logits))


class Layer(Way):
    """A training step of one layer by itself: forward, gradients of input and parameters, an update by nothing."""

    MAKERS = {
        "lstm": lambda: torch.nn.LSTM(28, 128, batch_first=True),
        "batchnorm": lambda: torch.nn.BatchNorm2d(16),
    }

    def __init__(self, name, threads, layer, shape):
        super().__init__(name, threads)
        self.layer = layer
        self.shape = shape

    def prepare(self):
        super().prepare()
        module = self.MAKERS[self.layer]()
        with torch.no_grad():
            for name, p in module.named_parameters():
                p.copy_(uniform(name, p.shape, 0.1))
        given = lambda name, shape: uniform(name, shape).contiguous(memory_format=self.memory_format)
        self.x = given("x", self.shape).requires_grad_()
        forward = self.compiled(module)
        self.output_of = lambda: forward(self.x)[0] if self.layer == "lstm" else forward(self.x)
        self.dy = given("dy", self.output_of().shape)
        self.optimizer = torch.optim.SGD([self.x, *module.parameters()], lr=0)

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        self.output_of().backward(self.dy)
        self.optimizer.step()

    def check(self):
        return magnitude(self.x.grad)


class Call(Way):
    """One function again and again."""

    guard = staticmethod(torch.inference_mode)

    def __init__(self, name, threads, make):
        super().__init__(name, threads)
        self.make = make

    def prepare(self):
        super().prepare()
        self.call = self.make(self.memory_format)

    def step(self):
        self.result = self.call()

    def check(self):
        return magnitude(self.result)


def ways_of(work, folder, threads):
    """All ways of doing a work, those that compile last."""
    kind = work["kind"]
    if kind in ("train", "infer"):
        network, batch = work["network"], work["batch"]
        data = mnist(folder) if network == "lenet" else colour_pictures()
        make = Train if kind == "train" else Infer
        names = ["eager", "channels_last"]
        if kind == "infer":
            names += ["jit", "jit optimized"]
        names += ["compile", "compile, channels_last"]
        if kind == "infer":
            names += ["compile, frozen, channels_last"]
        teams = {threads, 1} if batch <= SMALL_BATCH else {threads}
        return [make(name, team, network, batch, data) for name in names for team in sorted(teams)]
    if kind == "layer":
        layouts = ["eager", "channels_last"] if len(work["input"]) == 4 else ["eager"]
        names = layouts + ["compile" if name == "eager" else f"compile, {name}" for name in layouts]
        return [Layer(name, threads, work["layer"], work["input"]) for name in names]
    if kind == "matmul":
        teams = {threads, 1} if work["size"] <= SMALL_PRODUCT else {threads}
        return [Call("eager", team, lambda _: products(work["size"])) for team in sorted(teams)]
    calls = convolutions(work)
    return [
        Call(f"{name}, {layout}", threads, make)
        for name, make in calls.items()
        for layout in ("contiguous", "channels_last")
    ]


def products(size):
    a, b = uniform("a", (size, size)), uniform("b", (size, size))
    return lambda: a @ b


def convolutions(work):
    """A convolution's pass by the functions that PyTorch has for it; each makes a call for a memory format."""
    batch, channels, size, wanted = work["batch"], work["channels"], work["size"], work["pass"]
    image, filters = (batch, channels, size, size), (channels, channels, 3, 3)

    def operands(memory_format):
        tensors = uniform("x", image), uniform("w", filters), uniform("dy", image)
        return [t.contiguous(memory_format=memory_format) for t in tensors]

    def forward(memory_format):
        x, w, _ = operands(memory_format)
        return lambda: F.conv2d(x, w, padding=1)

    def gradient(memory_format):
        x, w, dy = operands(memory_format)
        if wanted == "input":
            return lambda: torch.nn.grad.conv2d_input(x.shape, w, dy, padding=1)
        return lambda: torch.nn.grad.conv2d_weight(x, w.shape, dy, padding=1)

    def backward(memory_format):
        x, w, dy = operands(memory_format)
        mask = [wanted == "input", wanted == "weight", False]
        place = mask.index(True)

        def call():
            return torch.ops.aten.convolution_backward(
                dy, x, w, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, mask
            )[place]

        return call

    if wanted == "forward":
        return {"conv2d": forward}
    return {"nn.grad": gradient, "convolution_backward": backward}
