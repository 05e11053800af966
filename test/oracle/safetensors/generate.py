"""Writes small safetensors files with the format's own library, for the tests to read.

Run in this folder with torch, numpy and safetensors installed: python3 generate.py
With a path, compares instead: python3 generate.py FILE reads a file that holds the same values (of the dtypes
that encodeSafetensors writes) and says whether they agree to the last bit.
"""

import sys

import torch
from safetensors import safe_open
from safetensors.torch import save_file

F32 = [0.0, -0.0, 1.5, -3.25, 1e-45, 3.4028235e38, float("inf"), float("-inf")]

tensors = {
    "conv1.weight": torch.tensor(F32, dtype=torch.float32).reshape(2, 1, 2, 2),
    "nan": torch.tensor([float("nan")], dtype=torch.float32),
    "f64": torch.tensor([0.1, -1e300], dtype=torch.float64),
    "f16": torch.tensor([1.0, -2.5, 6e-8, 65504.0, float("inf")], dtype=torch.float16),
    "bf16": torch.tensor([1.0, -2.5, 1e-40, 3e38], dtype=torch.bfloat16),
    "i64": torch.tensor([-1, 2147483647, -2147483648], dtype=torch.int64),
    "i32": torch.tensor([[1, -2], [3, -4]], dtype=torch.int32),
    "i16": torch.tensor([-32768, 32767], dtype=torch.int16),
    "i8": torch.tensor([-128, 127], dtype=torch.int8),
    "u8": torch.tensor([0, 255, 7], dtype=torch.uint8),
    "bool": torch.tensor([True, False, True]),
    "scalar": torch.tensor(2.5),
    "empty": torch.zeros(0, 3),
    "__proto__": torch.tensor([1.0]),
    "名字 \"quoted\"\n": torch.tensor([4.0]),
}

if len(sys.argv) > 1:
    with safe_open(sys.argv[1], framework="pt") as file:
        assert file.metadata() == {"format": "pt", "__proto__": "ü"}, file.metadata()
        names = {"conv1.weight", "f64", "i32", "u8", "bool", "scalar", "empty", "__proto__", "名字 \"quoted\"\n"}
        assert set(file.keys()) == names, file.keys()
        for name in names:
            got = file.get_tensor(name)
            want = tensors[name]
            assert got.dtype == want.dtype and got.shape == want.shape, name
            assert got.numpy().tobytes() == want.numpy().tobytes(), name
    print("equal to the last bit")
else:
    save_file(tensors, "written-by-python.safetensors", {"format": "pt", "__proto__": "ü"})
