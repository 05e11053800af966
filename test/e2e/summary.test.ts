// `fovea summary` as a person uses it: tables, JSON, weights files and mistakes.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { encodeWeights } from "../../src/train/checkpoint.ts";
import { LeNet } from "../../src/vision/index.ts";
import { lenetInfo as info } from "../support/savedLenet.ts";
import { emptyFolder, fovea } from "./cli.ts";

const lenetTable = `lenet, 10 classes
input float32 [1, 1, 28, 28]

layer              output          parameters  multiply-adds    memory  field  jump  centre
LeNet              [1, 10]                                        40 B     28
  conv1 Conv2d     [1, 6, 24, 24]         156         86,400  13.5 KiB      5     1       2
  pool1 MaxPool2d  [1, 6, 12, 12]                              3.4 KiB      6     2     2.5
  conv2 Conv2d     [1, 16, 8, 8]        2,416        153,600   4.0 KiB     14     2     6.5
  pool2 MaxPool2d  [1, 16, 4, 4]                               1.0 KiB     16     4     7.5
  conv3 Conv2d     [1, 120, 1, 1]      30,840         30,720     480 B     28
  fc1 Linear       [1, 64]              7,744          7,680     256 B     28
  fc2 Linear       [1, 10]                650            640      40 B     28

parameters     41,806, all trainable: 163.3 KiB
multiply-adds  279,040
input          3.1 KiB
activations    22.6 KiB in the outputs of all layers
one pass       17.0 KiB at once, fused, without gradients
`;

describe("fovea summary", () => {
  it("prints the table", async () => {
    assert.deepEqual(await fovea(["summary"]), { code: 0, out: lenetTable, err: "" });
  });

  it("of pictures as asked, at once even where the network is large", async () => {
    const { out, code } = await fovea(["summary", "model=vgg16", "imgsz=224", "classes=1000", "depth=1"]);
    assert.equal(code, 0);
    assert.match(out, /^vgg16, 1000 classes\ninput float32 \[1, 3, 224, 224\]\n/);
    assert.match(
      out,
      /\n {2}features Sequential +\[1, 512, 7, 7\] +14,714,688 +15,346,630,656 +98\.0 KiB +212 +32 +15\.5\n/,
    );
    assert.match(out, /\nmultiply-adds +15,470,264,320\n/);
    const wide = await fovea(["summary", "model=resnet20", "imgsz=48x64", "channels=1", "depth=0"]);
    assert.match(wide.out, /\ninput float32 \[1, 1, 48, 64\]\n/);
  });

  it("as JSON", async () => {
    const { out, code } = await fovea(["summary", "model=resnet20", "--json"]);
    const { model, inputs, rows, totals } = JSON.parse(out);
    assert.deepEqual([code, model, inputs[0].shape], [0, "resnet20", [1, 3, 32, 32]]);
    assert.equal(totals.parameters, 272_474);
    const block = rows.find((row: { path: string }) => row.path === "layer1.0");
    assert.deepEqual([block.name, block.depth, block.field[0].field], ["BasicBlock", 2, 7]);
  });

  it("of a weights file, and of a run's folder", async () => {
    const cwd = emptyFolder();
    const bytes = await encodeWeights(new LeNet({ classes: 3 }), info);
    mkdirSync(path.join(cwd, "run", "weights"), { recursive: true });
    writeFileSync(path.join(cwd, "run", "weights", "best.safetensors"), bytes);
    for (const where of ["run", "run/weights/best.safetensors"]) {
      const { out, code } = await fovea(["summary", where], { cwd });
      assert.equal(code, 0);
      assert.match(out, /^lenet, 3 classes, trained on mnist for 4 epochs, accuracy 98\.70%\n/);
      assert.match(out, /\n {2}fc2 Linear +\[1, 3\] +195 /);
    }
    const { code, err } = await fovea(["summary", "run", "model=lenet", "classes=3"], { cwd });
    assert.deepEqual([code, /model, classes can't be chosen/.test(err)], [2, true]);
  });

  const mistakes: readonly (readonly [string, RegExp])[] = [
    ["summary lenet", /takes networks as an option: model=lenet/],
    ["summary model=lennet", /unknown model "lennet"; did you mean "lenet"\?/],
    ["summary imgsz=0", /imgsz must be a size in pixels, such as 224 or 480x640; got "0"/],
    ["summary imgsz=32x", /got "32x"/],
    ["summary model=lenet imgsz=32", /model lenet takes pictures of 1×28×28; got 3×32×32/],
    ["summary depth=-1", /depth must be a whole number of at least 0/],
  ];
  for (const [line, message] of mistakes) {
    it(`refuses fovea ${line}`, async () => {
      const { code, out, err } = await fovea(line.split(" "));
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, message);
    });
  }
});
