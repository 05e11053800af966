// Colours of equal steps, and maps over pictures.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Colour } from "./canvas.ts";
import { colourAt } from "./colourMap.ts";
import { heatPicture, overlayPicture } from "./overlay.ts";

/** OKLab of sRGB bytes. */
function perceived([red, green, blue]: Colour): [number, number, number] {
  const [r, g, b] = [red, green, blue].map((byte) => {
    const value = byte / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

describe("colours", () => {
  it("rise evenly in lightness, by steps that look equal", () => {
    const colours = Array.from({ length: 18 }, (_, i) => perceived(colourAt(i / 17)));
    const steps = colours.slice(1).map(([l, a, b], i) => {
      const [l0, a0, b0] = colours[i]!;
      assert.ok(l > l0);
      return Math.sqrt((l - l0) ** 2 + (a - a0) ** 2 + (b - b0) ** 2);
    });
    assert.ok(Math.max(...steps) < 1.1 * Math.min(...steps), `${Math.min(...steps)} ${Math.max(...steps)}`);
  });

  it("have ends, which stand for what is outside", () => {
    assert.deepEqual(colourAt(-1), colourAt(0));
    assert.deepEqual(colourAt(7), colourAt(1));
    assert.deepEqual(colourAt(Number.NaN), colourAt(0));
    assert.notDeepEqual(colourAt(0), colourAt(1));
  });
});

describe("overlays", () => {
  const grey = { width: 4, height: 2, channels: 1, data: new Uint8Array(8).fill(100) };

  it("leave the picture, or dim it, where the map is 0 or less, and colour it where it is highest", () => {
    const { data, channels } = overlayPicture(
      grey,
      { width: 2, height: 1, values: [-3, 2] },
      { opacity: 1, dim: 0 },
    );
    assert.equal(channels, 3);
    assert.deepEqual([...data.subarray(0, 3)], [100, 100, 100]);
    assert.deepEqual([...data.subarray(9, 12)], [...colourAt(1)]);
    const none = overlayPicture(grey, { width: 1, height: 1, values: [0] });
    assert.ok(none.data.every((value) => value === 60));
  });

  it("show maps by themselves, to a common scale", () => {
    const { data } = heatPicture({ width: 3, height: 1, values: [0, 1, 4] }, { most: 2 });
    assert.deepEqual([...data], [...colourAt(0), ...colourAt(0.5), ...colourAt(1)]);
  });

  it("say what is wrong with a map", () => {
    assert.throws(
      () => heatPicture({ width: 2, height: 2, values: [1] }),
      /a map of 2 × 2 needs 4 values; got 1/,
    );
    assert.throws(
      () => overlayPicture(grey, { width: 1, height: 1, values: [1] }, { opacity: 2 }),
      /opacity must be/,
    );
    assert.throws(
      () => heatPicture({ width: 1, height: 1, values: [1] }, { most: 0 }),
      /most must be a number above 0/,
    );
  });
});
