"""What bench/numbers.ts has, for PyTorch: the same numbers on every side."""

import math
import os

import numpy
import torch


def _bits(count, seed):
    h = (numpy.arange(1, count + 1, dtype=numpy.uint32) * numpy.uint32(0x9E3779B1)) ^ numpy.uint32(seed)
    h = (h ^ (h >> 16)) * numpy.uint32(0x85EBCA6B)
    h = (h ^ (h >> 13)) * numpy.uint32(0xC2B2AE35)
    return h ^ (h >> 16)


def _seed(name):
    h = 0x811C9DC5
    for byte in name.encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h


def uniform(name, shape, bound=1.0):
    """Numbers spread evenly over ±bound."""
    values = ((_bits(math.prod(shape), _seed(name)) >> 8) / 2**23 - 1) * bound
    return torch.from_numpy(values.astype(numpy.float32)).view(*shape)


def colour_pictures(count=4096):
    """Noise whose brightness tells the class: uint8 `[count, 3, 32, 32]` and int64 `[count]`."""
    labels = torch.arange(count) % 10
    noise = (_bits(count * 3 * 32 * 32, _seed("pictures")) >> 25).astype(numpy.uint8)
    pictures = torch.from_numpy(noise).view(count, 3, 32, 32) + (12 * labels).to(torch.uint8).view(-1, 1, 1, 1)
    return pictures, labels


def mnist(folder):
    """MNIST's training images: uint8 `[60000, 1, 28, 28]` and int64 `[60000]`."""

    def read(name, header):
        values = numpy.fromfile(os.path.join(folder, name), dtype=numpy.uint8, offset=header)
        return torch.from_numpy(values)

    images = read("train-images-idx3-ubyte", 16).view(-1, 1, 28, 28)
    return images, read("train-labels-idx1-ubyte", 8).long()


def magnitude(values):
    """How much of a result there is, whatever its layout: the mean of the absolute values."""
    return values.detach().double().abs().mean().item()
