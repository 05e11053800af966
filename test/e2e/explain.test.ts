// `fovea explain` on weights that come with the package, and a drawn digit: what it writes and says, and what it refuses.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { before, describe, it } from "node:test";
import { decodeImage, encodePng } from "../../src/picture/index.ts";
import { Canvas } from "../../src/plot/canvas.ts";
import { emptyFolder, fovea } from "./cli.ts";

const cwd = emptyFolder();

describe("fovea explain", () => {
  before(async () => {
    const seven = new Canvas(56, 56); // dark on white paper, so that it is turned round
    seven.line(
      [
        [16, 14],
        [40, 14],
        [24, 44],
      ],
      5,
      [20, 20, 20],
    );
    writeFileSync(path.join(cwd, "seven.png"), await encodePng(seven));
  });

  it("writes input and map side by side, and says what the network thinks", async () => {
    const { code, out, err } = await fovea(["explain", "lenet-mnist", "seven.png", "threads=1"], { cwd });
    assert.deepEqual([code, err], [0, ""]);
    assert.match(
      out,
      /^seven\.png {2}7 \d+\.\d% .*\ngradcam of 7 at pool2: explain\.png\nthe map's largest value is [\d.e-]+, in units/,
    );
    const { width, height, data } = await decodeImage(readFileSync(path.join(cwd, "explain.png")));
    assert.deepEqual([width, height], [556, 298]);
    // Coloured on the right alone.
    const isColoured = (from: number, to: number) => {
      for (let y = 40; y < 280; y++) {
        for (let x = from; x < to; x++) {
          const at = 3 * (y * width + x);
          if (Math.abs(data[at]! - data[at + 2]!) > 20) return true;
        }
      }
      return false;
    };
    assert.deepEqual([isColoured(12, 264), isColoured(276, 528)], [false, true]);
  });

  it("never takes another picture's place by itself", async () => {
    writeFileSync(path.join(cwd, "own.png"), "mine");
    const args = ["explain", "lenet-mnist", "seven.png", "out=own.png", "threads=1", "--json"];
    const aside = JSON.parse((await fovea(args, { cwd })).out) as { picture: string };
    assert.equal(aside.picture, "own2.png");
    assert.equal(readFileSync(path.join(cwd, "own.png"), "utf8"), "mine");
    const over = JSON.parse((await fovea([...args, "--exist-ok"], { cwd })).out) as { picture: string };
    assert.equal(over.picture, "own.png");
    assert.notEqual(readFileSync(path.join(cwd, "own.png"), "utf8"), "mine");
  });

  for (const [args, layer, unit] of [
    [["layer=conv2", "target=2"], "conv2", /score/],
    [["method=saliency"], null, /score/],
    [["method=integrated"], null, /score/],
    [["method=occlusion", "size=6"], null, /probability/],
  ] as const) {
    it(`as JSON: ${args.join(" ")}`, async () => {
      const { code, out } = await fovea(
        ["explain", "lenet-mnist", "seven.png", "threads=1", "--json", ...args],
        { cwd },
      );
      const found = JSON.parse(out);
      assert.deepEqual([code, found.model, found.inverted, found.layer], [0, "lenet", true, layer]);
      assert.match(found.map.unit, unit);
      assert.deepEqual([found.map.width, found.map.height], [28, 28]);
      assert.ok(found.map.most > 0);
      assert.equal(found.top[0].class, "7");
      assert.equal(found.target.class, args.some((arg) => arg === "target=2") ? "2" : "7");
    });
  }

  it("says what it does not know", async () => {
    const wrong = async (...args: string[]) => {
      const { code, err } = await fovea(["explain", "lenet-mnist", "seven.png", "threads=1", ...args], {
        cwd,
      });
      return `${code} ${err}`;
    };
    assert.match(await wrong("target=seven"), /^2 .*there is no class "seven"; Known: 0 0, 1 1, /s);
    assert.match(await wrong("layer=pol2"), /^2 .*LeNet has no layer "pol2"; did you mean "pool2"\?/s);
  });
});
