// `fovea review` as a person uses it: text, JSON, weights files, exit codes and mistakes.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { encodeWeights } from "../../src/train/checkpoint.ts";
import { LeNet } from "../../src/vision/index.ts";
import { lenetInfo as info } from "../support/savedLenet.ts";
import { emptyFolder, fovea } from "./cli.ts";

const lenetText = `lenet, 10 classes, pictures of 1×28×28

warning Two linear layers in a row (linear-linear)
  fc1: conv3 before it goes from 256 to 120 values for each place, this one to 64, with no activation between
  Two linear maps in a row are one linear map: the second layer adds weights and work and nothing that one layer could not learn.
  -> Put an activation between them, such as ReLU, or leave one of them out.
  docs/perceptron.md#layers-of-neurons

warning Saturating activation in hidden layers (saturating-hidden)
  conv1: sigmoid 3 times, behind conv1, fc1; all that lie on one way pass at most 1/64 of a gradient
  Their slope goes to 0 for large sums, and that of sigmoid is never above ¼, so that little of the gradient reaches the first layers.
  -> Take ReLU, or one of its relatives, in hidden layers; keep sigmoid for outputs and gates.
  docs/activations.md#the-gradient-that-vanishes

no errors, 2 warnings, no notes
`;

describe("fovea review", () => {
  it("prints what it found, the worst first", async () => {
    const plain = { env: { LC_ALL: "C" } };
    assert.deepEqual(await fovea(["review", "lenet"], plain), { code: 0, out: lenetText, err: "" });
    assert.deepEqual(await fovea(["review"], plain), { code: 0, out: lenetText, err: "" });
  });

  it("puts findings of one kind together, and counts what it leaves out", async () => {
    const { out } = await fovea(["review", "vgg16_bn", "imgsz=224", "classes=1000"]);
    assert.match(
      out,
      /\nnote Bias before batch normalisation \(bias-before-batch-norm\): 13\n {2}features\.0: 64 /,
    );
    assert.match(out, /\n {2}… and 9 more\n/);
    assert.match(out, /\n {2}classifier\.0: 102,764,544 of 138,365,992 parameters \(74%\)/);
    assert.match(out, /\nno errors, 1 warning, 14 notes\n$/);
  });

  it("says when all is well", async () => {
    const { out, code } = await fovea(["review", "model=resnet20", "samples=50000", "fail=note"]);
    assert.deepEqual(
      [code, out],
      [0, "resnet20, 10 classes, pictures of 3×32×32\n\nno errors, no warnings, no notes\n"],
    );
  });

  it("as JSON, with an exit code for errors or for what fail= names", async () => {
    const { out, code } = await fovea(["review", "lenet", "loss=nllLoss", "samples=400", "--json"]);
    const { model, input, classes, loss, samples, findings } = JSON.parse(out);
    assert.deepEqual(
      [code, model, input, classes, loss, samples],
      [1, "lenet", [1, 28, 28], 10, "nllLoss", 400],
    );
    assert.deepEqual(
      findings.map(({ id, severity, layer }: Record<string, string>) => [id, severity, layer]),
      [
        ["loss-does-not-fit", "error", "fc2"],
        ["linear-linear", "warning", "fc1"],
        ["saturating-hidden", "warning", "conv1"],
        ["more-parameters-than-samples", "note", ""],
      ],
    );
    const codes = ["loss=nllLoss fail=never", "fail=warning", "fail=error"].map(
      async (line) => (await fovea(["review", "lenet", ...line.split(" ")])).code,
    );
    assert.deepEqual(await Promise.all(codes), [0, 1, 0]);
  });

  it("of a weights file, and of a run's folder", async () => {
    const cwd = emptyFolder();
    const bytes = await encodeWeights(new LeNet({ classes: 3 }), info);
    mkdirSync(path.join(cwd, "run", "weights"), { recursive: true });
    writeFileSync(path.join(cwd, "run", "weights", "best.safetensors"), bytes);
    for (const where of ["run", "run/weights/best.safetensors"]) {
      const { out, code } = await fovea(["review", where], { cwd });
      assert.equal(code, 0);
      assert.match(
        out,
        /^lenet, 3 classes, pictures of 1×28×28, trained on mnist for 4 epochs, accuracy 98\.70%\n/,
      );
      assert.match(out, /\nno errors, 2 warnings, no notes\n$/);
    }
  });

  const mistakes: readonly (readonly [string, number, RegExp])[] = [
    ["review lenet resnet20", 2, /takes one network or weights file; got lenet resnet20/],
    ["review lenet model=resnet20", 2, /takes one network; got lenet and model=resnet20/],
    ["review model=lennet", 2, /unknown model "lennet"; did you mean "lenet"\?/],
    ["review lennet", 1, /lennet can't be read: there is no such file\. .*did you mean "lenet"\?/],
    ["review nowhere/best.safetensors", 1, /best\.safetensors can't be read: there is no such file$/m],
    ["review lenet loss=crossentropy2", 2, /there is no loss "crossentropy2"; did you mean "crossEntropy"\?/],
    ["review lenet fail=errors", 2, /fail has no choice "errors"; did you mean "error"\?/],
    ["review lenet imgsz=32", 2, /model lenet takes pictures of 1×28×28; got 3×32×32/],
  ];
  for (const [line, code, message] of mistakes) {
    it(`refuses fovea ${line}`, async () => {
      const outcome = await fovea(line.split(" "));
      assert.deepEqual([outcome.code, outcome.out], [code, ""]);
      assert.match(outcome.err, message);
    });
  }
});
