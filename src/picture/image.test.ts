import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { deflateSync } from "node:zlib";
import { idat, iend, ihdr, pngOf } from "../../test/support/png.ts";
import { FormatError, UnsupportedError } from "../base/errors.ts";
import { encodeJpeg, encodePng } from "./encode.ts";
import { exifOrientation } from "./exif.ts";
import { decodeImage, pictureInfo } from "./image.ts";

const rows = (...lines: number[][]) => idat(Uint8Array.from(lines.flat()));
const fails = (
  bytes: Uint8Array,
  message: RegExp,
  type: typeof FormatError | typeof UnsupportedError = FormatError,
) =>
  assert.rejects(decodeImage(bytes, { file: "p.png" }), (error: unknown) => {
    assert.ok(error instanceof type, `${error}`);
    assert.match(error.message, /^p\.png: /);
    assert.match(error.message, message);
    return true;
  });

describe("PNG", () => {
  it("reads grey, RGB and alpha", async () => {
    for (const channels of [1, 2, 3, 4]) {
      const pixels = Uint8Array.from({ length: 6 * channels }, (_, i) => i * 11);
      const picture = { width: 3, height: 2, channels, data: pixels };
      assert.deepEqual(await decodeImage(await encodePng(picture)), picture);
    }
  });

  it("undoes each filter", async () => {
    const file = pngOf([
      ihdr(3, 5),
      rows([0, 10, 20, 30], [1, 10, 10, 10], [2, 1, 1, 1], [3, 5, 5, 5], [4, 1, 1, 1]),
      iend,
    ]);
    // Sub: running sums. Up: 1 more than above. Average of left and above. Paeth: nearest of the three neighbours.
    const expected = [10, 20, 30, 10, 20, 30, 11, 21, 31, 10, 20, 30, 11, 21, 31];
    assert.deepEqual([...(await decodeImage(file)).data], expected);
  });

  it("reads depths of 1, 2, 4 and 16 bits", async () => {
    const read = async (depth: number, line: number[], width: number) => [
      ...(await decodeImage(pngOf([ihdr(width, 1, depth), rows([0, ...line]), iend]))).data,
    ];
    assert.deepEqual(await read(1, [0b10110000], 4), [255, 0, 255, 255]);
    assert.deepEqual(await read(2, [0b00011011], 4), [0, 85, 170, 255]);
    assert.deepEqual(await read(4, [0x0f, 0x10], 3), [0, 255, 17]);
    assert.deepEqual(await read(16, [0x12, 0x34, 0xff, 0xff], 2), [0x12, 0xff]);
  });

  it("reads a palette with transparency", async () => {
    const file = pngOf([
      ihdr(2, 1, 8, 3),
      { type: "PLTE", data: Uint8Array.of(1, 2, 3, 4, 5, 6) },
      { type: "tRNS", data: Uint8Array.of(7) },
      rows([0, 1, 0]),
      iend,
    ]);
    assert.deepEqual([...(await decodeImage(file)).data], [4, 5, 6, 255, 1, 2, 3, 7]);
  });

  it("reads Adam7", async () => {
    // 3 × 3: pass 1 holds (0,0), pass 4 (2,0), pass 5 (0,2) and (2,2), pass 6 (1,0) and (1,2), pass 7 row 1.
    const file = pngOf([
      ihdr(3, 3, 8, 0, 1),
      rows([0, 1], [0, 3], [0, 7, 9], [0, 2], [0, 8], [0, 4, 5, 6]),
      iend,
    ]);
    assert.deepEqual([...(await decodeImage(file)).data], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("refuses a size above the limit before anything is allocated", async () => {
    await fails(
      pngOf([ihdr(2 ** 16, 2 ** 15), rows([0, 0]), iend]),
      /65536 × 32768 pixels is larger than the limit/,
    );
  });

  it("refuses pixel data larger or smaller than the header's size", async () => {
    const bomb = { type: "IDAT", data: deflateSync(new Uint8Array(50_000_000)) };
    await fails(pngOf([ihdr(2, 2), bomb, iend]), /larger than the 6 bytes/);
    await fails(pngOf([ihdr(2, 2), rows([0, 1, 2]), iend]), /end after 3 of 6 bytes/);
  });

  it("refuses damaged and missing chunks", async () => {
    const pixels = rows([0, 1, 2], [0, 3, 4]);
    await fails(pngOf([ihdr(2, 2), { ...pixels, crc: 1 }, iend]), /chunk IDAT is damaged: CRC/);
    await fails(pngOf([pixels, iend]), /first chunk must be IHDR; got IDAT/);
    await fails(pngOf([ihdr(2, 2), iend]), /no IDAT/);
    await fails(pngOf([ihdr(2, 2), pixels]), /before its IEND/);
    await fails(pngOf([ihdr(2, 2), pixels, iend]).subarray(0, 40), /cut short/);
    await fails(pngOf([ihdr(0, 2), pixels, iend]), /0 × 2 pixels/);
    await fails(pngOf([ihdr(2, 2, 3), pixels, iend]), /colour type 0 with 3 bits/);
    await fails(
      pngOf([ihdr(2, 2), { type: "IDAT", data: Uint8Array.of(1, 2, 3, 4) }, iend]),
      /damaged or cut short/,
    );
    await fails(pngOf([ihdr(2, 2), rows([9, 1, 2], [0, 3, 4]), iend]), /filter 9/);
  });

  it("refuses a palette index out of range", async () => {
    const palette = { type: "PLTE", data: Uint8Array.of(0, 0, 0) };
    await fails(
      pngOf([ihdr(2, 1, 8, 3), palette, rows([0, 0, 1]), iend]),
      /pixel 1 has palette index 1; the palette has 1/,
    );
    await fails(pngOf([ihdr(2, 1, 8, 3), rows([0, 0, 0]), iend]), /no PLTE/);
  });
});

describe("JPEG", () => {
  const pixels = new Uint8Array(8 * 16 * 3).fill(255);
  for (let i = 0; i < 8 * 8; i++) pixels.set([200, 30, 40], i * 3);
  const file = encodeJpeg({ width: 8, height: 16, channels: 3, data: pixels }, 95);

  /** The file with an EXIF block that gives an orientation. */
  const turned = (orientation: number): Uint8Array => {
    const tiff = [
      ...[0x4d, 0x4d, 0, 42, 0, 0, 0, 8],
      ...[0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0],
    ];
    const block = [...Buffer.from("Exif\0\0", "latin1"), ...tiff];
    return Uint8Array.from([0xff, 0xd8, 0xff, 0xe1, 0, block.length + 2, ...block, ...file.subarray(2)]);
  };

  it("reads colours to within the coding's error", async () => {
    const { width, height, channels, data } = await decodeImage(file);
    assert.deepEqual([width, height, channels], [8, 16, 3]);
    for (const [i, expected] of [200, 30, 40].entries()) assert.ok(Math.abs(data[i]! - expected) < 8);
    assert.ok(data[data.length - 1]! > 245);
  });

  it("turns by EXIF", async () => {
    const red = async (orientation: number) => {
      const { width, height, data } = await decodeImage(turned(orientation));
      const at = (x: number, y: number) => (data[(y * width + x) * 3 + 2]! < 100 ? "red" : "white");
      return `${width}×${height} ${at(0, 0)} ${at(width - 1, 0)}`;
    };
    assert.equal(await red(1), "8×16 red red");
    assert.equal(await red(3), "8×16 white white");
    // 6: the stored top is the right-hand side; 8: the left-hand side.
    assert.equal(await red(6), "16×8 white red");
    assert.equal(await red(8), "16×8 red white");
    assert.equal(exifOrientation(null), 1);
  });

  it("refuses a file that ends anywhere before its last block", async () => {
    const end = file.length - 2;
    for (let length = 3; length < end - 8; length += 7) await fails(file.subarray(0, length), /JPEG: /);
  });

  it("refuses bits that are no code, and codings that are not read", async () => {
    const scan = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xda) + 14;
    const noise = Uint8Array.from(file);
    for (let i = scan; i < file.length - 2; i++) noise[i] = 0xfe;
    await fails(noise, /JPEG: damaged/);
    const frame = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xc0);
    const changed = (at: number, value: number) => Uint8Array.from(file).fill(value, at, at + 1);
    await fails(changed(frame + 1, 0xc9), /coding 0xc9 \(lossless or arithmetic\)/, UnsupportedError);
    await fails(changed(frame + 4, 12), /samples of 12 bits/, UnsupportedError);
    await fails(changed(frame + 9, 2), /2 colour components/, UnsupportedError);
    await fails(changed(frame + 11, 0x52), /sampling factors 5 × 2; expected 1 to 4/);
    await fails(changed(frame + 12, 3), /no quantization table 3/);
    await fails(changed(scan - 8, 0x33), /without its Huffman table/);
  });

  it("is not disturbed by a damaged file before", async () => {
    const before = await decodeImage(file);
    for (let cut = 20; cut < 100; cut += 20)
      await decodeImage(file.subarray(0, file.length - cut)).catch(() => {});
    assert.deepEqual(await decodeImage(file), before);
  });

  it("refuses what is cut short, too large, or has too many scans", async () => {
    await fails(file.subarray(0, file.length - 12), /JPEG: damaged or cut short/);
    await fails(file.subarray(0, 100), /JPEG: .*cut short/);
    const large = Uint8Array.from(file);
    const frame = large.findIndex((byte, i) => byte === 0xff && large[i + 1] === 0xc0);
    large.set([0xff, 0xff, 0xff, 0xff], frame + 5);
    await fails(large, /65535 × 65535 pixels is larger than the limit/);
    const scan = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xda);
    const header = file.subarray(scan, scan + 14);
    const bomb = Buffer.concat([
      file.subarray(0, scan),
      ...Array.from({ length: 1000 }, () => header),
      file.subarray(scan),
    ]);
    await fails(new Uint8Array(bomb), /more than 100 scans/);
  });
});

describe("WebP", () => {
  const riff = (...chunks: [type: string, data: number[]][]) => {
    const body = Buffer.concat(
      chunks.map(([type, data]) => {
        const head = Buffer.from(`${type}\0\0\0\0`, "latin1");
        head.writeUInt32LE(data.length, 4);
        return Buffer.concat([head, Uint8Array.from(data), Buffer.alloc(data.length & 1)]);
      }),
    );
    const head = Buffer.from("RIFF\0\0\0\0WEBP", "latin1");
    head.writeUInt32LE(4 + body.length, 4);
    return new Uint8Array(Buffer.concat([head, body]));
  };
  /** A lossless frame's header for a size, without pixels behind it. */
  const frame = (width: number, height: number): [string, number[]] => {
    const bits = (width - 1) | ((height - 1) << 14);
    return ["VP8L", [0x2f, bits & 255, (bits >> 8) & 255, (bits >> 16) & 255, (bits >> 24) & 255, 0]];
  };
  const canvas = (flags: number, width: number, height: number): [string, number[]] => [
    "VP8X",
    [flags, 0, 0, 0, width - 1, 0, 0, height - 1, 0, 0],
  ];

  it("knows a size before anything is decoded", async () => {
    assert.deepEqual(pictureInfo(riff(frame(300, 7))), {
      ...{ format: "webp", width: 300, height: 7, channels: 3, orientation: 1 },
    });
    await fails(riff(frame(16383, 16383)), /16383 × 16383 pixels is larger than the limit/);
    await fails(riff(canvas(0, 5, 4), frame(5, 3)), /a frame of 5 × 3 pixels for 5 × 4/);
  });

  it("refuses animations, and what is damaged or cut short", async () => {
    await fails(riff(canvas(2, 5, 4)), /animated pictures can't be read/, UnsupportedError);
    await fails(riff(frame(5, 4)), /WebP: damaged or cut short/);
    await fails(riff(frame(5, 4)).subarray(0, 21), /cut short/);
    await fails(riff(["JUNK", [1, 2, 3]]), /no picture inside/);
    await fails(riff(["VP8 ", new Array(12).fill(0)]), /broken header/);
    assert.equal("ImageData" in globalThis, false, "the codec's stand-in is gone");
  });
});

describe("other files", () => {
  it("tells them by content", async () => {
    await fails(new Uint8Array(0), /the file is empty/);
    await fails(Uint8Array.from(Buffer.from("GIF89a......")), /the content is GIF/, UnsupportedError);
    await fails(Uint8Array.of(0x49, 0x49, 42, 0, 8, 0, 0, 0), /the content is TIFF/, UnsupportedError);
    await fails(
      Uint8Array.from(Buffer.from("hello world")),
      /neither PNG, JPEG nor WebP: the file begins with 68 65/,
    );
  });
});
