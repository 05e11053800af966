"""
Makes ops.safetensors: calls of ops with PyTorch's values, gradients and second derivatives.

    python3 test/oracle/ops.py

An output's gradient is a fixed tensor for each shape. Second derivatives are those of half the sum of squares of all first
gradients, with respect to every input and to the output's gradient. Needs torch and numpy, CPU builds.
"""

import os
import sys
import warnings

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)

from cases import elementwise, layers, movement, reduce  # noqa: E402
from recorder import Recorder  # noqa: E402
from torch_ops import OPS  # noqa: E402

warnings.filterwarnings("ignore")
recorder = Recorder(OPS, seed=20)
for module in (elementwise, reduce, movement, layers):
    module.add(recorder)
elementwise.add_later(recorder)
path = os.path.join(here, "ops.safetensors")
recorder.save(path)

second = sum("second" in row for row in recorder.cases)
print(f"{len(recorder.cases)} cases of {len(recorder.counts)} ops, {second} with second derivatives;", end=" ")
print(f"{len(recorder.tensors)} tensors, {os.path.getsize(path) / 1e6:.2f} MB")
