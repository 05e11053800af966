// Initial values: their moments and bounds against the formulas, fans and gains against PyTorch's, and rules for whole models.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { manualSeed, nn, OptionError, ShapeError, type Tensor } from "../../index.ts";

const { init } = nn;

/** Elements of as many tensors of a shape as give at least 60,000. */
function draw(rule: nn.init.Initializer, shape: readonly number[]): Float64Array {
  const values: number[] = [];
  while (values.length < 60_000) for (const value of rule(shape).dataSync()) values.push(value);
  return Float64Array.from(values);
}

function momentsOf(values: Float64Array): { mean: number; deviation: number; low: number; high: number } {
  const mean = values.reduce((a, b) => a + b) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
  const sorted = values.slice().sort();
  return { mean, deviation, low: sorted[0]!, high: sorted.at(-1)! };
}

/** Fails where values do not look like normal ones of mean 0; five standard errors are allowed. */
function assertNormal(values: Float64Array, deviation: number, what: string): void {
  const seen = momentsOf(values);
  const root = Math.sqrt(values.length);
  assert.ok(Math.abs(seen.mean) < (5 * deviation) / root, `${what}: mean ${seen.mean}`);
  assert.ok(Math.abs(seen.deviation / deviation - 1) < 5 / (Math.SQRT2 * root), `${what}: ${seen.deviation}`);
  assert.ok(seen.high > 3 * deviation && seen.low < -3 * deviation, `${what}: tails`);
}

/** The same for uniform ones in ±bound. */
function assertUniform(values: Float64Array, bound: number, what: string): void {
  const seen = momentsOf(values);
  const root = Math.sqrt(values.length);
  assert.ok(Math.abs(seen.mean) < (3 * bound) / root, `${what}: mean ${seen.mean}`);
  assert.ok(Math.abs(seen.deviation / (bound / Math.sqrt(3)) - 1) < 3 / root, `${what}: ${seen.deviation}`);
  assert.ok(seen.high <= bound && seen.low >= -bound, `${what}: within ±${bound}`);
  assert.ok(seen.high > 0.999 * bound && seen.low < -0.999 * bound, `${what}: up to ±${bound}`);
}

/** What torch 2.13 draws for weights of these shapes: bounds of uniform rules, deviations of normal ones. */
const torchScales = [
  {
    shape: [64, 32],
    fans: [32, 64],
    xavierUniformGain2: 0.5,
    xavierNormal: 0.144337567297,
    kaimingUniformRoot5: 0.176776695297,
    kaimingNormal: 0.25,
    kaimingNormalOutTanh: 0.208333333333,
  },
  {
    shape: [3, 7],
    fans: [7, 3],
    xavierUniformGain2: 1.549193338483,
    xavierNormal: 0.4472135955,
    kaimingUniformRoot5: 0.377964473009,
    kaimingNormal: 0.534522483825,
    kaimingNormalOutTanh: 0.962250448649,
  },
  {
    shape: [16, 8, 3, 3],
    fans: [72, 144],
    xavierUniformGain2: 0.333333333333,
    xavierNormal: 0.096225044865,
    kaimingUniformRoot5: 0.117851130198,
    kaimingNormal: 0.166666666667,
    kaimingNormalOutTanh: 0.138888888889,
  },
  {
    shape: [8, 16, 5, 5],
    fans: [400, 200],
    xavierUniformGain2: 0.2,
    xavierNormal: 0.057735026919,
    kaimingUniformRoot5: 0.05,
    kaimingNormal: 0.070710678119,
    kaimingNormalOutTanh: 0.117851130198,
  },
  {
    shape: [24, 6, 5],
    fans: [30, 120],
    xavierUniformGain2: 0.4,
    xavierNormal: 0.115470053838,
    kaimingUniformRoot5: 0.182574185835,
    kaimingNormal: 0.258198889747,
    kaimingNormalOutTanh: 0.152145154863,
  },
  {
    shape: [32, 1, 3, 3],
    fans: [9, 288],
    xavierUniformGain2: 0.284267621807,
    xavierNormal: 0.082060993986,
    kaimingUniformRoot5: 0.333333333333,
    kaimingNormal: 0.471404520791,
    kaimingNormalOutTanh: 0.098209275165,
  },
] as const;

describe("scaled rules", () => {
  for (const { shape, fans, ...scales } of torchScales) {
    it(`have PyTorch's scale for [${shape.join(", ")}]`, () => {
      manualSeed(7);
      assert.deepEqual([init.fanIn(shape), init.fanOut(shape)], fans);
      assertUniform(draw(init.xavierUniform({ gain: 2 }), shape), scales.xavierUniformGain2, "xavierUniform");
      assertNormal(draw(init.xavierNormal(), shape), scales.xavierNormal, "xavierNormal");
      const root5 = init.kaimingUniform({ a: Math.sqrt(5) });
      assertUniform(draw(root5, shape), scales.kaimingUniformRoot5, "kaimingUniform");
      assertNormal(draw(init.kaimingNormal(), shape), scales.kaimingNormal, "kaimingNormal");
      const out = init.kaimingNormal({ mode: "fanOut", nonlinearity: "tanh" });
      assertNormal(draw(out, shape), scales.kaimingNormalOutTanh, "kaimingNormal of fanOut");
      assertUniform(draw(init.lecunUniform(), shape), Math.sqrt(3 / fans[0]), "lecunUniform");
      assertNormal(draw(init.lecunNormal(), shape), 1 / Math.sqrt(fans[0]), "lecunNormal");
    });
  }

  it("know PyTorch's gains", () => {
    const names = ["linear", "sigmoid", "tanh", "relu", "leakyRelu", "selu"] as const;
    assert.deepEqual(
      names.map((name) => init.calculateGain(name).toFixed(12)),
      [
        "1.000000000000",
        "1.000000000000",
        "1.666666666667",
        "1.414213562373",
        "1.414142856998",
        "0.750000000000",
      ],
    );
    assert.equal(init.calculateGain("leakyRelu", 0.2).toFixed(12), "1.386750490563");
    assert.throws(() => init.calculateGain("leaky_relu" as "leakyRelu"), /Did you mean leakyRelu/);
  });

  it("need fans", () => {
    assert.throws(() => init.xavierUniform()([3]), ShapeError);
    assert.throws(() => init.kaimingNormal({ mode: "fan_out" as "fanOut" })([3, 3]), OptionError);
  });
});

describe("plain rules", () => {
  it("have the moments that they are given", () => {
    manualSeed(1);
    const drawn = draw(init.normal({ mean: 2, std: 0.5 }), [100]);
    assertNormal(
      drawn.map((x) => x - 2),
      0.5,
      "normal",
    );
    assertUniform(
      draw(init.uniform({ a: -3, b: 1 }), [100]).map((x) => x + 1),
      2,
      "uniform",
    );
    assert.deepEqual(
      [...init.uniform()([500]).dataSync()].filter((x) => x < 0 || x >= 1),
      [],
    );
  });

  it("cut the normal distribution's tails", () => {
    manualSeed(2);
    // Mean and variance by the formulas of the truncated normal distribution.
    for (const [a, b, mean, std, expectedMean, expectedVariance] of [
      [-2, 2, 0, 1, 0, 0.7737413035499232],
      [-1, 3, 1, 0.5, 1, 0.24973232259311845],
      [0.5, 1, 0, 1, 0.7345404588412989, 0.020517995256375543],
    ] as const) {
      const seen = momentsOf(draw(init.truncatedNormal({ mean, std, a, b }), [1000]));
      assert.ok(
        Math.abs(seen.mean - expectedMean) < 5 * Math.sqrt(expectedVariance / 60_000),
        `${seen.mean}`,
      );
      assert.ok(Math.abs(seen.deviation ** 2 / expectedVariance - 1) < 0.03, `${seen.deviation ** 2}`);
      assert.ok(seen.low >= a && seen.high <= b);
      const reach = Math.min(b, mean + 3 * std) - Math.max(a, mean - 3 * std);
      assert.ok(seen.high - seen.low > 0.98 * reach, "reaches the bounds");
    }
  });

  it("give fixed values", () => {
    const list = (x: Tensor) => [...x.dataSync()];
    assert.deepEqual(list(init.constant(0.3)([2])), [Math.fround(0.3), Math.fround(0.3)]);
    assert.deepEqual(list(init.zeros()([2])), [0, 0]);
    assert.deepEqual(list(init.ones()([2])), [1, 1]);
    assert.deepEqual(list(init.eye()([2, 3])), [1, 0, 0, 0, 1, 0]);
    assert.deepEqual(placesOf(init.dirac({ groups: 2 })([4, 2, 3, 4])), [
      [0, 0, 1, 2],
      [1, 1, 1, 2],
      [2, 0, 1, 2],
      [3, 1, 1, 2],
    ]);
    assert.deepEqual(placesOf(init.dirac()([2, 3, 5])), [
      [0, 0, 2],
      [1, 1, 2],
    ]);
  });
});

/** Where a tensor is not 0. */
function placesOf(x: Tensor): number[][] {
  return [...x.dataSync()].flatMap((value, at) => {
    if (value === 0) return [];
    let rest = at;
    const place = x.shape.toReversed().map((size) => {
      const i = rest % size;
      rest = Math.floor(rest / size);
      return i;
    });
    return [place.reverse()];
  });
}

describe("orthogonal", () => {
  for (const shape of [
    [5, 5],
    [8, 3],
    [3, 8],
    [6, 2, 3, 3],
    [64, 64],
    [1, 4],
  ]) {
    it(`has rows or columns at right angles for [${shape.join(", ")}]`, () => {
      manualSeed(3);
      const gain = 2;
      const q = init.orthogonal({ gain })(shape).flatten(1).div(gain);
      const products = q.shape[0]! <= q.shape[1]! ? q.matmul(q.t()) : q.t().matmul(q);
      const size = products.shape[0]!;
      products.dataSync().forEach((value, at) => {
        const expected = at % (size + 1) === 0 ? 1 : 0;
        assert.ok(Math.abs(value - expected) < 1e-6, `element ${at} is ${value}`);
      });
    });
  }

  it("has no preferred direction", () => {
    manualSeed(4);
    const determinants = Array.from({ length: 200 }, () => {
      const [a, b, c, d] = init.orthogonal()([2, 2]).dataSync();
      return Math.round(a! * d! - b! * c!);
    });
    const turns = determinants.filter((value) => value === 1).length;
    assert.ok(turns > 65 && turns < 135, `${turns} of 200 are rotations, the rest are reflections`);
  });
});

describe("initial values of layers and models", () => {
  const values = (model: nn.Module) =>
    Object.fromEntries(Array.from(model.stateDict(), ([name, x]) => [name, [...x.dataSync()]]));

  it("come from the options of a layer", () => {
    const layer = new nn.Linear(2, 2, { init: { weight: init.eye(), bias: init.constant(3) } });
    assert.deepEqual(values(layer), { weight: [1, 0, 0, 1], bias: [3, 3] });
  });

  it("are set for a whole model, but for norms and embeddings", () => {
    const model = new nn.Sequential(
      new nn.Embedding(3, 2),
      new nn.Conv2d(2, 2, 1),
      new nn.BatchNorm2d(2),
      new nn.Sequential(new nn.Linear(2, 2, { bias: false }), new nn.LayerNorm(2)),
    );
    const before = values(model);
    assert.equal(init.apply(model, init.constant(7)), model);
    assert.deepEqual(values(model), {
      ...before,
      "1.weight": [7, 7, 7, 7],
      "1.bias": [0, 0],
      "3.0.weight": [7, 7, 7, 7],
    });
  });

  it("are set by name, with the rule's options, the same for the same seed", () => {
    const model = new nn.MLP(3, [4, 2]);
    const draws = [5, 5, 6].map((seed) => {
      manualSeed(seed);
      return values(init.apply(model, "xavierUniform", { gain: 0.001 }));
    });
    assert.deepEqual(draws[0], draws[1]);
    assert.notDeepEqual(draws[0], draws[2]);
    assert.ok(draws[0]!["0.weight"]!.every((x) => Math.abs(x) < 0.001));
    assert.throws(() => init.apply(model, "kaimingnormal" as "kaimingNormal"), /Did you mean kaimingNormal/);
  });
});
