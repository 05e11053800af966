"""Networks of others with their weights, and what they make of pictures: what loading weights into our models is held against.

    python3 loading.py torch resnet20-cifar10.th    the ResNet-20 for CIFAR-10 of github.com/akamaster/pytorch_resnet_cifar10
    python3 loading.py paddle                       the LeNet of the notes; also writes weights/lenet.pdparams.gz
    python3 loading.py check lenet.pdparams         whether Paddle loads that file, as fovea wrote it, by name into the same LeNet

Pictures follow from names and positions (`formula` of networks.py and formula.ts). Logits go into loading.json. PyTorch 2.13 and
Paddle 3.3.1 made what is here.
"""

import gzip
import json
import pathlib
import sys
import tempfile
import zlib

import numpy as np

folder = pathlib.Path(__file__).parent
store = folder / "loading.json"


def formula(name, shape, low, high):
    """The numbers of networks.py, as NumPy has them."""
    x = np.arange(np.prod(shape), dtype=np.uint32) * np.uint32(0x9E3779B1) ^ np.uint32(zlib.crc32(name.encode()))
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x7FEB352D)
    x = (x ^ (x >> np.uint32(15))) * np.uint32(0x846CA68B)
    x = (x ^ (x >> np.uint32(16))) >> np.uint32(8)
    return (low + (high - low) * x.astype(np.float64) * 2.0**-24).astype(np.float32).reshape(shape)


def keep(name, logits):
    record = json.loads(store.read_text()) if store.exists() else {}
    record[name] = [[float(f"{value:.7g}") for value in row] for row in logits]
    store.write_text(json.dumps(record, indent=1) + "\n")
    print(name, record[name])


def resnet20(file):
    import torch
    from torch import nn
    from torch.nn import functional as F

    class Block(nn.Module):
        def __init__(self, inside, outside, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(inside, outside, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(outside)
            self.conv2 = nn.Conv2d(outside, outside, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(outside)
            self.stride, self.extra = stride, outside - inside

        def forward(self, x):
            y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
            if self.extra:  # every other pixel, and channels of zeros around
                x = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.extra // 2, self.extra // 2))
            return F.relu(y + x)

    class ResNet20(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.bn1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
            self.layer1 = nn.Sequential(Block(16, 16, 1), Block(16, 16, 1), Block(16, 16, 1))
            self.layer2 = nn.Sequential(Block(16, 32, 2), Block(32, 32, 1), Block(32, 32, 1))
            self.layer3 = nn.Sequential(Block(32, 64, 2), Block(64, 64, 1), Block(64, 64, 1))
            self.linear = nn.Linear(64, 10)

        def forward(self, x):
            x = self.layer3(self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x))))))
            return self.linear(x.mean((2, 3)))

    saved = torch.load(file, map_location="cpu", weights_only=True)["state_dict"]
    model = ResNet20().double()
    model.load_state_dict({name.removeprefix("module."): value for name, value in saved.items()})
    model.eval()
    with torch.no_grad():
        keep("resnet20", model(torch.from_numpy(formula("pictures", (3, 3, 32, 32), -2, 2)).double()).tolist())


def lenet():
    import paddle
    from paddle.nn import functional as F

    class LeNet(paddle.nn.Layer):
        """As the notes have it."""

        def __init__(self):
            super().__init__()
            self.conv1 = paddle.nn.Conv2D(1, 6, 5)
            self.max_pool1 = paddle.nn.MaxPool2D(2, 2)
            self.conv2 = paddle.nn.Conv2D(6, 16, 5)
            self.max_pool2 = paddle.nn.MaxPool2D(2, 2)
            self.conv3 = paddle.nn.Conv2D(16, 120, 4)
            self.fc1 = paddle.nn.Linear(120, 64)
            self.fc2 = paddle.nn.Linear(64, 10)

        def forward(self, x):
            x = self.conv1(x)
            x = F.sigmoid(x)
            x = self.max_pool1(x)
            x = F.sigmoid(x)
            x = self.conv2(x)
            x = self.max_pool2(x)
            x = self.conv3(x)
            x = paddle.reshape(x, [x.shape[0], -1])
            x = self.fc1(x)
            x = F.sigmoid(x)
            x = self.fc2(x)
            return x

    return paddle, LeNet()


def logits_of(paddle, model):
    model.eval()
    return model(paddle.to_tensor(formula("digits", (3, 1, 28, 28), 0, 1))).tolist()


def make_lenet():
    paddle, model = lenet()
    state = model.state_dict()
    for k, (name, x) in enumerate(state.items()):
        # Numbers that come again after 97, which is no size of these tensors, so that the file packs well.
        x.set_value(((np.arange(np.prod(x.shape)) * 31 + 7 * k) % 97 - 48).astype("float32").reshape(x.shape) / 256)
    with tempfile.TemporaryDirectory() as place:
        path = f"{place}/lenet.pdparams"
        paddle.save(state, path)
        packed = gzip.compress(pathlib.Path(path).read_bytes(), 9, mtime=0)
    (folder / "weights" / "lenet.pdparams.gz").write_bytes(packed)
    keep("lenet", logits_of(paddle, model))


def check_lenet(file):
    paddle, model = lenet()
    missing, unexpected = model.set_state_dict(paddle.load(file))
    assert not missing and not unexpected, (missing, unexpected)
    found, wanted = np.array(logits_of(paddle, model)), np.array(json.loads(store.read_text())["lenet"])
    print(f"all names are there; logits differ by {np.abs(found - wanted).max():.1e} at most")


def main():
    what, *files = sys.argv[1:]
    {"torch": resnet20, "paddle": make_lenet, "check": check_lenet}[what](*files)


main()
