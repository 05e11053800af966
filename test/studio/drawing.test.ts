// What becomes of a drawing before the network gets it, and where numbers stand on the page: pure arithmetic.
import assert from "node:assert/strict";
import { test } from "node:test";
import { centredDigit } from "../../studio/compute/digit.ts";
import { cellOf, cornerOf, mapLayout, numberAt, placeOf } from "../../studio/inspect/mapLayout.ts";
import { paintMaps } from "../../studio/inspect/paintMaps.ts";
import { Raster } from "../../studio/inspect/raster.ts";
import { scaleOf } from "../../studio/inspect/scale.ts";

/** Rows and columns that hold ink: first and last. */
function extent(data: Uint8Array, width: number): { rows: number[]; columns: number[] } {
  const inked = Array.from(data.keys()).filter((i) => data[i]! > 0);
  const rows = inked.map((i) => Math.floor(i / width));
  const columns = inked.map((i) => i % width);
  const ends = (list: number[]) => [Math.min(...list), Math.max(...list)];
  return { rows: ends(rows), columns: ends(columns) };
}

function centre(data: Uint8Array, width: number): [number, number] {
  let [mass, x, y] = [0, 0, 0];
  for (const [i, value] of data.entries()) {
    mass += value;
    x += value * ((i % width) + 0.5);
    y += value * (Math.floor(i / width) + 0.5);
  }
  return [x / mass, y / mass];
}

test("strokes have round ends, soft edges and the same pixels every time", () => {
  const raster = new Raster(40);
  assert.equal(raster.isEmpty, true);
  const area = raster.stroke([10, 20], [30, 20], 4);
  assert.deepEqual(area, { left: 5, top: 15, width: 30, height: 10 });
  assert.deepEqual(extent(raster.data, 40), { rows: [16, 23], columns: [6, 33] });
  assert.equal(raster.data[20 * 40 + 20], 255);
  const again = new Raster(40);
  again.stroke([30, 20], [10, 20], 4);
  assert.deepEqual(again.data, raster.data);
  assert.equal(raster.stroke([-30, 5], [-20, 5], 4), null);
  raster.clear();
  assert.ok(raster.data.every((value) => value === 0));
});

test("a digit is fitted into 20 × 20 of 28 × 28, with its centre of mass in the middle, wherever it was drawn", () => {
  const draw = (dx: number, dy: number) => {
    const raster = new Raster(280);
    raster.stroke([30 + dx, 20 + dy], [110 + dx, 20 + dy], 9);
    raster.stroke([110 + dx, 20 + dy], [60 + dx, 130 + dy], 9);
    return centredDigit({ width: 280, height: 280, channels: 1, data: raster.data }, 28, 28);
  };
  const digit = draw(0, 0);
  const { rows, columns } = extent(digit.data, 28);
  assert.equal(rows[1]! - rows[0]! + 1, 20);
  assert.ok(columns[1]! - columns[0]! + 1 < 20, "the aspect ratio is kept");
  for (const at of centre(digit.data, 28)) assert.ok(Math.abs(at - 14) <= 0.51, String(at));
  assert.deepEqual(draw(140, 120).data, digit.data);
  const larger = centredDigit({ width: 28, height: 28, channels: 1, data: digit.data }, 32, 32);
  assert.equal(extent(larger.data, 32).rows[1]! - extent(larger.data, 32).rows[0]! + 1, 23);
  const empty = centredDigit({ width: 9, height: 9, channels: 1, data: new Uint8Array(81) }, 28, 28);
  assert.ok(empty.data.length === 784 && empty.data.every((value) => value === 0));
});

test("every number of a sheet of maps is found under the point where it is drawn", () => {
  for (const shape of [[6, 24, 24], [16, 4, 4], [120, 1, 1], [64], [28, 28], [3, 112, 112]]) {
    const layout = mapLayout(shape, 500);
    assert.ok(layout.width <= 500, shape.join());
    for (const share of [0, 0.4, 1]) {
      const [map, row, column] = [layout.maps, layout.rows, layout.columns].map((n) =>
        Math.round(share * (n - 1)),
      );
      const [left, top] = cornerOf(layout, map!);
      const point = [left + (column! + 0.5) * layout.scale, top + (row! + 0.5) * layout.scale] as const;
      assert.deepEqual(numberAt(layout, ...point), [map, row, column], shape.join());
      assert.deepEqual(placeOf(shape, cellOf(shape, map!, row!, column!)), [map, row, column]);
    }
  }
  const layout = mapLayout([6, 24, 24], 500);
  assert.equal(numberAt(layout, 24 * layout.scale + 1, 5), null, "between two maps");
  assert.equal(numberAt(layout, 5, layout.height + 1), null);
});

test("colours: none at 0, the ends at the largest size of the step or of each map", () => {
  const layout = mapLayout([2, 1, 2], 500);
  const scale = scaleOf("light");
  const colours = (by: "step" | "map", data: readonly number[]) => {
    const pixels = new Uint32Array(layout.width * layout.height);
    paintMaps(pixels, layout, Float32Array.from(data), scale, by);
    return [0, 1].flatMap((map) => {
      const [left] = cornerOf(layout, map);
      return [pixels[left]!, pixels[left + layout.scale]!].map((pixel) => scale.indexOf(pixel) - 255);
    });
  };
  assert.deepEqual(colours("step", [0, -1, 2, 4]), [0, -64, 128, 255]);
  assert.deepEqual(colours("map", [0, -1, 2, 4]), [0, -255, 128, 255]);
  assert.deepEqual(colours("step", [Number.NaN, 0, Number.POSITIVE_INFINITY, 4]), [0, 0, 255, 255]);
  assert.deepEqual(colours("step", [0, 0, 0, 0]), [0, 0, 0, 0]);
});
