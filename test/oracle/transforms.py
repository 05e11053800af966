"""
Makes transforms.safetensors: small pictures, and what torchvision's transforms (v2, on uint8 tensors) and Pillow make of them with fixed
parameters.

    python3 test/oracle/transforms.py

Needs torch, torchvision 0.28, Pillow and scikit-image (whose photograph of Eileen Collins, by NASA and in the public domain, is cropped).
Each case has the name and the arguments of a function of fovea's transforms.functional. `exact` ones must agree in every byte; of the others
99% of the bytes within one grey level.
"""

import io
import os

import numpy as np
import torch

# torchvision's compiled ops may be built for another kind of torch; none are needed here, but two have to exist.
library = torch.library.Library("torchvision", "FRAGMENT")
for op in ("nms", "qnms"):
    try:
        library.define(f"{op}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    except RuntimeError:
        pass

import PIL.Image  # noqa: E402
import torchvision  # noqa: E402
from recorder import write_safetensors  # noqa: E402
from skimage import data as photographs  # noqa: E402
from torchvision.transforms import v2  # noqa: E402
from torchvision.transforms.v2 import functional as F  # noqa: E402

rng = np.random.default_rng(20)


def noise(height, width, channels):
    return rng.integers(0, 256, (height, width, channels), dtype=np.uint8)


def gradient(height, width):
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    red, green, blue = x / (width - 1), y / (height - 1), 0.5 + 0.5 * np.sin(x / 5 + y / 7)
    return np.round(255 * np.stack([red, green, blue], -1)).astype(np.uint8)


photo = photographs.astronaut()
pictures = {
    "noise": noise(24, 30, 3),
    "grey": noise(27, 21, 1),
    "gradient": gradient(24, 21),
    "photo": photo[76:108, 200:238],
    "dark": (photo[200:224, 200:231] // 3 + 20).astype(np.uint8),
    "flat": np.full((9, 11, 3), 93, np.uint8),
    "tiny": noise(2, 3, 3),
    "small": photo[90:106, 205:223] // 2 + 40,
}
tensors, cases = {}, []


def keep(array):
    """Stores an array [H, W, C] (or any) once, by its content."""
    array = np.array(array, order="C")
    for name, known in tensors.items():
        if known.shape == array.shape and known.numpy().dtype == array.dtype and np.array_equal(known.numpy(), array):
            return name
    name = f"t{len(tensors)}"
    tensors[name] = torch.from_numpy(array)
    return name


def chw(picture):
    return torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1)))


def add(function, picture, args, result, **more):
    """One case; `result` is [C, H, W] of torchvision, or [H, W, C] of Pillow."""
    if isinstance(result, torch.Tensor):
        result = result.permute(1, 2, 0).contiguous().numpy()
    name = picture
    cases.append({"id": f"{function}#{len(cases)}", "function": function, "picture": name, "args": args,
                  "input": keep(pictures[name]), "output": keep(result), **more})


def pillow(name):
    array = pictures[name]
    return PIL.Image.fromarray(array[:, :, 0] if array.shape[2] == 1 else array)


def from_pillow(image):
    array = np.asarray(image)
    return array if array.ndim == 3 else array[:, :, None]


def warp(call, name, fill):
    """
    A warp with its edges blended into `fill`. torchvision multiplies half-covered pixels by their cover twice where a fill is given, which
    draws a dark seam; so picture and cover are sampled without one, and blended here.
    """
    x = chw(pictures[name]).float()
    cover = call(torch.ones_like(x))
    fill = torch.tensor(fill if isinstance(fill, list) else [fill]).float().reshape(-1, 1, 1)
    return (call(x) + (1 - cover) * fill).round().clamp(0, 255).to(torch.uint8)


# Sizes. Pillow's own passes, across and then down, in every byte; torchvision's within a level.
for name, size in [("noise", (16, 20)), ("noise", (13, 47)), ("photo", (22, 30)), ("photo", (32, 33)), ("gradient", (45, 40)),
                   ("grey", (11, 30)), ("tiny", (7, 5)), ("photo", (5, 3)), ("noise", (1, 1))]:
    for mode in ("bilinear", "bicubic"):
        how = {"bilinear": PIL.Image.Resampling.BILINEAR, "bicubic": PIL.Image.Resampling.BICUBIC}[mode]
        image = pillow(name)
        image = image.resize((size[1], image.height), how).resize((size[1], size[0]), how)
        add("resize", name, [list(size), {"interpolation": mode}], from_pillow(image), exact=True, note="Pillow")
for name, size, options in [("noise", [16, 20], {}), ("photo", [24], {}), ("photo", [36], {"max_size": 38}), ("grey", [40], {}),
                            ("gradient", [18], {"max_size": 20}), ("photo", [30, 30], {"interpolation": "bicubic"}),
                            ("photo", [20, 50], {"antialias": False}), ("noise", [30, 35], {"antialias": False}),
                            ("noise", [30, 41], {"antialias": False, "interpolation": "bicubic"}),
                            ("photo", [20, 50], {"antialias": False, "interpolation": "bicubic"})]:
    ours = {"interpolation": options.get("interpolation", "bilinear")}
    if "max_size" in options:
        ours["maxSize"] = options["max_size"]
    if "antialias" in options:
        ours["antialias"] = options["antialias"]
    add("resize", name, [size[0] if len(size) == 1 else size, ours], F.resize(chw(pictures[name]), size, **options))
for mode in ("nearest", "nearest-exact"):
    for name, size in [("noise", [16, 20]), ("noise", [33, 47]), ("grey", [9, 50]), ("photo", [21, 29])]:
        result = F.resize(chw(pictures[name]), size, interpolation=mode)
        add("resize", name, [size, {"interpolation": mode}], result, exact=True)

# Pixels that move.
for name in ("noise", "grey", "tiny"):
    x = chw(pictures[name])
    add("horizontalFlip", name, [], F.horizontal_flip(x), exact=True)
    add("verticalFlip", name, [], F.vertical_flip(x), exact=True)
for name, args in [("noise", [3, 5, 16, 20]), ("grey", [-3, -2, 12, 40]), ("noise", [20, 30, 20, 20]), ("tiny", [0, 0, 1, 1])]:
    add("crop", name, args, F.crop(chw(pictures[name]), *args), exact=True)
for name, size in [("noise", [16, 20]), ("noise", [15, 19]), ("grey", [10, 12]), ("grey", [40, 10]), ("tiny", [9, 10]), ("photo", [17, 50])]:
    add("centerCrop", name, [size], F.center_crop(chw(pictures[name]), size), exact=True)
for name, padding, fill, mode in [("noise", 3, 0, "constant"), ("noise", [2, 5], [10, 200, 30], "constant"), ("grey", [1, 2, 3, 4], 77, "constant"),
                                  ("noise", [4, 1, 0, 3], 0, "edge"), ("noise", [4, 1, 0, 3], 0, "reflect"), ("grey", [20, 5, 3, 26], 0, "reflect"),
                                  ("noise", [4, 1, 0, 3], 0, "symmetric"), ("grey", [21, 5, 3, 27], 0, "symmetric")]:
    result = F.pad(chw(pictures[name]), padding, fill=fill, padding_mode=mode)
    add("pad", name, [padding, {"fill": fill, "paddingMode": mode}], result, exact=True)

# Angles.
for name, angle, options in [("noise", 20, {}), ("photo", -33.5, {"interpolation": "bilinear"}), ("photo", 10, {"fill": [255, 128, 7]}),
                             ("photo", 10, {"fill": [255, 128, 7], "interpolation": "bilinear"}), ("grey", 77, {"interpolation": "bilinear", "fill": 90}),
                             ("noise", 30, {"expand": True}), ("photo", 30, {"expand": True, "interpolation": "bilinear"}),
                             ("grey", 135, {"expand": True, "fill": 255}), ("photo", 15, {"center": [10, 20], "interpolation": "bilinear"}),
                             ("noise", 15, {"center": [29, 0]}), ("noise", 90, {"expand": True}), ("noise", 180, {}), ("noise", 270, {"expand": True}),
                             ("noise", -90, {"expand": True}), ("gradient", 0, {}), ("photo", 725, {"interpolation": "bilinear"})]:
    without = {key: value for key, value in options.items() if key != "fill"}
    if options.get("interpolation") == "bilinear":
        result = warp(lambda x: F.rotate(x, angle, **{**without, "interpolation": F.InterpolationMode.BILINEAR}), name, options.get("fill", 0))
    else:
        result = F.rotate(chw(pictures[name]), angle, **without, fill=options.get("fill", 0))
    add("rotate", name, [angle, options], result, exact=angle % 90 == 0)
for name, angle, translate, scale, shear, options in [
        ("noise", 25.0, [3, -5], 1.2, [0.0, 0.0], {}), ("photo", -12.0, [0, 0], 0.7, [10.0, 0.0], {"interpolation": "bilinear"}),
        ("photo", 5.0, [-6, 9], 1.0, [-15.0, 8.0], {"interpolation": "bilinear", "fill": 128}), ("grey", 0.0, [4, 2], 1.0, [0.0, 20.0], {"fill": 200}),
        ("gradient", 40.0, [1, 1], 1.5, [5.0, 5.0], {"interpolation": "bilinear", "center": [3, 4], "fill": [1, 2, 3]}),
        ("photo", 0.0, [7, 0], 1.0, [0.0, 0.0], {}), ("noise", 0.0, [0, 0], 1.0, [17.0, 0.0], {"center": [0, 0]})]:
    without = {key: value for key, value in options.items() if key != "fill"}
    if options.get("interpolation") == "bilinear":
        call = lambda x: F.affine(x, angle, translate, scale, shear, **{**without, "interpolation": F.InterpolationMode.BILINEAR})  # noqa: E731
        result = warp(call, name, options.get("fill", 0))
    else:
        result = F.affine(chw(pictures[name]), angle, translate, scale, shear, **without, fill=options.get("fill", 0))
    add("affine", name, [angle, translate, scale, shear, options], result)
for name, start, end, options in [("photo", None, [[3, 5], [33, 1], [37, 29], [2, 26]], {}), ("noise", None, [[2, 3], [26, 0], [22, 23], [4, 20]], {"interpolation": "nearest"}),
                                  ("gradient", None, [[6, 1], [18, 7], [20, 23], [0, 18]], {"fill": [9, 99, 199]}), ("grey", None, [[0, 0], [15, 4], [20, 26], [3, 20]], {"fill": 255})]:
    height, width = pictures[name].shape[:2]
    start = [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]]
    if options.get("interpolation") == "nearest":
        result = F.perspective(chw(pictures[name]), start, end, interpolation=F.InterpolationMode.NEAREST, fill=options.get("fill", 0))
    else:
        result = warp(lambda x: F.perspective(x, start, end), name, options.get("fill", 0))
    add("perspective", name, [start, end, options], result)
for name, strength, options in [("photo", 0.1, {}), ("noise", 0.2, {"interpolation": "nearest"}), ("grey", 0.3, {"fill": 60})]:
    height, width = pictures[name].shape[:2]
    field = torch.from_numpy(rng.uniform(-strength, strength, (1, height, width, 2)).astype(np.float32))
    field = torch.nn.functional.avg_pool2d(field.permute(0, 3, 1, 2), 3, 1, 1, count_include_pad=False).permute(0, 2, 3, 1).contiguous()
    if options.get("interpolation") == "nearest":
        result = F.elastic(chw(pictures[name]), field, interpolation=F.InterpolationMode.NEAREST, fill=0)
    else:
        result = warp(lambda x: F.elastic(x, field), name, options.get("fill", 0))
    add("elastic", name, [{"tensor": keep(field[0].numpy())}, options], result)

# Light and colour.
for name in ("noise", "photo", "dark", "grey", "flat"):
    x = chw(pictures[name])
    for factor in (0.0, 0.4, 1.0, 1.7):
        if name == "noise" and factor in (0.0, 1.0):
            continue
        add("adjustBrightness", name, [factor], F.adjust_brightness(x, factor))
        add("adjustContrast", name, [factor], F.adjust_contrast(x, factor))
        add("adjustSaturation", name, [factor], F.adjust_saturation(x, factor))
    add("invert", name, [], F.invert(x), exact=True)
    add("autocontrast", name, [], F.autocontrast(x))
    add("equalize", name, [], F.equalize(x), exact=True)
    add("rgbToGrayscale", name, [1], F.rgb_to_grayscale(x, 1))
    if name in ("photo", "grey"):
        add("rgbToGrayscale", name, [3], F.rgb_to_grayscale(x, 3))
    add("grayscaleToRgb", name, [], F.grayscale_to_rgb(x), exact=True)
for name in ("noise", "photo", "flat", "grey"):
    for factor in (-0.5, -0.1, 0.0, 0.25, 0.5):
        add("adjustHue", name, [factor], F.adjust_hue(chw(pictures[name]), factor))
for name in ("photo", "grey"):
    x = chw(pictures[name])
    for gamma, gain in ((0.5, 1), (1, 1), (2.2, 1), (1.5, 1.4)):
        add("adjustGamma", name, [gamma, gain], F.adjust_gamma(x, gamma, gain))
    for bits in (0, 1, 3, 7, 8):
        add("posterize", name, [bits], F.posterize(x, bits), exact=True)
    for threshold in (0, 100, 192.5, 255):
        add("solarize", name, [threshold], F.solarize(x, threshold), exact=True)
for name in ("noise", "photo", "grey", "tiny"):
    for factor in (0, 0.5, 1, 2.5):
        add("adjustSharpness", name, [factor], F.adjust_sharpness(chw(pictures[name]), factor))
for name, kernel, sigma in [("noise", 3, 0.8), ("photo", 9, 2.0), ("photo", [5, 11], [0.6, 3.0]), ("grey", 23, 5.0), ("noise", 5, None)]:
    # torchvision takes (x, y) here where it takes (height, width) elsewhere.
    theirs = kernel if isinstance(kernel, int) else kernel[::-1]
    blur = F.gaussian_blur(chw(pictures[name]), [theirs, theirs] if isinstance(theirs, int) else theirs,
                           None if sigma is None else [sigma, sigma] if isinstance(sigma, float) else sigma[::-1])
    add("gaussianBlur", name, [kernel, sigma], blur)

# Occlusion.
for name, args, value in [("noise", [3, 5, 10, 12], [1, 2, 3]), ("grey", [0, 0, 27, 4], [9])]:
    result = F.erase(chw(pictures[name]), *args, torch.tensor(value, dtype=torch.uint8).reshape(-1, 1, 1))
    add("erase", name, [*args, value[0] if len(value) == 1 else value], result, exact=True)

# Steps of policies, by torchvision's own table.
policy = v2.RandAugment(interpolation=F.InterpolationMode.NEAREST, fill=0)
for op, magnitude in [("Identity", 0), ("ShearX", 0.27), ("ShearX", -0.9), ("ShearY", -0.21), ("TranslateX", 5.7), ("TranslateX", -5.7),
                      ("TranslateY", 3.2), ("Rotate", -24), ("Brightness", 0.45), ("Brightness", -0.9), ("Color", -0.6), ("Contrast", 0.8),
                      ("Sharpness", -0.9), ("Posterize", 4), ("Solarize", 0.3), ("AutoContrast", 0), ("Equalize", 0)]:
    x = chw(pictures["small"])
    result = policy._apply_image_or_video_transform(x, op, magnitude, policy.interpolation, policy._fill)
    add("policy", "small", [{"op": op, "magnitude": magnitude}], result)

# JPEG, through Pillow's libjpeg, in every byte.
for name in ("photo", "dark", "gradient", "grey"):
    for quality in (5, 30, 50, 75, 95) if name != "gradient" else (5, 75):
        file = io.BytesIO()
        pillow(name).save(file, "JPEG", quality=quality, subsampling="4:2:0")
        add("jpeg", name, [quality], from_pillow(PIL.Image.open(file)), exact=True, note="Pillow")

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "transforms.safetensors")
write_safetensors(path, tensors, {"torchvision": torchvision.__version__.split("+")[0], "pillow": PIL.__version__, "cases": cases})
print(f"{len(cases)} cases, {os.path.getsize(path) / 1e3:.0f} KB")
