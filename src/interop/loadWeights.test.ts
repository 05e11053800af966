// Weights go into models by name, by rule and by order; what does not fit is told with its reason, and changes nothing.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nn, type Tensor } from "../index.ts";
import { loadWeights, matchWeights, WeightsError, weightsOf } from "./index.ts";
import { encodeNpz } from "./npy.ts";
import { encodePaddle } from "./paddle/write.ts";
import { encodePyTorch } from "./pytorch/write.ts";
import { encodeSafetensors } from "./safetensors.ts";
import type { ArrayData, ArrayToStore } from "./stored/arrays.ts";
import { openWeights } from "./weights.ts";

class Net extends nn.Module {
  readonly conv = new nn.Conv2d(1, 2, 3);
  readonly bn = new nn.BatchNorm2d(2);
  readonly fc1 = new nn.Linear(2, 2);
  readonly fc2 = new nn.Linear(2, 3);

  forward(x: Tensor): Tensor {
    return this.fc2.forward(this.fc1.forward(this.bn.forward(this.conv.forward(x)).mean([2, 3])));
  }
}

const values = async (model: nn.Module) => {
  const found: Record<string, number[]> = {};
  for (const [name, value] of model.stateDict()) found[name] = [...(await value.data())];
  return found;
};

/** A model's arrays under other names; null leaves one out. */
const renamed = async (model: nn.Module, name: (old: string) => string | null) => {
  const found = new Map<string, ArrayToStore>();
  for (const [old, array] of await weightsOf(model)) {
    const now = name(old);
    if (now !== null) found.set(now, array);
  }
  return found;
};

const floats = (...shape: number[]): ArrayData => {
  const size = shape.reduce((a, b) => a * b, 1);
  return { dtype: "float32", shape, data: Float32Array.from({ length: size }, (_, i) => i + 1) };
};

/** The error that a call throws; the model must be as it was. */
async function refused(model: nn.Module, call: () => Promise<unknown>): Promise<Error> {
  const before = await values(model);
  const error = await call().then(
    () => assert.fail("did not throw"),
    (reason: unknown) => reason as Error,
  );
  assert.deepEqual(await values(model), before);
  return error;
}

describe("loadWeights", () => {
  it("takes files of every format, opened files, Blobs, arrays and tensors", async () => {
    const saved = new Net();
    const wanted = await values(saved);
    const arrays = await weightsOf(saved);
    const pt = encodePyTorch(arrays);
    const sources = [
      arrays,
      saved.stateDict(),
      pt,
      new Blob([pt as Uint8Array<ArrayBuffer>]),
      await openWeights(pt),
      encodeNpz(arrays),
      encodeSafetensors(arrays),
      encodePaddle(await weightsOf(saved, { layout: "paddle" })),
    ];
    for (const source of sources) {
      const net = new Net();
      const report = await loadWeights(net, source);
      assert.ok(report.isComplete);
      assert.deepEqual(await values(net), wanted);
    }
  });

  it("casts other dtypes to the model's", async () => {
    const net = new nn.Linear(1, 2);
    const wide: ArrayData = { dtype: "float64", shape: [2, 1], data: Float64Array.of(0.1, 2) };
    const whole: ArrayData = { dtype: "int32", shape: [2], data: Int32Array.of(3, -4) };
    await loadWeights(
      net,
      new Map([
        ["weight", wide],
        ["bias", whole],
      ]),
    );
    assert.deepEqual(await values(net), { weight: [Math.fround(0.1), 2], bias: [3, -4] });
  });

  it("leaves out module. where all begin with it, and needs no counters of batches", async () => {
    const saved = new Net();
    const arrays = await renamed(saved, (name) => (name.includes("num_batches") ? null : `module.${name}`));
    const net = new Net();
    const report = await loadWeights(net, arrays);
    assert.deepEqual(
      [report.prefix, report.kept, report.matched.length],
      ["module.", ["bn.num_batches_tracked"], 10],
    );
    assert.deepEqual(await values(net), await values(saved));
  });

  it("maps names by rules, one after the other", async () => {
    const saved = new Net();
    const arrays = await renamed(saved, (name) => `net.${name.replace(/^fc(\d)/, "head.$1")}`);
    arrays.set("net.extra", floats(1));
    const net = new Net();
    const report = await loadWeights(net, arrays, {
      map: [
        { stripPrefix: "net." },
        { replace: /^head\.(\d)/, with: "fc$1" },
        { addPrefix: "x." },
        (name) => (name === "x.extra" ? null : name.slice(2)),
      ],
    });
    assert.deepEqual(report.leftOut, ["net.extra"]);
    assert.deepEqual(await values(net), await values(saved));
  });

  it("goes by order and shape, and by role where names tell it", async () => {
    const saved = new Net();
    const names = [...saved.stateDict().keys()];
    const leaf = (name: string) => name.slice(name.lastIndexOf(".") + 1);
    const arrays = await renamed(saved, (name) => `block${names.indexOf(name)}.${leaf(name)}`);
    const reversed = new Map([...arrays].filter(([name]) => name.endsWith("bias")));
    for (const [name, array] of arrays) reversed.set(name, array); // all biases first
    const net = new Net();
    const before = await values(net);
    const shown = await matchWeights(net, reversed, { map: "order" });
    assert.deepEqual(await values(net), before);
    assert.match(String(shown), /^conv\.weight +← block0\.weight \[2, 1, 3, 3\]$/m);
    await loadWeights(net, reversed, { map: "order" });
    assert.deepEqual(await values(net), await values(saved));
  });

  it("by order takes Paddle's turned weights", async () => {
    const saved = new Net();
    const arrays = [...(await weightsOf(saved, { layout: "paddle" }))];
    const file = encodePaddle(new Map(arrays.map(([, array], i) => [`p${i}`, array])));
    const net = new Net();
    await loadWeights(net, file, { map: "order" });
    assert.deepEqual(await values(net), await values(saved));
  });

  it("names everything that does not fit, with the nearest and the reason", async () => {
    const net = new Net();
    const arrays = await renamed(net, (name) => name.replace("conv.", "convolution."));
    arrays.set("fc2.weight", floats(2, 3));
    arrays.set("fc1.bias", floats(5));
    const error = await refused(net, () => loadWeights(net, arrays, { file: "net.pt" }));
    assert.ok(error instanceof WeightsError);
    const { missing, unexpected, reshaped, matched } = error.report;
    assert.deepEqual(missing, [
      { name: "conv.weight", as: "conv.weight", shape: [2, 1, 3, 3], nearest: "convolution.weight" },
      { name: "conv.bias", as: "conv.bias", shape: [2], nearest: "convolution.bias" },
    ]);
    assert.deepEqual(
      unexpected.map(({ name, nearest }) => [name, nearest]),
      [
        ["convolution.weight", "conv.weight"],
        ["convolution.bias", "conv.bias"],
      ],
    );
    assert.deepEqual(
      reshaped.map(({ name, shape, found, why }) => [name, shape, found, why]),
      [
        ["fc1.bias", [2], [5], "made for 5 outputs, not 2"],
        [
          "fc2.weight",
          [3, 2],
          [2, 3],
          'it is the transpose, as Paddle keeps dense layers: layout: "paddle" turns it',
        ],
      ],
    );
    assert.equal(matched.length, 7);
    assert.match(
      error.message,
      /^net\.pt: the weights do not fit Net; missing: .* strict: false to load what fits \(7\)$/,
    );
  });

  it("loads what fits where it is not strict, but not where that is nothing", async () => {
    const saved = new Net();
    const arrays = await renamed(saved, (name) => (name.startsWith("fc1") ? null : name));
    arrays.set("fc2.weight", floats(1000, 2));
    const net = new Net();
    const before = await values(net);
    const report = await loadWeights(net, arrays, { strict: false });
    assert.deepEqual(
      report.missing.map(({ name }) => name),
      ["fc1.weight", "fc1.bias"],
    );
    assert.deepEqual(
      report.reshaped.map(({ name }) => name),
      ["fc2.weight"],
    );
    const after = await values(net);
    assert.deepEqual(after["conv.weight"], (await values(saved))["conv.weight"]);
    for (const name of ["fc1.weight", "fc1.bias", "fc2.weight"]) assert.deepEqual(after[name], before[name]);

    const strangers = new Map([["w", floats(7)]]);
    const error = await refused(net, () => loadWeights(net, strangers, { strict: false }));
    assert.match(error.message, /give the model that they were saved from$/);
  });

  it("suggests the rule for a prefix", async () => {
    const saved = new Net();
    const net = new Net();
    const wrapped = await renamed(saved, (name) => `backbone.net.${name}`);
    const outer = await refused(net, () => loadWeights(net, wrapped));
    assert.match(outer.message, /try map: \{ stripPrefix: "backbone\.net\." \}/);
    const whole = new nn.Sequential(net);
    const inner = await refused(whole, async () => loadWeights(whole, await weightsOf(saved)));
    assert.match(inner.message, /try map: \{ addPrefix: "layers\.0\." \}|try map: \{ addPrefix: "0\." \}/);
  });

  it("changes nothing where a tensor can't be read", async () => {
    const net = new Net();
    const file = encodeSafetensors(await weightsOf(net));
    const at = new TextDecoder("latin1").decode(file).indexOf('"I64"');
    const cut = file.slice();
    cut.set(new TextEncoder().encode('"F64"'), at);
    cut.set(new TextEncoder().encode('"U64"'), at);
    const data = new DataView(cut.buffer);
    const header = Number(data.getBigUint64(0, true));
    data.setBigUint64(8 + header, 2n ** 63n, true); // the widest elements are stored first
    const error = await refused(net, () => loadWeights(net, cut));
    assert.match(error.message, /U64 element 9223372036854775808 does not fit int32/);
  });

  it("checks options and rules", async () => {
    const net = new nn.Linear(1, 1);
    const arrays = await weightsOf(net);
    const calls: [RegExp, object][] = [
      [/no option "strickt"; did you mean "strict"/, { strickt: true }],
      [/layout must be one of pytorch, paddle; got "keras"/, { layout: "keras" }],
      [/map: a rule is .*; got \{"strip":"x"\}/, { map: { strip: "x" } }],
      [/map: the function must give a name or null; got undefined for "weight"/, { map: () => undefined }],
      [/map: "weight" and "bias" would both become "w"/, { map: () => "w" }],
    ];
    for (const [message, options] of calls) {
      const error = await refused(net, () => loadWeights(net, arrays, options));
      assert.equal(error.name, "OptionError");
      assert.match(error.message, message);
    }
  });
});

describe("weightsOf", () => {
  it("gives Paddle its names and turned dense weights, and PyTorch its counters as I64", async () => {
    const net = new Net();
    const shapes = (arrays: ReadonlyMap<string, ArrayToStore>) =>
      Object.fromEntries([...arrays].map(([name, { shape }]) => [name, shape]));
    assert.deepEqual(shapes(await weightsOf(net, { layout: "paddle" })), {
      "conv.weight": [2, 1, 3, 3],
      "conv.bias": [2],
      "bn.weight": [2],
      "bn.bias": [2],
      "bn._mean": [2],
      "bn._variance": [2],
      "fc1.weight": [2, 2],
      "fc1.bias": [2],
      "fc2.weight": [2, 3],
      "fc2.bias": [3],
    });
    assert.equal((await weightsOf(net)).get("bn.num_batches_tracked")!.storedAs, "I64");
    const [prelu, norm] = [new nn.PReLU(2), new nn.InstanceNorm2d(2, { affine: true })];
    assert.deepEqual([...(await weightsOf(prelu, { layout: "paddle" })).keys()], ["_weight"]);
    assert.deepEqual([...(await weightsOf(norm, { layout: "paddle" })).keys()], ["scale", "bias"]);
  });
});
