"""
Makes <group>.safetensors: layers and losses of PyTorch as modules, with values, gradients and states.

    python3 test/oracle/layers/generate.py [group ...]

A group is another file of this folder, with a function `add(recorder)`; without names all groups are made. An output's gradient is a
fixed tensor for each shape. Values are computed in float64 and rounded. Needs torch and numpy, CPU builds.
"""

import importlib
import os
import sys
import warnings
import zlib

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [here, os.path.dirname(here)]

from layer_recorder import LayerRecorder  # noqa: E402

warnings.filterwarnings("ignore")
groups = sys.argv[1:] or sorted(name[:-3] for name in os.listdir(here) if name.endswith(".py") and name != "generate.py")
for group in groups:
    recorder = LayerRecorder(seed=zlib.crc32(group.encode()))
    importlib.import_module(group).add(recorder)
    path = os.path.join(here, f"{group}.safetensors")
    recorder.save(path)
    print(f"{group}: {len(recorder.cases)} cases of {len(recorder.counts)} layers, {os.path.getsize(path) / 1e3:.0f} KB")
