import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cropped, jpegFile, mapped, photo } from "../../test/support/photos.ts";
import { decodeImage } from "../picture/image.ts";
import { type Picture, resized, toGrey, upright } from "../picture/picture.ts";
import { align, pyramidOf } from "./alignment.ts";
import { colourGrid, type FileGlance, glanceAt } from "./glance.ts";
import { bestMatch, signatureOf, thumbnailSize } from "./signature.ts";
import { NearSearch } from "./twins.ts";

const thumbnailOf = (picture: Picture): Uint8Array =>
  toGrey(resized(picture, thumbnailSize, thumbnailSize)).data;

/** What a file of the picture would give. */
function glanceOf(picture: Picture): FileGlance {
  const thumbnail = thumbnailOf(picture);
  const small = resized(picture, colourGrid, colourGrid).data;
  const colour = new Uint8Array(2 * colourGrid ** 2);
  for (let i = 0; i < colourGrid ** 2; i++) {
    colour[i] = 128 + (small[3 * i]! - small[3 * i + 1]!) / 2;
    colour[colourGrid ** 2 + i] = 128 + (small[3 * i + 2]! - small[3 * i + 1]!) / 2;
  }
  return {
    ...glanceAt(picture, thumbnail),
    orientation: 1,
    misnamed: null,
    thumbnail,
    colour,
    signature: signatureOf(thumbnail),
    fileSum: "",
    pixelSum: "",
  };
}

/** How alike two pictures are found to be; null for two different ones. */
function compared(a: Picture, b: Picture): { likeness: number; turn: number } | null {
  const search = new NearSearch();
  search.add(0, glanceOf(a));
  search.add(1, glanceOf(b));
  const [twins] = search.twins;
  return twins ? { likeness: twins.likeness, turn: twins.turn } : null;
}

const close = (value: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(value - expected) <= tolerance, `${value} is not within ${tolerance} of ${expected}`);

describe("signatures", () => {
  it("have invariants that no turn changes, and name the turn", () => {
    const picture = photo(1, 80, 60);
    const own = signatureOf(thumbnailOf(picture))!;
    for (let turn = 1; turn <= 8; turn++) {
      const other = signatureOf(thumbnailOf(upright(picture, turn)))!;
      for (const [i, value] of own.invariants.entries()) close(other.invariants[i]!, value, 0.01);
      const match = bestMatch(own, other, 0.9)!;
      assert.equal(match.turn, turn);
      close(match.correlation, 1, 0.001);
    }
  });

  it("do not change with brightness and contrast", () => {
    const picture = mapped(photo(2), (value) => 60 + 0.4 * value);
    const own = signatureOf(thumbnailOf(picture))!;
    const other = signatureOf(thumbnailOf(mapped(picture, (value) => 1.5 * value - 50)))!;
    for (const [i, value] of own.coefficients.entries()) close(other.coefficients[i]!, value, 0.01);
  });

  it("allow for a crop, and not for another picture", () => {
    const picture = photo(3, 100, 80);
    const own = signatureOf(thumbnailOf(picture))!;
    const crop = signatureOf(thumbnailOf(cropped(picture, 4, 0, 95, 77)))!;
    const plain = own.coefficients.reduce((sum, value, i) => sum + value * crop.coefficients[i]!, 0);
    const { correlation } = bestMatch(own, crop, 0)!;
    assert.ok(correlation > 0.95 && correlation > plain + 0.02, `${correlation} and ${plain}`);
    assert.equal(bestMatch(own, signatureOf(thumbnailOf(photo(4)))!, 0.9), null);
    assert.equal(signatureOf(new Uint8Array(thumbnailSize ** 2).fill(9)), null);
  });
});

describe("alignment", () => {
  it("lays a crop on its original", () => {
    const picture = photo(5, 200, 160);
    const crop = cropped(picture, 8, 2, 186, 150);
    const found = align(pyramidOf(thumbnailOf(picture)), pyramidOf(thumbnailOf(crop)))!;
    assert.ok(found.fine > 0.97 && found.coarse > 0.99 && found.overlap === 1, JSON.stringify(found));
    const back = align(pyramidOf(thumbnailOf(crop)), pyramidOf(thumbnailOf(picture)))!;
    assert.ok(back.fine > 0.97 && back.overlap > 0.8 && back.overlap < 0.95, JSON.stringify(back));
  });

  it("gives up on another picture", () => {
    assert.equal(align(pyramidOf(thumbnailOf(photo(6))), pyramidOf(thumbnailOf(photo(7)))), null);
  });
});

describe("near twins", () => {
  it("are found after each change that keeps the picture", async () => {
    for (let seed = 10; seed < 16; seed++) {
      const picture = photo(seed, 120, 90);
      const changes: [string, number, Picture][] = [
        ["coded anew", 1, await decodeImage(jpegFile(picture, 25))],
        ["half the size", 1, resized(picture, 60, 45)],
        ["squeezed", 1, resized(picture, 90, 90)],
        ["darker", 1, mapped(picture, (value) => 0.6 * value)],
        ["cropped", 1, cropped(picture, 3, 2, 114, 85)],
        [
          "mirrored, darker and cropped",
          2,
          cropped(
            mapped(upright(picture, 2), (v) => 0.8 * v),
            1,
            3,
            116,
            86,
          ),
        ],
        ...[2, 3, 4, 5, 6, 7, 8].map((turn): [string, number, Picture] => [
          `turn ${turn}`,
          turn,
          upright(picture, turn),
        ]),
      ];
      for (const [name, turn, changed] of changes) {
        const found = compared(picture, changed);
        assert.ok(found, `${seed} ${name}`);
        assert.equal(found.turn, turn, `${seed} ${name}`);
        assert.ok(found.likeness > 0.92 && found.likeness < 1.0001);
      }
    }
  });

  it("are no pictures of like things on the same ground", () => {
    // One shape on white with patterns of its own each time, as clothes in a catalogue.
    const garment = (seed: number): Picture => {
      const pattern = photo(seed, 120, 120);
      const data = pattern.data.map((value, i) => {
        const [x, y] = [Math.floor(i / 3) % 120, Math.floor(i / 360)];
        const inside = Math.abs(x - 60) < 34 - y / 10 && y > 15 && y < 105;
        return inside ? 40 + value / 4 : 240;
      });
      return { ...pattern, data };
    };
    for (let a = 0; a < 8; a++) {
      for (let b = 0; b < a; b++) assert.equal(compared(garment(20 + a), garment(20 + b)), null, `${a} ${b}`);
    }
    assert.ok(compared(garment(20), upright(garment(20), 2)));
  });

  it("are no pictures that differ in colour alone", () => {
    const picture = photo(30);
    const [first, second] = [
      { ...picture, data: picture.data.map((value, i) => (i % 3 === 0 ? value : 0.5 * value)) },
      { ...picture, data: picture.data.map((value, i) => (i % 3 === 2 ? value : 0.5 * value)) },
    ];
    assert.equal(compared(first, second), null);
  });

  it("are not looked for in pictures that show nothing", () => {
    const flat = mapped(photo(31), (value) => 120 + value / 60);
    assert.equal(compared(flat, flat), null);
  });
});
