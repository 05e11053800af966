// A folder of pictures with forty faults of known kinds, for tests of reviews.
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { deflateSync } from "node:zlib";
import { type Picture, resized, upright } from "../../src/picture/picture.ts";
import type { FindingId } from "../../src/review/findings.ts";
import { cropped, jpegFile, mapped, photo, pngFile } from "./photos.ts";
import { idat, iend, ihdr, pngOf } from "./png.ts";

/** What a review must say: the finding, and a file of a case or a text of its detail. */
export interface Fault {
  readonly id: FindingId;
  /** Relative to the folder; in the case of a group the file that was added. */
  readonly file?: string;
  readonly detail?: string;
}

/** Writes a file below a folder, with the folders that it needs. */
function put(root: string, file: string, content: Uint8Array | string): void {
  const target = path.join(root, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, content);
}

/** Writes pictures without faults: `train` of each class in the training part, and half as many in val and in test. */
export function writeClean(root: string, classes: readonly string[], train: number): void {
  let seed = 1;
  for (const [part, count] of [
    ["train", train],
    ["val", train >> 1],
    ["test", train >> 1],
  ] as const) {
    for (const name of classes) {
      for (let i = 0; i < count; i++) {
        const picture = photo(seed++);
        const isPng = i % 4 === 0;
        put(
          root,
          `${part}/${name}/${i}.${isPng ? "png" : "jpg"}`,
          isPng ? pngFile(picture) : jpegFile(picture),
        );
      }
    }
  }
}

/** Writes clean pictures and then the faults; gives what has to be found. */
export function writeFaulty(root: string): Fault[] {
  writeClean(root, ["cat", "dog"], 24);
  const faults: Fault[] = [];
  /** A file that is a fault by itself. */
  const plant = (id: FindingId, file: string, content: Uint8Array | string): void => {
    put(root, file, content);
    faults.push({ id, file });
  };
  let seed = 5000;
  const fresh = (width?: number, height?: number): Picture => photo(seed++, width, height);
  const jpeg = jpegFile(fresh());
  const png = pngFile(fresh());

  plant("empty-file", "train/cat/empty.png", new Uint8Array(0));
  plant("damaged", "train/cat/cut.jpg", jpeg.subarray(0, jpeg.length * 0.6));
  plant("damaged", "train/dog/cut.png", png.subarray(0, png.length * 0.6));
  const row = Uint8Array.of(0, 1, 2);
  plant("damaged", "train/dog/sum.png", pngOf([ihdr(2, 1), { ...idat(row), crc: 1 }, iend]));
  plant("damaged", "val/cat/text.jpg", "This is no picture.");
  plant("damaged", "test/dog/claims.png", pngOf([ihdr(2 ** 16, 2 ** 15), idat(row), iend]));
  plant("unsupported", "train/cat/gif.png", Buffer.from("GIF89a\x01\0\x01\0\0\0\0;", "latin1"));
  plant("unsupported", "train/cat/tiff.png", Uint8Array.of(0x49, 0x49, 42, 0, 8, 0, 0, 0));
  plant("unsupported", "train/dog/bitmap.bmp", Buffer.from("BM\0\0\0\0\0\0\0\0", "latin1"));
  plant("misnamed", "train/cat/really-png.jpg", pngFile(fresh()));
  plant("misnamed", "train/dog/really-jpeg.png", jpegFile(fresh()));
  put(root, "train/.ipynb_checkpoints/copy.png", pngFile(fresh()));
  faults.push({ id: "hidden", file: "train/.ipynb_checkpoints" });
  plant("hidden", "train/cat/.DS_Store", "x");
  plant("not-a-picture", "train/dog/notes.txt", "blurred");
  symlinkSync("nowhere.jpg", path.join(root, "train/dog/link.jpg"));
  faults.push({ id: "broken-link", file: "train/dog/link.jpg" });
  plant("beside-classes", "train/stray.png", pngFile(fresh()));
  put(root, "backup/cat/0.png", pngFile(fresh()));
  faults.push({ id: "beside-classes", file: "backup" });
  mkdirSync(path.join(root, "train/void"));
  faults.push({ id: "empty-class", file: "train/void" });
  for (let i = 0; i < 12; i++) put(root, `train/bird/${i}.jpg`, jpegFile(fresh()));
  for (let i = 0; i < 4; i++) put(root, `val/bird/${i}.jpg`, jpegFile(fresh()));
  faults.push({ id: "class-missing-in-part", detail: "bird: none in test" });

  plant("tiny-picture", "train/cat/icon.png", pngFile(fresh(6, 6)));
  plant("tiny-picture", "train/dog/thumb.png", pngFile(fresh(24, 20)));
  plant("extreme-aspect", "train/dog/banner.png", pngFile(fresh(440, 60)));
  plant("blank", "train/cat/blank.png", pngFile(mapped(fresh(), () => 200)));
  plant("dark", "train/cat/night.png", pngFile(mapped(fresh(), (value) => value * 0.2)));
  plant("over-exposed", "train/dog/glare.png", pngFile(mapped(fresh(), (value) => 205 + value * 0.2)));
  plant("exif-turned", "train/cat/turned.jpg", withOrientation(jpegFile(fresh()), 6));

  /** A picture in the training part, and a copy of it. */
  const twins = (id: FindingId, original: string, file: string, copy: (p: Picture) => Uint8Array): void => {
    const picture = fresh();
    put(root, original, jpegFile(picture));
    plant(id, file, copy(picture));
  };
  twins("duplicate", "train/cat/a0.jpg", "train/cat/a1.jpg", jpegFile);
  const lossless = fresh();
  put(root, "train/dog/a2.png", pngFile(lossless));
  plant("duplicate", "train/dog/a3.png", packedAnew(lossless));
  twins("near-duplicate", "train/cat/b0.jpg", "train/cat/b1.jpg", (p) => jpegFile(p, 40));
  twins("near-duplicate", "train/cat/b2.jpg", "train/cat/b3.png", (p) => pngFile(resized(p, 60, 45)));
  twins("near-duplicate", "train/cat/b4.jpg", "train/cat/b5.jpg", (p) => jpegFile(upright(p, 6)));
  twins("near-duplicate", "train/dog/b6.jpg", "train/dog/b7.jpg", (p) => jpegFile(upright(p, 2)));
  const brighter = (p: Picture) => mapped(p, (value) => value * 1.15 + 8);
  twins("near-duplicate", "train/dog/b8.jpg", "train/dog/b9.jpg", (p) => jpegFile(brighter(p)));
  twins("near-duplicate", "train/dog/c0.jpg", "train/dog/c1.jpg", (p) => jpegFile(cropped(p, 4, 1, 90, 68)));
  twins("label-conflict", "train/cat/d0.jpg", "train/dog/d1.jpg", jpegFile);
  twins("label-conflict", "train/cat/d2.jpg", "train/dog/d3.jpg", (p) => jpegFile(upright(p, 4), 60));
  twins("leakage", "train/cat/e0.jpg", "val/cat/e1.jpg", jpegFile);
  twins("leakage", "train/dog/e2.jpg", "test/dog/e3.png", (p) => pngFile(resized(p, 128, 96)));

  // The test part becomes one with a table, which promises a file too many and a class that nobody has learned.
  put(root, "test/metadata.csv", tableOf(root));
  faults.push({ id: "missing-file", detail: "gone.jpg" });
  faults.push({ id: "class-not-in-training", detail: "alien: 1 picture in test" });
  return faults;
}

function tableOf(root: string): string {
  const rows = ["file_name,label", "dog/claims.png,dog", "dog/e3.png,dog", "gone.jpg,cat"];
  for (const name of ["cat", "dog"]) {
    for (let i = 0; i < 12; i++) rows.push(`${name}/${i}.${i % 4 === 0 ? "png" : "jpg"},${name}`);
  }
  put(root, "test/odd/alien.jpg", jpegFile(photo(9999)));
  rows.push("odd/alien.jpg,alien");
  return `${rows.join("\n")}\n`;
}

/** The same pixels by another compression. */
function packedAnew({ width, height, data }: Picture): Uint8Array {
  const rows = new Uint8Array(height * (width * 3 + 1));
  for (let y = 0; y < height; y++) {
    rows.set(data.subarray(y * width * 3, (y + 1) * width * 3), y * (width * 3 + 1) + 1);
  }
  return pngOf([ihdr(width, height, 8, 2), { type: "IDAT", data: deflateSync(rows, { level: 1 }) }, iend]);
}

/** A JPEG with an EXIF block that gives an orientation. */
function withOrientation(file: Uint8Array, orientation: number): Uint8Array {
  const tiff = Buffer.from(
    `4d4d002a000000080001011200030000000100${orientation.toString().padStart(2, "0")}000000000000`,
    "hex",
  );
  const block = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
  return Buffer.concat([
    file.subarray(0, 2),
    Uint8Array.of(0xff, 0xe1, 0, block.length + 2),
    block,
    file.subarray(2),
  ]);
}
