// The command line with nothing to compute: help, mistakes and their exit codes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { explain } from "../../src/cli/explain.ts";
import { commandHelp } from "../../src/cli/help.ts";
import { info } from "../../src/cli/info.ts";
import { parseArguments } from "../../src/cli/options.ts";
import { predict } from "../../src/cli/predict.ts";
import { profile } from "../../src/cli/profile.ts";
import { report } from "../../src/cli/report.ts";
import { review } from "../../src/cli/review.ts";
import { studio } from "../../src/cli/studio.ts";
import { summary } from "../../src/cli/summary.ts";
import { sweep } from "../../src/cli/sweep.ts";
import { train } from "../../src/cli/train.ts";
import { val } from "../../src/cli/val.ts";
import { emptyFolder, fovea } from "./cli.ts";

const escapeSequence = "\x1b";

describe("help", () => {
  it("lists the commands", async () => {
    for (const args of [[], ["--help"], ["help"]]) {
      const { code, out, err } = await fovea(args);
      assert.deepEqual([code, err], [0, ""]);
      assert.match(out, /^fovea: .*\n\nUsage: fovea <command> \[options\]\n\nCommands:\n {2}train /);
    }
  });

  it("shows one command's options", async () => {
    const { code, out } = await fovea(["info", "--help"]);
    assert.equal(code, 0);
    assert.equal(
      out,
      `Show the backend, threads, SIMD level, models, weights and data sets found here.

Usage: fovea info [options]

Options (name=value, --name value and --name=value are the same):
  device=auto|wasm|reference  where to compute; auto takes the fastest there is (default auto)
  threads=<n>                 threads of the wasm device; by default one for each core, at most
                              8
  --strict                    the same bits on every machine: no fused multiply-add on the wasm
                              device
  --revectorize               let V8 pair vectors, an experiment of its own: faster, with the
                              same bits
  --json                      write JSON for scripts instead of text
  --help                      show this

Examples:
  fovea info
  fovea info threads=1 --json
`,
    );
  });

  it("gives examples that are accepted as typed", () => {
    for (const command of [
      train,
      sweep,
      val,
      report,
      predict,
      explain,
      summary,
      review,
      profile,
      info,
      studio,
    ]) {
      assert.ok(command.examples.length >= 2);
      for (const example of command.examples) {
        const [program, name, ...args] = example.split(" ");
        assert.deepEqual([program, name], ["fovea", command.name]);
        parseArguments(args, command.options);
        assert.ok(commandHelp(command).includes(example));
      }
      for (const line of commandHelp(command).split("\n")) assert.ok(line.length <= 100, line);
    }
  });

  it("tells its version and what was found", async () => {
    assert.match((await fovea(["--version"])).out, /^\d+\.\d+\.\d+\n$/);
    const { out, code } = await fovea(["info", "threads=1", "--json"]);
    const facts = JSON.parse(out) as Record<string, unknown>;
    assert.deepEqual([code, facts.backend, facts.threads, facts.node], [0, "wasm", 1, process.version]);
    assert.match(String(facts.simd), /simd128/);
    assert.match((await fovea(["info"])).out, /^backend +wasm\nthreads +\d+\nsimd +simd128/);
    const strict = JSON.parse((await fovea(["info", "--strict", "--revectorize", "--json"])).out);
    assert.deepEqual([strict.simd, typeof strict.tiles], ["simd128", "string"]);
  });
});

describe("fovea profile", () => {
  it("shows the kernels of a step and writes a trace", async () => {
    const cwd = emptyFolder();
    const args = ["profile", "batch=2", "steps=3", "rows=4", "trace=step.json"];
    const { code, out, err } = await fovea(args, { cwd });
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /^lenet, batch 2, train\nstep \d+\.\d+ ms/);
    assert.match(out, /\nkernel .*of roof\n/);
    const trace = JSON.parse(readFileSync(path.join(cwd, "step.json"), "utf8"));
    assert.ok(trace.traceEvents.length > 20);
  });

  it("of a prediction, as JSON", async () => {
    const args = ["profile", "mode=predict", "batch=1", "steps=3", "device=reference", "--json"];
    const { code, out } = await fovea(args);
    const result = JSON.parse(out);
    assert.deepEqual(
      [code, result.backend, result.mode, result.roofGflops],
      [0, "reference", "predict", null],
    );
    assert.equal(result.kernels.filter((k: { kind: string }) => k.kind === "conv2d").length, 2);
  });
});

describe("wrong usage", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["trian", /unknown command "trian"; did you mean "train"\?/],
    ["train --epoch 3", /unknown option "--epoch"; did you mean "epochs"\?/],
    ["train model=lennet", /unknown model "lennet"; did you mean "lenet"\?/],
    ["train model=vgg11", /model vgg11 takes pictures of at least 32×32; got 1×28×28/],
    ["train data=mnits", /unknown data set "mnits"; did you mean "mnist"\?/],
    ["train optimizer=adma", /no choice "adma"; did you mean "adam"\?/],
    ["train lr0=NaN", /lr0 must be a number above 0; got "NaN"/],
    ["train batch=-3", /batch must be a whole number of at least 1; got "-3"/],
    ["train epochs=0", /epochs must be a whole number of at least 1; got "0"/],
    ["train mnist", /train takes options only, such as data=mnist; got "mnist"/],
    ["train name=../x limit=10 device=reference project=/tmp/fovea-none", /name of one folder/],
    ["profile mode=trian", /mode has no choice "trian"; did you mean "train"\?/],
    ["profile lenet", /profile takes options only, such as model=lenet; got lenet/],
    ["val", /val takes one weights file/],
    ["explain lenet-mnist", /explain takes a weights file and one picture; got 1/],
    ["explain lenet-mnist a.png method=gradcm", /did you mean "gradcam"/],
    ["explain lenet-mnist a.png method=occlusion layer=conv1", /layer is for method=gradcam/],
    ["explain lenet-mnist a.png out=map.jpg", /out is a .png file; got "map.jpg"/],
    ["predict weights.safetensors", /a weights file and at least one image/],
  ];

  for (const [line, message] of cases) {
    it(`fovea ${line}`, async () => {
      const { code, out, err } = await fovea(line.split(" "));
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, /^error: /);
      assert.match(err, message);
      assert.ok(!err.includes(escapeSequence) && !/\n +at /.test(err), err);
    });
  }

  it("is told as JSON too", async () => {
    const { code, out } = await fovea(["train", "epochs=0", "--json"]);
    const { error } = JSON.parse(out) as { error: { name: string; message: string } };
    assert.deepEqual([code, error.name], [2, "OptionError"]);
  });

  it("a missing file is a failure, not wrong usage", async () => {
    const { code, err } = await fovea(["val", "nowhere.safetensors"]);
    assert.equal(code, 1);
    assert.match(err, /nowhere\.safetensors can't be read: there is no such file/);
  });
});
