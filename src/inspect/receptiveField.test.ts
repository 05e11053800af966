// Receptive fields against what outputs really depend on.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createReferenceBackend } from "../check/index.ts";
import { cat, grad, nn, noGrad, ones, type Shape, Tensor, tensor, withBackend, zeros } from "../index.ts";
import { type ConvOptions, conv2d } from "../ops/conv.ts";
import { avgPool2d, maxPool2d } from "../ops/pool.ts";
import { withGrad } from "../tensor/gradmode.ts";
import { Random } from "../tensor/random.ts";
import { type ReceptiveField, receptiveField } from "./receptiveField.ts";

/** A model of one function; its layers are in a field of their own. */
class Net extends nn.Module {
  readonly layers: readonly nn.Module[];
  readonly #body: (x: Tensor) => Tensor;

  constructor(layers: readonly nn.Module[], body: (x: Tensor) => Tensor) {
    super();
    this.layers = layers;
    this.#body = body;
  }

  forward(x: Tensor): Tensor {
    return this.#body(x);
  }
}

const of = (body: (x: Tensor) => Tensor) => new Net([], body);

function conv(inChannels: number, outChannels: number, kernel: number, options: nn.Conv2dOptions = {}) {
  // Positive weights, so that nothing cancels.
  const share = 1 / (inChannels * kernel * kernel);
  const weight = nn.init.uniform({ a: 0.5 * share, b: share });
  return new nn.Conv2d(inChannels, outChannels, kernel, { ...options, init: { weight } });
}

/** Convolutions side by side whose results are added. */
function sideBySide(parts: readonly nn.Module[]): nn.Module {
  return new Net(parts, (x) => parts.map((part) => part.forward(x)).reduce((a, b) => a.add(b)));
}

function joinedUp(parts: readonly nn.Module[]): nn.Module {
  return new Net(parts, (x) =>
    cat(
      parts.map((part) => part.forward(x)),
      1,
    ),
  );
}

/** A 4×4 convolution of 2 channels to 1 the other way round: the gradient of the convolution from 1 to 2. */
function transposed(x: Tensor, options: ConvOptions): Tensor {
  const { stride = 1, padding = 0 } = options as Record<string, number>;
  const size = (axis: number) => (x.shape[axis]! - 1) * stride - 2 * padding + 4;
  const z = zeros([x.shape[0]!, 1, size(2), size(3)], { requiresGrad: true });
  const y = withGrad(true, () =>
    conv2d(z, ones([2, 1, 4, 4]), null, options)
      .mul(x)
      .sum(),
  );
  return grad(y, [z])[0]!;
}

/**
 * First and last row (axis 2) or column (axis 3) that each place of the output along that axis depends on: in sample r of a batch row r is far
 * larger, and with positive weights what sees it grows.
 */
function dependence(model: nn.Module, [channels, height, width]: Shape, axis: 2 | 3): [number, number][] {
  const size = [height!, width!][axis - 2]!;
  const shape = [1, channels!, height!, width!];
  const random = new Random(3);
  const base = Float64Array.from({ length: channels! * height! * width! }, () => random.uniform());
  const many = new Float64Array((size + 1) * base.length);
  for (let r = 0; r <= size; r++) {
    many.set(base, r * base.length);
    for (let i = 0; i < base.length; i++) {
      const at = axis === 2 ? Math.floor(i / width!) % height! : i % width!;
      if (at === r) many[r * base.length + i] = 1e4;
    }
  }
  const y = withBackend(createReferenceBackend(), () =>
    noGrad(() => {
      const out = model.forward(Tensor.fromArray(many, [size + 1, ...shape.slice(1)]).cast("float32"));
      return out.sum([1, axis === 2 ? 3 : 2]).toArraySync() as number[][];
    }),
  );
  const still = y[size]!;
  return still.map((value, place) => {
    const rows = Array.from({ length: size }, (_, r) => r).filter((r) => y[r]![place] !== value);
    return [rows[0] ?? -1, rows.at(-1) ?? -1];
  });
}

/** Holds the predicted intervals of all places along both axes against what they depend on; gives how many were inside the picture. */
function compare(model: nn.Module, shape: Shape): number {
  const field = receptiveField(model.eval(), shape);
  let inner = 0;
  for (const axis of [2, 3] as const) {
    const size = shape[axis - 1]!;
    for (const [place, seen] of dependence(model, shape, axis).entries()) {
      const channels = Array.from({ length: field.shape[1]! }, (_, c) =>
        field.at([0, c, ...(axis === 2 ? [place, 0] : [0, place])]),
      ).map((axes) => axes[axis - 2]!);
      const first = Math.min(...channels.map(([low]) => low));
      const last = Math.max(...channels.map(([, high]) => high));
      if (first >= 0 && last < size) {
        assert.deepEqual(seen, [first, last], `place ${place} of axis ${axis}`);
        inner++;
      } else {
        const [low, high] = seen;
        const why = `place ${place} of axis ${axis}: [${first}, ${last}] for [${low}, ${high}]`;
        assert.ok(first <= low && high <= last, why);
      }
    }
  }
  return inner;
}

/** A random network for `channels` channels: convolutions, poolings, branches and shortcuts. */
function randomNet(random: Random, depth: number): nn.Module {
  let channels = 2;
  const pick = (from: number, to: number) => from + random.integer(to - from + 1);
  const part = (): nn.Module => {
    const kernel = pick(1, 4);
    const to = pick(1, 3);
    const from = channels;
    switch (random.integer(6)) {
      case 0: {
        channels = to;
        const dilation = pick(1, 2);
        return conv(from, to, kernel, { stride: pick(1, 2), padding: pick(0, kernel - 1), dilation });
      }
      case 1:
        return new nn.MaxPool2d(kernel, { stride: pick(1, 2), padding: Math.floor(kernel / 2) });
      case 2:
        return new nn.AvgPool2d([kernel, pick(1, 3)], { stride: [pick(1, 2), pick(1, 3)] });
      case 3: {
        channels = to;
        const stride = pick(1, 2);
        const inner = new nn.Sequential(
          conv(from, 2, 3, { stride, padding: 1 }),
          new nn.ReLU(),
          conv(2, to, 3, { padding: 1 }),
        );
        return sideBySide([inner, conv(from, to, 1, { stride })]);
      }
      case 4: {
        channels = 2 + to;
        const dilation = pick(1, 3);
        return joinedUp([
          conv(from, 1, 5, { padding: 2 }),
          conv(from, to, 3, { padding: dilation, dilation }),
          new nn.Sequential(new nn.MaxPool2d(3, { stride: 1, padding: 1 }), conv(from, 1, 1)),
        ]);
      }
      default:
        return new nn.Sequential(
          conv(from, from, 3, { groups: from, padding: 1 }),
          new nn.BatchNorm2d(from),
          new nn.ReLU(),
        );
    }
  };
  return new nn.Sequential(...Array.from({ length: depth }, part));
}

describe("receptive fields are what outputs depend on", () => {
  const cases: Record<string, nn.Module> = {
    convolution: conv(2, 1, 3, { padding: 1 }),
    "stride above the kernel": conv(2, 1, 2, { stride: 3 }),
    dilation: new nn.Sequential(conv(2, 1, 3, { dilation: 3 }), conv(1, 1, 2, { dilation: 2, stride: 2 })),
    "stride and padding": new nn.Sequential(
      conv(2, 2, 3, { stride: 2, padding: 1 }),
      conv(2, 1, 3, { padding: 1 }),
    ),
    poolings: of((x) => avgPool2d(maxPool2d(x, 3, { stride: 2, padding: 1 }), [2, 3], { stride: 1 })),
    "branches of unlike stride": of((x) => {
      const small = avgPool2d(x, 4); // [N, C, 6, 6]
      return x.slice(2, 0, 6).slice(3, 0, 6).add(small);
    }),
    "a flip": of((x) => avgPool2d(x.flip([2, 3]), 3, { stride: 2 })),
    "a crop": of((x) => avgPool2d(x, 3, { stride: 1 }).slice(2, 3, 15).slice(3, 2, undefined, 2)),
    "rows and columns exchanged twice": of((x) =>
      avgPool2d(x.permute([0, 1, 3, 2]), [1, 5]).permute([0, 1, 3, 2]),
    ),
    "channels last, all pixels in one axis": of((x) => {
      const [n, c, h, w] = x.shape as [number, number, number, number];
      const rows = x
        .permute([0, 2, 3, 1])
        .reshape([n * h * w, c])
        .matmul(tensor([[1], [1]]));
      return avgPool2d(rows.reshape([n, h, w, 1]).permute([0, 3, 1, 2]), 3);
    }),
    "space to depth": of((x) => {
      const [n, c, h, w] = x.shape as [number, number, number, number];
      const blocks = x.reshape([n, c, h / 2, 2, w / 2, 2]).permute([0, 1, 3, 5, 2, 4]);
      return avgPool2d(blocks.reshape([n, 4 * c, h / 2, w / 2]), 2, { stride: 1 });
    }),
    "depth to space": of((x) => {
      const y = cat([avgPool2d(x, 2), avgPool2d(x, 2)], 1); // [N, 4, 12, 12]
      const [n, , h, w] = y.shape as [number, number, number, number];
      return y
        .reshape([n, 1, 2, 2, h, w])
        .permute([0, 1, 4, 2, 5, 3])
        .reshape([n, 1, 2 * h, 2 * w]);
    }),
    "a transposed convolution": of((x) => transposed(x, { stride: 2, padding: 1 })),
    "a transposed convolution of stride 3": of((x) => transposed(x, { stride: 3 })),
    "columns of means": of((x) => avgPool2d(x.mean(2).mul(2).unsqueeze(2), [1, 3])),
    "squeeze and excitation": of((x) => x.mul(x.mean([2, 3], { keepdim: true }))),
    "nearest neighbour": of((x) =>
      x.indexSelect(2, tensor([0, 3, 6, 9, 12, 15, 18, 21], { dtype: "int32" })),
    ),
    "the whole picture": new Net([], (x) => x.mean([2, 3], { keepdim: true })),
  };
  for (const [name, model] of Object.entries(cases)) {
    it(name, () => {
      assert.ok(compare(model, [2, 24, 24]) > 0);
    });
  }

  it("in sixty random networks", () => {
    let inner = 0;
    for (let seed = 0; seed < 60; seed++) {
      const random = new Random(seed, 7);
      const model = randomNet(random, 1 + random.integer(4));
      const shape = [2, 26 + random.integer(5), 25 + random.integer(5)];
      try {
        receptiveField(model, shape);
      } catch {
        continue; // a window that does not fit
      }
      inner += compare(model, shape);
    }
    assert.ok(inner > 500, String(inner));
  });

  it("and the gradient is other than 0 at just these pixels", () => {
    for (let seed = 0; seed < 12; seed++) {
      const random = new Random(seed, 8);
      const model = new nn.Sequential(
        conv(1, 2, 2 + random.integer(3), { stride: 1 + random.integer(2), padding: random.integer(2) }),
        sideBySide([
          conv(2, 2, 3, { padding: 1 }),
          new nn.Sequential(conv(2, 1, 3, { padding: 1 }), conv(1, 2, 3, { padding: 1 })),
        ]),
        new nn.AvgPool2d(2, { stride: 1 + random.integer(2) }),
        conv(2, 1, 2, { dilation: 1 + random.integer(2) }),
      );
      const x = Tensor.fromArray(new Float32Array(30 * 30).fill(1), [1, 1, 30, 30]);
      x.requiresGrad = true;
      const y = model.forward(x);
      const place = y.shape[2]! >> 1;
      const [dx] = grad(y.select(3, place).select(2, place).sum(), [x]);
      const seen = (dx!.sum([0, 1, 3]).toArraySync() as number[]).flatMap((v, i) => (v === 0 ? [] : [i]));
      const [rows, columns] = receptiveField(model, [1, 30, 30]).at([0, 0, place, place]);
      assert.deepEqual([seen[0], seen.at(-1)], rows);
      assert.deepEqual(rows, columns);
    }
  });
});

describe("receptive fields of other inputs", () => {
  const summary = ({ axes }: ReceptiveField) =>
    axes.map(({ input, axis, field, jump }) => [input, axis, field, jump]);

  it("of several inputs each has its own", () => {
    class Two extends nn.Module {
      readonly left = conv(1, 1, 3);
      readonly right = conv(1, 1, 5, { padding: 1 });
      forward(a: Tensor, b: Tensor): Tensor {
        return this.left.forward(a).add(this.right.forward(b));
      }
    }
    const shapes = [
      [1, 12, 12],
      [1, 12, 12],
    ];
    const both = receptiveField(new Two(), shapes);
    assert.deepEqual(summary(both), [
      [0, 2, 3, 1],
      [0, 3, 3, 1],
      [1, 2, 5, 1],
      [1, 3, 5, 1],
    ]);
    const right = receptiveField(new Two(), shapes, { layer: "right" });
    assert.deepEqual(
      summary(right).map(([input]) => input),
      [1, 1],
    );
  });

  it("of tokens along their sequence", () => {
    const weight = new nn.Parameter(nn.init.uniform({ a: 0.5, b: 1 })([7, 4]));
    const model = new Net([], (tokens) => {
      const [n, t] = tokens.shape as [number, number];
      const rows = weight.indexSelect(0, tokens.reshape([n * t])).reshape([n, t, 4]); // [n, t, 4]
      return avgPool2d(rows.permute([0, 2, 1]).unsqueeze(2), [1, 3], { stride: 2 });
    });
    const [axis] = receptiveField(model, [11], { dtype: "int32" }).axes;
    assert.deepEqual([axis!.axis, axis!.size, axis!.field, axis!.jump], [1, 11, 3, 2]);
  });

  it("of sequences whose axis is named", () => {
    const model = new Net([], (x) =>
      x
        .slice(1, 2)
        .add(x.slice(1, 0, -2))
        .exp(),
    );
    const found = receptiveField(model, [9, 4], { axes: [1] });
    assert.deepEqual(summary(found), [[0, 1, 3, 1]]);
  });

  it("of bins and enlarged pictures, by their bands", () => {
    const bins = receptiveField(new nn.AdaptiveAvgPool2d(5), [1, 12, 12]);
    for (let i = 0; i < 5; i++) {
      const [first, last] = bins.at([0, 0, i, 0])[0]!;
      assert.ok(first <= Math.floor((i * 12) / 5) && last >= Math.ceil(((i + 1) * 12) / 5) - 1);
      assert.ok(last - first < 5);
    }
    const twice = new Net([], (x) => x.indexSelect(2, tensor([0, 0, 1, 1, 2, 2, 3, 3], { dtype: "int32" })));
    const [first, last] = receptiveField(twice, [1, 4, 4]).at([0, 0, 5, 0])[0]!;
    assert.ok(first <= 2 && last >= 2 && last - first <= 1);
  });
});
