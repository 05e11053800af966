// `fovea inspect`, `fovea convert` and `fovea export` as a person uses them.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { before, describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import "../../src/index.ts";
import {
  type ArrayToStore,
  encodeSafetensors,
  loadWeights,
  readWeights,
  weightsOf,
} from "../../src/interop/index.ts";
import { encodeWeights } from "../../src/train/checkpoint.ts";
import { LeNet } from "../../src/vision/index.ts";
import { lenetInfo as info } from "../support/savedLenet.ts";
import { emptyFolder, fovea } from "./cli.ts";

const cwd = emptyFolder();
const file = (name: string) => path.join(cwd, name);
const saved = new LeNet({ classes: 3 });
const paddle = gunzipSync(
  readFileSync(new URL("../../../test/oracle/weights/lenet.pdparams.gz", import.meta.url)),
);
const mixed = new Map<string, ArrayToStore>([
  [
    "w",
    {
      dtype: "float32",
      shape: [2, 3],
      data: Float32Array.of(0, 1, 2, Number.NaN, Number.POSITIVE_INFINITY, -3),
      storedAs: "BF16",
    },
  ],
  ["steps\x1b[31m", { dtype: "int32", shape: [], data: Int32Array.of(7), storedAs: "I64" }],
]);

before(async () => {
  mkdirSync(file("run/weights"), { recursive: true });
  writeFileSync(file("run/weights/best.safetensors"), await encodeWeights(saved, info));
  writeFileSync(file("lenet.pdparams"), paddle);
  writeFileSync(file("mixed.safetensors"), encodeSafetensors(mixed, new Map([["epoch", "4"]])));
});

const sameValues = async (net: LeNet) => {
  const wanted = saved.stateDict();
  for (const [name, value] of net.stateDict())
    assert.deepEqual(await value.data(), await wanted.get(name)!.data(), name);
};

describe("fovea inspect", () => {
  it("prints tensors with statistics, and what a file says of itself", async () => {
    const { code, out, err } = await fovea(["inspect", "mixed.safetensors"], { cwd });
    assert.deepEqual({ code, err }, { code: 0, err: "" });
    const lines = out.split("\n").map((line) => line.replaceAll(/ +/g, " ").trim());
    assert.match(lines[0]!, /^mixed\.safetensors: safetensors, \d+ B, 2 tensors, 7 values$/);
    assert.deepEqual(lines.slice(1), [
      "epoch: 4",
      "",
      "tensor type shape bytes min max mean std zeros NaN inf",
      "w BF16 [2, 3] 12 B -3 2 0 1.871 1 1 1",
      "steps\\x1b[31m I64 [] 8 B 7 7 7 0 0 0 0",
      "",
      "values that are not finite in 1 tensors: w",
      "",
    ]);
  });

  it("as JSON, of a run's folder, and without reading the tensors", async () => {
    const whole = JSON.parse((await fovea(["inspect", "mixed.safetensors", "--json"], { cwd })).out);
    assert.deepEqual(whole.metadata, { epoch: "4" });
    assert.deepEqual(whole.tensors[0], {
      name: "w",
      shape: [2, 3],
      storedAs: "BF16",
      bytes: 12,
      stats: { min: -3, max: 2, mean: 0, std: Math.sqrt(3.5), zeros: 1, nan: 1, infinite: 1 },
    });
    const run = JSON.parse((await fovea(["inspect", "run", "stats=false", "--json"], { cwd })).out);
    assert.equal(run.metadata.model, "lenet");
    assert.deepEqual(run.tensors[0], {
      name: "conv1.weight",
      shape: [6, 1, 5, 5],
      storedAs: "F32",
      bytes: 600,
    });
  });

  it("refuses what is no file of weights", async () => {
    writeFileSync(file("page.pt"), "<html>");
    const { code, err } = await fovea(["inspect", "page.pt"], { cwd });
    assert.equal(code, 1);
    assert.match(err, /^error: page\.pt: it is a page of HTML or XML/);
    const folder = await fovea(["inspect", "run/weights"], { cwd });
    assert.match(
      folder.err,
      /run\/weights has no weights\/best\.safetensors; give the folder of a run that has/,
    );
    assert.equal((await fovea(["inspect"], { cwd })).code, 2);
  });
});

describe("fovea convert", () => {
  it("keeps names, values and element types, and writes nothing over a file", async () => {
    const { code, out } = await fovea(["convert", "mixed.safetensors", "mixed.pt"], { cwd });
    assert.equal(code, 0);
    assert.match(out, /^mixed\.pt: pt, 2 tensors, /);
    const again = await fovea(["convert", "mixed.safetensors", "mixed.pt"], { cwd });
    assert.equal(again.code, 2);
    assert.match(again.err, /mixed\.pt is there already; give another name, or exist-ok to replace it/);
    const back = await fovea(["convert", "mixed.pt", "back.safetensors", "--json"], { cwd });
    const { tensors } = JSON.parse(back.out);
    assert.deepEqual(
      tensors.map((tensor: { storedAs: string }) => tensor.storedAs),
      ["BF16", "I64"],
    );
    assert.deepEqual(
      (await readWeights(file("back.safetensors"))).tensors.get("w")!.data,
      mixed.get("w")!.data,
    );
  });

  it("widens what a format lacks, and rounds where that is asked for", async () => {
    await fovea(["convert", "mixed.safetensors", "mixed.npz"], { cwd });
    assert.deepEqual((await readWeights(file("mixed.npz"))).tensors.get("w")!.data, mixed.get("w")!.data);
    const { out } = await fovea(["convert", "lenet.pdparams", "half.npz", "dtype=float16", "--json"], {
      cwd,
    });
    assert.ok(JSON.parse(out).tensors.every((tensor: { storedAs: string }) => tensor.storedAs === "F16"));
  });

  it("changes names by rules", async () => {
    for (const [from, to] of [
      ["run", "run.npz"],
      ["lenet.pdparams", "lenet.npz"],
    ] as const) {
      const rules = "map=s/^conv(\\d)/block\\1.conv/; s|fc|head|";
      const { out } = await fovea(["convert", from, to, rules, "--json"], { cwd });
      const names = JSON.parse(out).tensors.map(({ name }: { name: string }) => name);
      assert.deepEqual([names[0], names.at(-1)], ["block1.conv.weight", "head2.bias"]);
    }
    const wrong = await fovea(["convert", "lenet.pdparams", "x.npz", "map=s/fc/"], { cwd });
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /map: expected substitutions such as s\/\^linear\\\.\/fc\.\/; got "s\/fc\/"/);
    const none = await fovea(["convert", "lenet.pdparams", "x.npz", "strip-prefix=net."], { cwd });
    assert.match(none.err, /strip-prefix: no name begins with "net\."; the first is "conv1\.weight"/);
  });

  it("turns Paddle's layout where the network is known, and says so where it is not", async () => {
    await fovea(["convert", "lenet.pdparams", "lenet.pt", "model=lenet"], { cwd });
    const { tensors } = await readWeights(file("lenet.pt"));
    assert.deepEqual(tensors.get("fc1.weight")!.shape, [64, 120]);
    const { out } = await fovea(["convert", "lenet.pdparams", "raw.npz"], { cwd });
    assert.match(
      out,
      /names and values are as they were; model= converts between Paddle's layout and PyTorch's/,
    );
    const shown = await fovea(["convert", "lenet.pt", "again.pdparams", "model=lenet", "map=order"], { cwd });
    assert.match(shown.out, /^fc1\.weight +← fc1\.weight \[64, 120\]$/m);
    const again = await readWeights(file("again.pdparams"));
    assert.deepEqual([...again.tensors], [...(await readWeights(file("lenet.pdparams"))).tensors]);
    const other = await fovea(["convert", "lenet.pt", "x.pt", "model=lenet", "classes=3"], { cwd });
    assert.equal(other.code, 1);
    assert.match(other.err, /fc2\.weight \[3, 64\], not \[10, 64\] \(made for 10 outputs, not 3\)/);
  });
});

describe("fovea export", () => {
  it("writes each format beside the weights, named after the network", async () => {
    for (const format of ["pt", "pdparams", "npz", "safetensors"]) {
      const { code, out, err } = await fovea(["export", "run", `format=${format}`], { cwd });
      assert.deepEqual({ code, err }, { code: 0, err: "" });
      assert.ok(out.startsWith(`run/weights/lenet.${format}: lenet as ${format}, 10 tensors, `), out);
      const net = new LeNet({ classes: 3 });
      await loadWeights(net, file(`run/weights/lenet.${format}`));
      await sameValues(net);
    }
    const { tensors } = await readWeights(file("run/weights/lenet.pdparams"));
    assert.deepEqual(
      [...tensors].map(([name, { shape }]) => [name, shape]),
      [...(await weightsOf(saved, { layout: "paddle" }))].map(([name, { shape }]) => [name, shape]),
    );
  });

  it("in half precision as safetensors it is still a classifier", async () => {
    const args = ["export", "run", "out=half.safetensors", "dtype=bfloat16", "--json"];
    const { out } = await fovea(args, { cwd });
    assert.equal(JSON.parse(out).model, "lenet");
    const summary = await fovea(["summary", "half.safetensors", "depth=0"], { cwd });
    assert.match(summary.out, /^lenet, 3 classes, trained on mnist for 4 epochs, accuracy 98\.70%/);
  });

  it("needs a format, and a run", async () => {
    const none = await fovea(["export", "run"], { cwd });
    assert.deepEqual([none.code, /export needs a format/.test(none.err)], [2, true]);
    const missing = await fovea(["export", "nowhere", "format=pt"], { cwd });
    assert.equal(missing.code, 1);
    assert.match(missing.err, /nowhere.*there is no such file/);
  });
});
