"""Files of weights made by the owners of their formats, with what they hold, and a check that the owners read ours.

Run in this folder. `python3 weights.py make torch numpy safetensors` and `python3 weights.py make paddle` write small files
into weights/ and what is in them into weights/<owner>.json; `python3 weights.py check torch numpy safetensors paddle` reads
the files written-by-fovea.* and says whether they agree to the last bit. Each owner needs its own package and NumPy; those of
PyTorch 2.13, NumPy 2.4, safetensors 0.8 and Paddle 3.3.1 made what is here.
"""

import collections
import json
import pathlib
import pickle
import sys

import numpy as np

folder = pathlib.Path(__file__).parent / "weights"
record = {}


def keep(file, format, tensors, root="", prefix="", metadata=None):
    """`tensors`: name -> (stored type, shape, elements as they are stored, elements as they are read)."""
    record[file] = {
        "format": format,
        "root": root,
        "prefix": prefix,
        "metadata": metadata or {},
        "tensors": {
            name: [stored, list(shape), raw.hex(), read.hex()] for name, (stored, shape, raw, read) in tensors.items()
        },
    }


# NumPy

codes = {
    "f2": "F16", "f4": "F32", "f8": "F64", "i1": "I8", "i2": "I16", "i4": "I32", "i8": "I64",
    "u1": "U8", "u2": "U16", "u4": "U32", "u8": "U64", "b1": "BOOL",
}  # fmt: skip


def of_numpy(x, stored=None):
    """What is stored of an array, and what of it is read: float32 for small floats, int32 for whole numbers."""
    x = np.asarray(x)
    little = np.ascontiguousarray(x).astype(x.dtype.newbyteorder("<"))
    code = little.dtype.str[1:]
    if stored == "BF16":
        read = (little.astype("<u4") << 16).view("<f4")
    else:
        read = little.astype({"f": {"f2": "<f4"}.get(code, "<" + code), "i": "<i4", "u": "<i4", "b": "|b1"}[code[0]])
        read = little if code == "u1" else read
    return (stored or codes[code], x.shape, little.tobytes(), read.tobytes())


floats = np.array([[0.0, -0.0, 1.5], [-3.25, np.inf, 1e-40]])


def make_numpy():
    for version in [(1, 0), (2, 0), (3, 0)]:
        with open(folder / f"numpy-v{version[0]}.npy", "wb") as file:
            np.lib.format.write_array(file, floats.astype("<f4"), version)
        keep(f"numpy-v{version[0]}.npy", "npy", {"arr_0": of_numpy(floats.astype("<f4"))})
    arrays = {code: np.array([0, 1, 100, 127]).astype(code) for code in codes}
    arrays["columns"] = np.asfortranarray(np.arange(24, dtype="<f4").reshape(2, 3, 4))
    arrays["big"] = np.arange(6).reshape(2, 3).astype(">f8")
    arrays["big/columns"] = np.asfortranarray(np.arange(6).reshape(2, 3).astype(">i2"))
    arrays["scalar"] = np.float32(2.5)
    arrays["empty"] = np.zeros((0, 3), "<f4")
    arrays["名字"] = np.ones(2, "<f2")
    np.savez(folder / "numpy.npz", **arrays)
    np.savez_compressed(folder / "numpy-compressed.npz", **arrays)
    for file in ["numpy.npz", "numpy-compressed.npz"]:
        keep(file, "npz", {name: of_numpy(x) for name, x in arrays.items()})


# PyTorch

torch_names = {
    "float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "float8_e4m3fn": "F8_E4M3",
    "float8_e5m2": "F8_E5M2", "float8_e4m3fnuz": "F8_E4M3FNUZ", "float8_e5m2fnuz": "F8_E5M2FNUZ",
    "float8_e8m0fnu": "F8_E8M0", "int64": "I64", "int32": "I32", "int16": "I16", "int8": "I8", "uint8": "U8",
    "uint16": "U16", "uint32": "U32", "uint64": "U64", "bool": "BOOL",
}  # fmt: skip


def of_torch(x):
    import torch

    x = x.detach().contiguous()
    name = str(x.dtype).removeprefix("torch.")
    raw = x.reshape(-1).view(torch.uint8).numpy().tobytes() if x.numel() else b""
    if name == "float64" or name in ("uint8", "bool"):
        read = raw
    elif "float" in name:
        read = x.float().numpy().tobytes()
    else:
        read = x.to(torch.int64).to(torch.int32).numpy().tobytes()
    return (torch_names[name], tuple(x.shape), raw, read)


def every_type():
    import torch

    tensors = {}
    for name in torch_names:
        dtype = getattr(torch, name)
        if "float8" in name:
            tensors[name] = torch.arange(256, dtype=torch.int32).to(torch.uint8).view(dtype)
        elif name == "uint64" or name == "uint32":
            tensors[name] = torch.tensor([0, 1, 2**31 - 1], dtype=torch.int64).to(dtype)
        else:
            tensors[name] = torch.tensor([0, 1, 100], dtype=torch.float32).to(dtype)
    return tensors


def make_torch():
    import torch

    torch.manual_seed(0)
    every = every_type()
    torch.save(every, folder / "torch-types.pt")
    keep("torch-types.pt", "pytorch", {name: of_torch(x) for name, x in every.items()})

    base = torch.arange(24.0).reshape(2, 3, 4)
    views = {
        "base": base,
        "transposed": base.transpose(0, 2),
        "row": base[1, 2],
        "column": base[:, 1, 3],
        "steps": base[:, ::2, 1::2],
        "expanded": torch.tensor([5.0, 6.0])[:, None].expand(2, 3),
        "scalar": torch.tensor(2.5),
        "empty": torch.zeros(0, 3),
        "parameter": torch.nn.Parameter(base[0].t()),
    }
    for file, zipped in [("torch-views.pt", True), ("torch-views-legacy.pt", False)]:
        torch.save(views, folder / file, _use_new_zipfile_serialization=zipped)
        keep(file, "pytorch", {name: of_torch(x) for name, x in views.items()})

    model = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    model(torch.ones(1, 1, 4, 4)).sum().backward()
    optimizer.step()
    checkpoint = {
        "epoch": 7,
        "best": 0.5,
        "arch": "tiny",
        "state_dict": torch.nn.DataParallel(model).state_dict(),
        "optimizer": optimizer.state_dict(),
        "size": torch.Size([1, 2]),
        "accuracy": np.float64(0.25),
    }
    for file, zipped in [("torch-checkpoint.pth", True), ("torch-checkpoint-legacy.pth", False)]:
        torch.save(checkpoint, folder / file, _use_new_zipfile_serialization=zipped)
        state = checkpoint["state_dict"]
        metadata = {"epoch": 7, "best": 0.5, "arch": "tiny", "size.1": 2, "accuracy": 0.25}
        tensors = {name: of_torch(x) for name, x in state.items()}
        keep(file, "pytorch", tensors, "state_dict", "module.", metadata)
    torch.serialization.set_crc32_options(False)
    torch.save({"x": base}, folder / "torch-unchecked.pt")
    keep("torch-unchecked.pt", "pytorch", {"x": of_torch(base)})


# safetensors


def make_safetensors():
    from safetensors.torch import save_file

    # Every bit pattern of the floats of 8 bits is read as PyTorch reads it.
    every = every_type()
    save_file(every, folder / "types.safetensors", {"epoch": "7"})
    keep("types.safetensors", "safetensors", {name: of_torch(x) for name, x in every.items()}, metadata={"epoch": "7"})


# Paddle


def of_paddle(x):
    bits = x.numpy()
    return of_numpy(bits, "BF16" if "bfloat16" in str(x.dtype) else None)


def make_paddle():
    import paddle

    paddle.seed(0)
    model = paddle.nn.Sequential(paddle.nn.Linear(2, 3), paddle.nn.BatchNorm1D(3))
    state = model.state_dict()
    names = {"StructuredToParameterName@@.0.weight": state["0.weight"].name}
    for protocol in [2, 4]:
        file = f"paddle-{protocol}.pdparams"
        paddle.save(state, str(folder / file), protocol=protocol)
        keep(file, "paddle", {name: of_paddle(x) for name, x in state.items()}, metadata=names)

    types = ["float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"]
    tensors = {name: paddle.to_tensor([[0.0, 1.0, 100.0]]).astype(name) for name in types}
    paddle.save({"step": 3, "model": tensors}, str(folder / "paddle-nested.pdparams"))
    keep(
        "paddle-nested.pdparams",
        "paddle",
        {name: of_paddle(x) for name, x in tensors.items()},
        root="model",
        metadata={"step": 3},
    )

    # What protocol 2 does with more than 1 GiB, made small.
    parts = {"w@@.0": np.arange(4, dtype="<f4"), "w@@.1": np.arange(4, 6, dtype="<f4")}
    cut = {"UnpackBigParamInfor@@": {"w": {"OriginShape": (2, 3), "slices": list(parts)}}, **parts}
    with open(folder / "paddle-parts.pdparams", "wb") as file:
        pickle.dump(collections.OrderedDict(cut), file, protocol=2)
    keep("paddle-parts.pdparams", "paddle", {"w": of_numpy(np.arange(6, dtype="<f4").reshape(2, 3))})


# What fovea writes

written = {
    "conv.weight": np.array([0.0, -0.0, 1.5, -3.25, 1e-45, 3.4028235e38, np.inf, -np.inf], "f4").reshape(2, 1, 2, 2),
    "half": np.array([1.0, -2.5, 2.0**-24], "f2"),
    "brain": np.array([0x3F80, 0xC020, 0x7F62], "u2"),
    "count": np.array(7, "i8"),
    "small": np.array([-128, 127], "i1"),
    "bytes": np.zeros((2, 0), "u1"),
    "flags": np.array([True, False, True]),
    "double": np.array([0.1], "f8"),
}


def agree(owner, found, names):
    """`found`: name -> (name of the type, shape, bytes)."""
    assert list(found) == list(names), (owner, list(found))
    for name in names:
        want = written[name]
        kind = "bfloat16" if name == "brain" else str(want.dtype)
        assert found[name] == (kind, want.shape, want.tobytes()), (owner, name, found[name])
    print(f"{owner}: equal to the last bit")


def bytes_of(x):
    import torch

    raw = x.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes() if x.numel() else b""
    return (str(x.dtype).removeprefix("torch."), tuple(x.shape), raw)


def check_torch():
    import torch

    for mmap in [False, True]:
        loaded = torch.load(folder / "written-by-fovea.pt", weights_only=True, mmap=mmap)
        agree(f"torch.load(weights_only=True, mmap={mmap})", {k: bytes_of(x) for k, x in loaded.items()}, written)
    assert all(x.untyped_storage().data_ptr() % 64 == 0 for x in loaded.values() if x.numel() > 1), "not aligned"


def check_safetensors():
    from safetensors.torch import load_file

    loaded = load_file(folder / "written-by-fovea.safetensors")
    agree("safetensors", {name: bytes_of(loaded[name]) for name in written}, written)


def check_numpy():
    names = [name for name in written if name != "brain"]
    with np.load(folder / "written-by-fovea.npz") as file:
        found = {name: (str(file[name].dtype), file[name].shape, file[name].tobytes()) for name in file.files}
    agree("numpy.load", found, names)
    one = np.load(folder / "written-by-fovea.npy", mmap_mode="r")
    agree("numpy.load(mmap_mode)", {"conv.weight": (str(one.dtype), one.shape, one.tobytes())}, ["conv.weight"])


def check_paddle():
    import paddle

    loaded = paddle.load(str(folder / "written-by-fovea.pdparams"))
    assert all(isinstance(x, paddle.Tensor) for x in loaded.values())
    kinds = {name: str(x.dtype).removeprefix("paddle.") for name, x in loaded.items()}
    found = {name: (kinds[name], tuple(x.shape), x.numpy().tobytes()) for name, x in loaded.items()}
    agree("paddle.load", found, written)
    model = paddle.nn.Conv2D(1, 2, 2, bias_attr=False)
    model.set_state_dict({"weight": loaded["conv.weight"]})


def main():
    what, *owners = sys.argv[1:]
    folder.mkdir(exist_ok=True)
    for owner in owners:
        record.clear()
        globals()[f"{what}_{owner}"]()
        if what == "make":
            (folder / f"{owner}.json").write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n")


main()
