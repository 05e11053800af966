"""PyTorch's side of the benchmark "loader": torch.utils.data.DataLoader over pictures that Pillow reads and changes.

The protocol is described in bench/serve.ts; `--threads` is the loader's num_workers. Knows nothing of the other side.
"""

import argparse
import json
import math
import pathlib
import platform
import random
import sys
import time

import numpy as np
import PIL
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torch_numbers import mnist

# Batches that each worker makes ahead: PyTorch's default.
PREFETCH = 2
MEAN = np.array([0.485, 0.456, 0.406], np.float32).reshape(3, 1, 1)
STD = np.array([0.229, 0.224, 0.225], np.float32).reshape(3, 1, 1)


def inverse_affine(size, angle, shift, scale):
    """Pillow's six numbers of the map from the result back to the source, about the middle; as torchvision computes them."""
    turn = math.radians(angle)
    cos, sin = math.cos(turn) / scale, math.sin(turn) / scale
    x, y = size / 2, size / 2
    u, v = x + shift[0], y + shift[1]
    return cos, sin, x - cos * u - sin * v, -sin, cos, y + sin * u - cos * v


def erase(pixels, p=0.25, scale=(0.02, 0.33), ratio=(0.3, 3.3)):
    """A box of zeros with probability p, in place."""
    if random.random() >= p:
        return
    height, width = pixels.shape
    logs = math.log(ratio[0]), math.log(ratio[1])
    for _ in range(10):
        area = height * width * random.uniform(*scale)
        aspect = math.exp(random.uniform(*logs))
        h, w = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if 0 < h < height and 0 < w < width:
            top, left = random.randint(0, height - h), random.randint(0, width - w)
            pixels[top : top + h, left : left + w] = 0
            return


class Digits(Dataset):
    """MNIST, turned, shifted, scaled, and erased in part."""

    def __init__(self, folder):
        images, self.labels = mnist(folder)
        self.images = images.numpy().reshape(-1, 28, 28)
        self.labels = self.labels.tolist()

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        image = Image.fromarray(self.images[index])
        shift = [round(random.uniform(-2.8, 2.8)) for _ in range(2)]
        matrix = inverse_affine(28, random.uniform(-10, 10), shift, random.uniform(0.9, 1.1))
        image = image.transform((28, 28), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
        pixels = np.array(image)
        erase(pixels)
        x = torch.from_numpy(pixels).to(torch.float32).div_(255).sub_(0.1307).div_(0.3081)
        return x.unsqueeze(0), self.labels[index]


class Photos(Dataset):
    """JPEGs: shorter edge 72, a random 64 × 64 of it, mirrored or not."""

    def __init__(self, folder):
        classes = sorted(path for path in pathlib.Path(folder).iterdir() if path.is_dir())
        self.files = [
            (str(file), label) for label, path in enumerate(classes) for file in sorted(path.iterdir())
        ]

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        file, label = self.files[index]
        with Image.open(file) as opened:
            image = opened.convert("RGB")
        width, height = image.size
        short = min(width, height)
        size = (72 * width // short, 72 * height // short)
        image = image.resize(size, Image.Resampling.BILINEAR)
        left, top = random.randint(0, size[0] - 64), random.randint(0, size[1] - 64)
        image = image.crop((left, top, left + 64, top + 64))
        if random.random() < 0.5:
            image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        x = torch.from_numpy(np.asarray(image).transpose(2, 0, 1).astype(np.float32))
        return x.div_(255).sub_(torch.from_numpy(MEAN)).div_(torch.from_numpy(STD)), label


def epochs(loader):
    """Batches without an end."""
    while True:
        yield from loader


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--photos", required=True)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--warmup", type=float, default=2.0)
    args = parser.parse_args()
    torch.set_num_threads(1)
    batches = None
    last = None

    def take(seconds):
        """Whole batches for about so long, at least one, and the time they took."""
        nonlocal last
        # What was made ahead while nobody measured does not count.
        for _ in range(args.threads * PREFETCH):
            next(batches)
        begin = now = time.perf_counter()
        count = 0
        while count == 0 or now - begin < seconds:
            last, _ = next(batches)
            count += len(last)
            now = time.perf_counter()
        return count, now - begin

    def answer(line):
        nonlocal batches
        if "open" in line:
            work = line["open"]
            dataset = Digits(args.data) if work["pictures"] == "digits" else Photos(args.photos)
            loader = DataLoader(
                dataset,
                batch_size=work["batch"],
                shuffle=True,
                drop_last=True,
                num_workers=args.threads,
                prefetch_factor=PREFETCH if args.threads > 0 else None,
                persistent_workers=args.threads > 0,
            )
            batches = epochs(loader)
            take(args.warmup)
            return {
                "name": "torch",
                "version": torch.__version__,
                "mode": f"DataLoader, Pillow {PIL.__version__}",
                "threads": args.threads,
                "runtime": f"Python {platform.python_version()}",
            }
        count, seconds = take(line["go"])
        return {"count": count, "seconds": seconds, "check": last.abs().mean().item()}

    for line in sys.stdin:
        try:
            reply = answer(json.loads(line))
        except Exception as error:
            reply = {"error": str(error)}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
