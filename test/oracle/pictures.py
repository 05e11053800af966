"""
Makes pictures.safetensors: small picture files of every kind that fovea reads, and the pixels that Pillow gives for them.

    python3 test/oracle/pictures.py

Needs torch, Pillow (with libjpeg-turbo and libwebp) and numpy. Kinds that Pillow does not write are made of those that it does: other
samplings and colour spaces by changing a file's headers, whose data mean another picture then.
"""

import io
import os
import struct
import zlib

import numpy as np
import PIL
import torch
from PIL import Image, ImageOps
from recorder import write_safetensors

rng = np.random.default_rng(7)
tensors = {}
cases = []


def scene(width, height, channels):
    """Smooth colours with an edge and some noise."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [(np.sin(x / (3 + c) + c) + np.cos(y / (4 - 0.5 * c))) * 50 + 120 for c in range(channels)]
    pixels = np.stack(planes, -1) + rng.normal(0, 6, (height, width, channels))
    pixels[height // 3 : height // 2, width // 4 :] += 60
    return np.clip(pixels, 0, 255).astype(np.uint8)


def picture(width, height, mode):
    channels = {"L": 1, "RGB": 3, "RGBA": 4, "CMYK": 4}[mode]
    pixels = scene(width, height, channels)
    return Image.fromarray(pixels[..., 0] if channels == 1 else pixels, mode)


def add(name, file, mode=None, to_byte=None):
    """A file, and what Pillow reads from it, upright and in a mode."""
    with Image.open(io.BytesIO(file)) as image:
        image = ImageOps.exif_transpose(image)
        if mode:
            image = image.convert(mode)
        pixels = np.asarray(image)
    pixels = to_byte(pixels) if to_byte else pixels
    pixels = pixels.astype(np.uint8)
    tensors[f"{name}.file"] = np.frombuffer(file, np.uint8)
    tensors[f"{name}.pixels"] = pixels.reshape(*pixels.shape[:2], -1)
    cases.append(name)


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def with_frame(file, change):
    """A JPEG with another frame header: `change` gets its bytes behind the length."""
    at = next(i for i in range(len(file)) if file[i] == 0xFF and file[i + 1] in (0xC0, 0xC2))
    length = struct.unpack(">H", file[at + 2 : at + 4])[0]
    frame = bytearray(file[at + 4 : at + 2 + length])
    change(frame)
    return file[: at + 4] + bytes(frame) + file[at + 2 + length :]


def sampling(factors):
    def change(frame):
        frame[7] = factors

    return change


def adobe(file, transform):
    """A JPEG whose Adobe segment has another number, or none for None."""
    at = file.index(b"\xff\xeeAdobe"[:2])
    length = struct.unpack(">H", file[at + 2 : at + 4])[0]
    if transform is None:
        return file[:at] + file[at + 2 + length :]
    return file[: at + 15] + bytes([transform]) + file[at + 16 :]


rgb = picture(18, 17, "RGB")
for name, subsampling in [("444", "4:4:4"), ("422", "4:2:2"), ("420", "4:2:0")]:
    add(f"jpeg {name}", saved(rgb, "JPEG", subsampling=subsampling, quality=90))
add("jpeg 420 narrow", saved(picture(3, 9, "RGB"), "JPEG", quality=90))
add("jpeg 422 narrow", saved(picture(4, 9, "RGB"), "JPEG", quality=90, subsampling="4:2:2"))
even = picture(32, 16, "RGB")
add("jpeg 411", with_frame(saved(even, "JPEG", quality=80), sampling(0x41)))
add("jpeg 440", with_frame(saved(picture(16, 16, "RGB"), "JPEG", quality=80, subsampling="4:2:2"), sampling(0x12)))
add("jpeg progressive 420", saved(rgb, "JPEG", progressive=True, quality=92))
add("jpeg progressive 444", saved(rgb, "JPEG", progressive=True, subsampling="4:4:4", quality=40))
add("jpeg restarts", saved(rgb, "JPEG", restart_marker_blocks=2, quality=60))
add("jpeg progressive restarts", saved(rgb, "JPEG", progressive=True, restart_marker_blocks=3, quality=75))
add("jpeg quality 1", saved(picture(17, 11, "RGB"), "JPEG", quality=1))
add("jpeg quality 100", saved(picture(11, 10, "RGB"), "JPEG", quality=100, optimize=True))
add("jpeg grey", saved(picture(17, 11, "L"), "JPEG", quality=85))
add("jpeg grey progressive", saved(picture(17, 11, "L"), "JPEG", quality=85, progressive=True))
add("jpeg as RGB", saved(picture(17, 11, "RGB"), "JPEG", keep_rgb=True))
cmyk = saved(picture(17, 11, "CMYK"), "JPEG", quality=90)
add("jpeg CMYK of Adobe", cmyk, "RGB")
add("jpeg YCCK of Adobe", adobe(cmyk, 2), "RGB")
add("jpeg CMYK", adobe(cmyk, None), "RGB")
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    add(f"jpeg orientation {orientation}", saved(picture(11, 7, "L"), "JPEG", exif=exif))


def png(width, height, depth, colour, samples, palette=None, transparency=None, interlaced=False):
    """A PNG of samples [height, width, channels], rows unfiltered."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    def packed(part):
        lines = b""
        for row in part:
            values = row.reshape(-1)
            if depth == 16:
                line = values.astype(">u2").tobytes()
            elif depth == 8:
                line = values.astype(np.uint8).tobytes()
            else:
                bits = ((values[:, None] >> np.arange(depth - 1, -1, -1)) & 1).astype(np.uint8)
                line = np.packbits(bits.reshape(-1)).tobytes()
            lines += b"\0" + line
        return lines

    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    if interlaced:
        parts = [samples[y0::dy, x0::dx] for x0, y0, dx, dy in passes]
        raw = b"".join(packed(part) for part in parts if part.size)
    else:
        raw = packed(samples)
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    chunks = chunk(b"IHDR", header)
    if palette is not None:
        chunks += chunk(b"PLTE", palette.astype(np.uint8).tobytes())
    if transparency is not None:
        chunks += chunk(b"tRNS", transparency)
    return b"\x89PNG\r\n\x1a\n" + chunks + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b"")


def noise(depth, channels, width=13, height=9):
    return rng.integers(0, 1 << depth, (height, width, channels))


for depth in (1, 2, 4, 8):
    for interlaced in (False, True):
        add(f"png grey {depth}{' interlaced' if interlaced else ''}", png(13, 9, depth, 0, noise(depth, 1), interlaced=interlaced), "L")
    palette = rng.integers(0, 256, (1 << depth, 3))
    add(f"png palette {depth}", png(13, 9, depth, 3, noise(depth, 1), palette), "RGB")
add("png grey 16", png(13, 9, 16, 0, noise(16, 1)), None, lambda pixels: pixels >> 8)
for name, colour, channels, mode in [("RGB", 2, 3, "RGB"), ("LA", 4, 2, "LA"), ("RGBA", 6, 4, "RGBA")]:
    add(f"png {name} 8", png(13, 9, 8, colour, noise(8, channels)), mode)
    add(f"png {name} 8 interlaced", png(13, 9, 8, colour, noise(8, channels), interlaced=True), mode)
add("png RGB 16", png(13, 9, 16, 2, noise(16, 3)), "RGB")
add("png RGBA 16", png(13, 9, 16, 6, noise(16, 4)), "RGBA")
add("png palette transparent", png(13, 9, 4, 3, noise(4, 1), rng.integers(0, 256, (16, 3)), bytes(range(0, 240, 20))), "RGBA")
shades = noise(8, 1)
add("png grey transparent", png(13, 9, 8, 0, shades, transparency=struct.pack(">H", shades[2, 3, 0])), "LA")
keyed = noise(8, 3)
add("png RGB transparent", png(13, 9, 8, 2, keyed, transparency=struct.pack(">HHH", *keyed[2, 3])), "RGBA")
add("png filters of Pillow", saved(picture(17, 11, "RGB"), "PNG"))

add("webp lossy", saved(rgb, "WEBP", quality=80))
add("webp lossless", saved(picture(17, 11, "RGB"), "WEBP", lossless=True))
add("webp alpha", saved(picture(17, 11, "RGBA"), "WEBP", quality=70))
add("webp lossless alpha", saved(picture(9, 7, "RGBA"), "WEBP", lossless=True, exact=True))
exif = Image.Exif()
exif[0x0112] = 6
add("webp orientation 6", saved(picture(17, 11, "RGB"), "WEBP", quality=80, exif=exif))

index = {"pillow": PIL.__version__, "cases": cases}
stored = {name: torch.from_numpy(array.copy()) for name, array in tensors.items()}
write_safetensors(os.path.join(os.path.dirname(__file__), "pictures.safetensors"), stored, index)
