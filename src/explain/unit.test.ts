// Single units: what they may see, what they see, what drives them.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertClose } from "../../test/support/close.ts";
import { formula } from "../../test/support/formula.ts";
import { grad, manualSeed, nn, Tensor, tensor } from "../index.ts";
import { CifarResNet, LeNet } from "../vision/index.ts";
import { activations, features, maximise, topPatches, unitView } from "./index.ts";
import { layerOutput } from "./layerOutput.ts";

const pictures = (channels: number, side: number, count = 1) =>
  formula("pictures", [count, channels, side, side], -1, 1);

/** Rows and columns of all elements other than 0. */
function touched(map: Tensor): { top: number; left: number; height: number; width: number } {
  const [, columns] = map.shape as [number, number];
  const places = [...map.dataSync().entries()].flatMap(([i, value]) => (value === 0 ? [] : [i]));
  const rows = places.map((i) => Math.floor(i / columns));
  const lefts = places.map((i) => i % columns);
  const [top, left] = [Math.min(...rows), Math.min(...lefts)];
  return { top, left, height: Math.max(...rows) - top + 1, width: Math.max(...lefts) - left + 1 };
}

describe("unitView", () => {
  const cases: [string, () => nn.Module, string, [number, number]][] = [
    ["in the middle", () => new nn.Sequential(new nn.Conv2d(1, 2, 5)), "0", [3, 4]],
    ["cut at the corner", () => new nn.Sequential(new nn.Conv2d(1, 2, 5, { padding: 2 })), "0", [0, 11]],
    [
      "strided twice",
      () =>
        new nn.Sequential(
          new nn.Conv2d(1, 2, 3, { stride: 2, padding: 1 }),
          new nn.Conv2d(2, 2, 3, { stride: 2, padding: 1 }),
        ),
      "1",
      [1, 2],
    ],
    [
      "dilated behind a pooling",
      () =>
        new nn.Sequential(
          new nn.Conv2d(1, 2, 3, { padding: 1 }),
          new nn.AvgPool2d(2),
          new nn.Conv2d(2, 2, 3, { dilation: 2, padding: 2 }),
        ),
      "2",
      [5, 0],
    ],
  ];
  for (const [name, make, layer, at] of cases) {
    it(`has a box that the gradient fills: ${name}`, () => {
      manualSeed(1);
      const view = unitView(make(), pictures(1, 12), { layer, channel: 1, at });
      assert.deepEqual(touched(view.map), view.box);
    });
  }

  it("cuts what lies in the padding, and says where it would have been", () => {
    const model = new nn.Sequential(new nn.Conv2d(1, 1, 5, { padding: 2 }));
    const { field, box } = unitView(model, pictures(1, 12), { layer: "0", channel: 0, at: [0, 11] });
    assert.deepEqual(field, { top: -2, left: 9, height: 5, width: 5 });
    assert.deepEqual(box, { top: 0, left: 9, height: 3, width: 3 });
  });

  it("that sees padding alone has an empty box and no gradient", () => {
    const model = new nn.Sequential(new nn.Conv2d(1, 1, 1, { padding: 2 }));
    const { field, box, map } = unitView(model, pictures(1, 4), { layer: "0", channel: 0, at: [7, 3] });
    assert.deepEqual([field.top, box], [5, { top: 4, left: 1, height: 0, width: 1 }]);
    assert.ok(map.dataSync().every((value) => value === 0));
  });

  it("of a residual network lies within its box, and the value is the activation's", () => {
    manualSeed(2);
    const model = new CifarResNet(20);
    const x = pictures(3, 32);
    const { map, box, value, at } = unitView(model, x, { layer: "layer2.0.conv1", channel: 3 });
    const inside = touched(map);
    assert.ok(inside.top >= box.top && inside.left >= box.left);
    x.requiresGrad = true;
    const unit = layerOutput("test", model, x, "layer2.0.conv1")
      .select(1, 3)
      .select(1, at[0])
      .select(1, at[1]);
    const whole = grad(unit.sum(), [x])[0]!.detach().abs();
    const held = whole.slice(2, box.top, box.top + box.height).slice(3, box.left, box.left + box.width);
    const [all, own] = [whole.sum().itemSync(), held.sum().itemSync()];
    assert.ok(own > 0 && Math.abs(all - own) < 1e-5 * all, `${all} ${own}`);
    const maps = activations(model, x, { layers: ["layer2.0.conv1"] }).get("layer2.0.conv1")!.output;
    const channel = maps.select(1, 3);
    assert.ok(Math.abs(value - channel.amax().itemSync()) < 1e-6);
    assert.ok(Math.abs(channel.select(0, 0).select(0, at[0]).select(0, at[1]).itemSync() - value) < 1e-6);
  });

  it("of a dense layer sees all of the picture", () => {
    const { box, at } = unitView(new LeNet(), pictures(1, 28), { layer: "fc1", channel: 7 });
    assert.deepEqual([box, at], [{ top: 0, left: 0, height: 28, width: 28 }, [0, 0]]);
  });
});

describe("maximise", () => {
  it("finds the kernel that a convolution looks for", async () => {
    manualSeed(0);
    const model = new nn.Sequential(new nn.Conv2d(2, 3, 3));
    const { picture, values } = await maximise(model, [2, 3, 3], {
      layer: "0",
      channel: 2,
      steps: 60,
      blurEvery: 0,
    });
    const kernel = (model.layers[0] as nn.Conv2d).weight.dataSync().subarray(36, 54);
    const found = picture.dataSync();
    const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      Array.from(a).reduce((sum, v, i) => sum + v * b[i]!, 0);
    const cosine = dot(found, kernel) / Math.sqrt(dot(found, found) * dot(kernel, kernel));
    assert.ok(cosine > 0.99, `${cosine}`);
    assert.ok(values.length === 61 && values.at(-1)! > values[0]! + 1);
  });

  it("drives a class up, the same way for the same seed", async () => {
    manualSeed(0);
    const model = new LeNet();
    const run = (seed: number) => maximise(model, [1, 28, 28], { channel: 4, steps: 8, seed });
    const [a, b, other] = [await run(1), await run(1), await run(2)];
    assert.ok(a.values.at(-1)! > a.values[0]!);
    assert.deepEqual([...a.picture.dataSync()], [...b.picture.dataSync()]);
    assert.notDeepEqual([...a.picture.dataSync()], [...other.picture.dataSync()]);
    assert.ok(model.training);
  });

  it("stops when it is asked to", async () => {
    const stop = new AbortController();
    const onProgress = ({ done }: { done: number }) => done === 2 && stop.abort();
    const running = maximise(new LeNet(), [1, 28, 28], { channel: 0, onProgress, signal: stop.signal });
    await assert.rejects(running, { name: "AbortError" });
  });
});

describe("topPatches", () => {
  it("finds the pictures and places that hold what the filter looks for", async () => {
    const model = new nn.Sequential(new nn.Conv2d(1, 1, 2, { bias: false }));
    const filter = model.layers[0] as nn.Conv2d;
    filter.weight.assign(
      tensor([
        [
          [
            [1, -1],
            [-1, 1],
          ],
        ],
      ]),
    );
    const data = new Float32Array(6 * 25);
    const put = (n: number, row: number, column: number, size: number) => {
      data[n * 25 + row * 5 + column] = size;
      data[n * 25 + (row + 1) * 5 + column + 1] = size;
    };
    put(1, 0, 3, 2);
    put(4, 2, 1, 3);
    put(5, 3, 0, 3);
    const shared = new Float32Array(50); // a loader may use a batch's memory again
    const batches = function* () {
      for (const first of [0, 2, 4]) {
        shared.set(data.subarray(first * 25, (first + 2) * 25));
        yield [Tensor.fromArray(shared, [2, 1, 5, 5])] as const;
      }
      shared.fill(9);
    };
    const found = await topPatches(model, batches(), {
      layer: "0",
      channel: 0,
      count: 3,
      prepare: (x) => x.mul(2),
    });
    assert.deepEqual(
      found.map(({ index, value, at, box }) => [index, value, at, box.top, box.left]),
      [
        [4, 12, [2, 1], 2, 1],
        [5, 12, [3, 0], 3, 0],
        [1, 8, [0, 3], 0, 3],
      ],
    );
    assert.deepEqual([...found[0]!.patch.dataSync()], [3, 0, 0, 3]);
  });
});

describe("features", () => {
  it("are what the last dense layer takes", () => {
    const model = new LeNet();
    const x = pictures(1, 28, 3);
    const found = features(model, x);
    assert.deepEqual(found.shape, [3, 64]);
    model.eval();
    assertClose(model.fc2.forward(found).dataSync(), model.forward(x).dataSync(), "the head on its features");
  });
});
