"""PyTorch's side of the LeNet benchmark: trains the same network on the same data, one slice for each "go" line.

With `--mode best` it first tries its ways of running by turns, and goes on with the fastest.
Protocol (the same for all sides): print one JSON line when warm; then for every line `go SECONDS` on stdin train for
that long and print `{"samples": ..., "seconds": ..., "loss": ...}`.
"""

import argparse
import json
import os
import platform
import sys
import time

import numpy
import torch
from torch import nn
from torch.nn import functional as F


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.conv3 = nn.Conv2d(16, 120, 4)
        self.fc1 = nn.Linear(120, 64)
        self.fc2 = nn.Linear(64, 10)

    def forward(self, x):
        x = torch.sigmoid(self.conv1(x))
        x = torch.sigmoid(F.max_pool2d(x, 2))
        x = F.max_pool2d(self.conv2(x), 2)
        x = self.conv3(x).flatten(1)
        return self.fc2(torch.sigmoid(self.fc1(x)))


def read_idx(path, header):
    with open(path, "rb") as file:
        return torch.from_numpy(numpy.frombuffer(file.read(), dtype=numpy.uint8, offset=header).copy())


def batches(images, labels, batch):
    """Endless shuffled batches. One gather of uint8 images per batch: several times faster than a DataLoader."""
    while True:
        order = torch.randperm(len(images))
        for start in range(0, len(order) - batch + 1, batch):
            index = order[start : start + batch]
            yield images[index].float().div_(255), labels[index]


class Trainer:
    """One way of running: `eager`, `channels_last` or `compile`. Adam is fused: faster than foreach or its loop."""

    def __init__(self, mode, source):
        self.mode = mode
        self.source = source
        self.model = LeNet()
        if mode == "channels_last":
            self.model = self.model.to(memory_format=torch.channels_last)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=2e-3, fused=True)
        self.loss = torch.compile(self.loss_of) if mode == "compile" else self.loss_of

    def loss_of(self, x, y):
        return F.cross_entropy(self.model(x), y)

    def train(self, seconds):
        begin = now = time.perf_counter()
        samples = 0
        while samples == 0 or now - begin < seconds:
            x, y = next(self.source)
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.loss(x, y)
            loss.backward()
            self.optimizer.step()
            samples += len(y)
            now = time.perf_counter()
        return {"samples": samples, "seconds": now - begin, "loss": loss.item()}

    def rate(self, seconds):
        result = self.train(seconds)
        return result["samples"] / result["seconds"]


def fastest(source):
    """The fastest way of running here, found by turns; `compile` only counts where a C++ compiler is installed."""
    trainers = []
    for mode in ("eager", "channels_last", "compile"):
        trainer = Trainer(mode, source)
        try:
            trainer.train(0.5)
            trainers.append(trainer)
        except Exception as error:
            print(f"{mode}: {error}", file=sys.stderr)
    rates = {trainer: [] for trainer in trainers}
    for _ in range(5):
        for trainer in trainers:
            rates[trainer].append(trainer.rate(0.4))
    return max(trainers, key=lambda trainer: max(rates[trainer]))  # disturbances only ever slow one down


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--warmup", type=float, default=2.0)
    parser.add_argument("--mode", choices=["best", "eager", "channels_last", "compile"], default="best")
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    images = read_idx(os.path.join(args.data, "train-images-idx3-ubyte"), 16).view(-1, 1, 28, 28)
    labels = read_idx(os.path.join(args.data, "train-labels-idx1-ubyte"), 8).long()
    source = batches(images, labels, args.batch)
    trainer = fastest(source) if args.mode == "best" else Trainer(args.mode, source)
    trainer.train(args.warmup)

    about = {
        "name": "torch",
        "version": torch.__version__,
        "mode": trainer.mode,
        "threads": torch.get_num_threads(),
        "runtime": f"python {platform.python_version()}",
    }
    print(json.dumps(about), flush=True)
    for line in sys.stdin:
        word, _, seconds = line.partition(" ")
        if word != "go":
            break
        print(json.dumps(trainer.train(float(seconds))), flush=True)


if __name__ == "__main__":
    main()
