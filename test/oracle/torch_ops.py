"""What each op of the library is in PyTorch: name -> function of the inputs (tensors or numbers) and the named arguments."""

import torch
import torch.nn.functional as F

from recorder import view


def either(name):
    """A binary function that takes a number on either side."""

    def call(inputs, _):
        a, b = inputs
        if not torch.is_tensor(a):
            a = torch.tensor(a, dtype=number_dtype(a, b))
        if name in ("maximum", "minimum") and not torch.is_tensor(b):
            b = torch.tensor(b, dtype=number_dtype(b, a))
        return getattr(torch, name)(a, b)

    return call


def number_dtype(number, beside):
    """A number takes the dtype of the tensor beside it, unless it has a fraction and the tensor can't."""
    if beside.is_floating_point() or float(number).is_integer():
        return beside.dtype
    return torch.get_default_dtype()


def reduction(name):
    def call(inputs, args):
        (x,) = inputs
        axes, keepdim = args.get("axes"), args.get("keepdim", False)
        axes = list(range(x.dim())) if axes is None else [axes] if isinstance(axes, int) else axes
        if x.dim() == 0:
            axes = []
        if name == "prod":
            for axis in sorted((a % x.dim() for a in axes), reverse=True):
                x = x.prod(axis, keepdim=keepdim)
            return x if axes else x * 1
        if name in ("var", "std"):
            return getattr(x, name)(axes, correction=args.get("correction", 1), keepdim=keepdim)
        return getattr(x, name)(axes, keepdim=keepdim)

    return call


def arg_extremum(name):
    def call(inputs, args):
        return getattr(torch, name)(inputs[0], args.get("axis"), args.get("keepdim", False))

    return call


def cast(inputs, args):
    if args["dtype"] == "float32":
        return inputs[0].to(torch.get_default_dtype())
    return inputs[0].to(getattr(torch, args["dtype"]))


def pad(inputs, args):
    flat = [n for pair in reversed(args["pads"]) for n in pair]
    return F.pad(inputs[0], flat, value=args.get("value", 0))


def conv2d(inputs, args):
    x, weight, *bias = inputs
    return F.conv2d(
        x,
        weight,
        bias[0] if bias else None,
        stride=args.get("stride", 1),
        padding=args.get("padding", 0),
        dilation=args.get("dilation", 1),
        groups=args.get("groups", 1),
    )


def max_pool(inputs, args):
    stride, padding = args.get("stride"), args.get("padding", 0)
    return F.max_pool2d(inputs[0], args["kernel"], stride, padding, args.get("dilation", 1))


def avg_pool(inputs, args):
    stride, padding = args.get("stride"), args.get("padding", 0)
    counted = args.get("countIncludePad", True)
    return F.avg_pool2d(inputs[0], args["kernel"], stride, padding, count_include_pad=counted)


def batch_norm(inputs, args):
    """By given statistics, which PyTorch's own function takes no gradients for."""
    x, mean, variance, *affine = inputs
    along = lambda values: values.reshape([1, -1] + [1] * (x.dim() - 2))
    y = (x - along(mean)) / (along(variance) + args.get("eps", 1e-5)).sqrt()
    return y * along(affine[0]) + along(affine[1]) if affine else y


def batch_norm_own(inputs, args):
    x, weight, bias = inputs if len(inputs) == 3 else (*inputs, None, None)
    return F.batch_norm(x, None, None, weight, bias, training=True, eps=args.get("eps", 1e-5))


def cross_entropy(inputs, args):
    logits, target = inputs
    target = target if target.is_floating_point() else target.long()
    return F.cross_entropy(logits, target, reduction=args.get("reduction", "mean"))


def where(inputs, _):
    condition, a, b = inputs
    return torch.where(condition, a, b)


def unary(name):
    return lambda inputs, _: getattr(torch, name)(inputs[0])


def movement(name):
    def call(inputs, args):
        return view(inputs[0], [[name, *args["with"]]])

    return call


OPS = {name: unary(name) for name in (
    "neg abs sign floor ceil round sqrt reciprocal square exp log sin cos tanh sigmoid relu erf".split()
)}  # fmt: skip
OPS |= {name: either(name) for name in "add sub mul div pow maximum minimum eq ne lt le gt ge".split()}
OPS |= {name: reduction(name) for name in "sum mean prod amax amin var std".split()}
OPS |= {name: movement(name) for name in "slice permute expand transpose flip reshape".split()}
OPS |= {
    "isFinite": unary("isfinite"),
    "not": unary("logical_not"),
    "and": lambda inputs, _: torch.logical_and(*inputs),
    "or": lambda inputs, _: torch.logical_or(*inputs),
    "where": where,
    "clamp": lambda inputs, args: inputs[0].clamp(args.get("low"), args.get("high")),
    "argmax": arg_extremum("argmax"),
    "argmin": arg_extremum("argmin"),
    "cast": cast,
    "t": lambda inputs, _: inputs[0].t(),
    "flatten": lambda inputs, args: inputs[0].flatten(args.get("start", 0), args.get("end", -1)),
    "squeeze": lambda inputs, args: inputs[0].squeeze(args["axis"]) if "axis" in args else inputs[0].squeeze(),
    "unsqueeze": lambda inputs, args: inputs[0].unsqueeze(args["axis"]),
    "select": lambda inputs, args: inputs[0].select(args["axis"], args["index"]),
    "indexSelect": lambda inputs, args: inputs[0].index_select(args["axis"], inputs[1].long()),
    "oneHot": lambda inputs, args: F.one_hot(inputs[0].long(), args["classes"]).to(torch.get_default_dtype()),
    "cat": lambda inputs, args: torch.cat(inputs, args.get("axis", 0)),
    "stack": lambda inputs, args: torch.stack(inputs, args.get("axis", 0)),
    "pad": pad,
    "matmul": lambda inputs, _: torch.matmul(*inputs),
    "linear": lambda inputs, _: F.linear(*inputs),
    "conv2d": conv2d,
    "maxPool2d": max_pool,
    "avgPool2d": avg_pool,
    "batchNorm": batch_norm,
    "batchNormOwn": batch_norm_own,
    "adaptiveAvgPool2d": lambda inputs, args: F.adaptive_avg_pool2d(inputs[0], args["outputSize"]),
    "softmax": lambda inputs, args: inputs[0].softmax(args["axis"]),
    "logSoftmax": lambda inputs, args: inputs[0].log_softmax(args["axis"]),
    "mseLoss": lambda inputs, args: F.mse_loss(*inputs, reduction=args.get("reduction", "mean")),
    "crossEntropy": cross_entropy,
}


# Expressions of several ops, which a lazy engine fuses.
def normalized(inputs, _):
    x, scale, shift = inputs
    centred = x - x.mean(-1, keepdim=True)
    return centred / (centred.square().mean(-1, keepdim=True) + 0.125).sqrt() * scale + shift


def perceptron(inputs, _):
    x, w1, b1, w2, b2 = inputs
    return (F.linear(F.linear(x, w1, b1).sigmoid(), w2, b2)).tanh()


def convolved(inputs, _):
    x, w1, b1, w2, b2 = inputs
    h = F.max_pool2d(F.conv2d(x, w1, b1).sigmoid(), 2).sigmoid()
    return F.conv2d(h, w2, b2).flatten(1)


def attention(inputs, _):
    q, k, v = inputs
    return (q @ k.transpose(-1, -2) * 0.5).softmax(-1) @ v


OPS |= {
    "normalized": normalized,
    "perceptron": perceptron,
    "convolved": convolved,
    "attention": attention,
    "residual": lambda i, _: F.conv2d(F.conv2d(i[0], i[1], padding=1).relu(), i[2], padding=1) + i[0],
    "reused": lambda i, _: (i[0].exp() * i[0].sin() + i[0].exp().sum(0, keepdim=True)) / (i[0].exp() + 1),
    "logSumExp": lambda i, _: (i[0] - i[0].amax(1, keepdim=True)).exp().sum(1).log() + i[0].amax(1),
    "outer": lambda i, _: (i[0].unsqueeze(1) * i[1].unsqueeze(0)).sum(1) - i[0].cos(),
    "cropped": lambda i, _: (F.pad(i[0], [1, 1, 2, 0]).flip([1])[:, 1:4] * i[1]).permute([1, 0]).tanh(),
    "joined": lambda i, _: torch.cat([i[0].sigmoid(), i[1] * 2, i[0] * i[1]], 1).square().mean(0),
}
