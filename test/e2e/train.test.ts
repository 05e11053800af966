// Training, measuring and predicting from the command line, on a part of MNIST.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { before, describe, it } from "node:test";
import { mnist } from "../../src/data/mnist.ts";
import { encodeJpeg, encodePng } from "../../src/picture/index.ts";
import { emptyFolder, fovea, type Outcome } from "./cli.ts";

const cwd = emptyFolder();
const read = (...parts: string[]) => readFileSync(path.join(cwd, ...parts));
const tiny = ["train", "limit=320", "epochs=2", "batch=32"];

describe("a run", () => {
  let first: Outcome;

  // Enough pictures and steps for the digits that are asked about below.
  before(async () => {
    first = await fovea("train data=mnist model=lenet --epochs 4 limit=6400 lr0=0.004".split(" "), { cwd });
  });

  it("writes a plain line per epoch into a pipe, then accuracy, confusions and the folder", () => {
    assert.deepEqual([first.code, first.err], [0, ""]);
    const lines = first.out.split("\n");
    assert.match(
      lines[0]!,
      /^lenet \(41,806 parameters\) on mnist \(6,400 \+ 6,400 pictures\), wasm, 4 epochs → runs.classify.train$/,
    );
    for (let epoch = 1; epoch <= 4; epoch++) {
      assert.match(
        lines[epoch]!,
        new RegExp(`^epoch ${epoch}/4  train/loss \\d\\.\\d{4}  val/loss \\d\\.\\d{4}  top1 [\\d.]+%  `),
      );
    }
    assert.match(first.out, /\ntrue +0 +1 +2 +3 +4 +5 +6 +7 +8 +9 +recall\n/);
    assert.match(first.out, /\ntest accuracy \d+\.\d\d% .*\nsaved in runs.classify.train /);
    assert.ok(!first.out.includes("\x1b") && !first.out.includes("\r"));
  });

  it("leaves its options, results, weights and summary", () => {
    const folder = path.join(cwd, "runs/classify/train");
    const names = readdirSync(folder).sort();
    assert.deepEqual(
      names.map((name) => name.replace(/^(events\.out\.tfevents)\.\d{10}\..+$/, "$1")),
      [
        "args.yaml",
        "checkpoints",
        "confusion_matrix.png",
        "doctor.json",
        "events.jsonl",
        "events.out.tfevents",
        "report.html",
        "results.csv",
        "results.png",
        "summary.json",
        "train_batch0.jpg",
        "weights",
      ],
    );
    assert.deepEqual(readdirSync(path.join(folder, "weights")).sort(), [
      "best.safetensors",
      "last.safetensors",
    ]);
    assert.deepEqual(readdirSync(path.join(folder, "checkpoints")).sort(), [
      "epoch-00003-step-000000.safetensors",
      "epoch-00004-step-000000.safetensors",
      "manifest.json",
    ]);
    const args = read("runs/classify/train/args.yaml").toString();
    assert.match(
      args,
      /^task: classify\ndata: mnist\nmodel: lenet\nweights: null\nepochs: 4\nbatch: 64\noptimizer: adamw\nlr0: 0.004\n/,
    );
    const rows = read("runs/classify/train/results.csv").toString().trim().split("\n");
    assert.equal(
      rows[0],
      "epoch,time,train/loss,metrics/accuracy_top1,metrics/accuracy_top5,val/loss,lr/pg0",
    );
    assert.deepEqual(
      rows.slice(1).map((row) => row.split(",").length),
      [7, 7, 7, 7],
    );
    const summary = JSON.parse(read("runs/classify/train/summary.json").toString()) as Record<string, number>;
    assert.ok(Math.abs(summary.testAccuracy! - Number(rows[4]!.split(",")[3])) < 1e-6);
    assert.ok(summary.testAccuracy! > 0.5 && summary.epochs === 4);
    assert.ok(summary.seconds! > 0 && summary.samplesPerSecond! > 0);
  });

  it("is measured by val with the same result", async () => {
    const { code, out } = await fovea(
      ["val", "runs/classify/train/weights/last.safetensors", "limit=6400", "--json"],
      { cwd },
    );
    const result = JSON.parse(out) as { top1: number; samples: number; confusion: number[][] };
    const { testAccuracy } = JSON.parse(read("runs/classify/train/summary.json").toString()) as {
      testAccuracy: number;
    };
    assert.deepEqual([code, result.top1, result.samples], [0, testAccuracy, 6400]);
    assert.equal(
      result.confusion.flat().reduce((a, b) => a + b, 0),
      6400,
    );
    const text = await fovea(["val", "runs/classify/train", "data=mnist", "limit=500"], { cwd });
    assert.match(text.out, /recall\n[\s\S]*\ntop1 \d+\.\d\d% {2}top5 .* on 500 pictures of mnist\n$/);
  });

  it("predicts digits from files of any size, bright or dark, and goes on after a bad one", async () => {
    const test = await mnist({ train: false });
    // Of the kinds that a short training already tells apart.
    for (const digit of [0, 1]) {
      const at = test.labels.indexOf(digit);
      const pixels = test.data.slice(at * 784, (at + 1) * 784) as Uint8Array;
      const picture = { width: 28, height: 28, channels: 1, data: pixels };
      writeFileSync(path.join(cwd, `white-${digit}.png`), await encodePng(picture));
      const paper = pixels.map((value) => 255 - value);
      writeFileSync(path.join(cwd, `black-${digit}.png`), await encodePng({ ...picture, data: paper }));
      const large = Uint8Array.from(
        { length: 280 * 280 },
        (_, i) => paper[Math.floor(i / 2800) * 28 + Math.floor((i % 280) / 10)]!,
      );
      const photograph = { width: 280, height: 280, channels: 1, data: large };
      writeFileSync(path.join(cwd, `photo-${digit}.jpg`), encodeJpeg(photograph, 90));
    }
    writeFileSync(path.join(cwd, "broken.png"), read("white-0.png").subarray(0, 60));
    writeFileSync(path.join(cwd, "empty.png"), "");
    const good = ["white-0.png", "black-0.png", "photo-0.jpg", "white-1.png", "black-1.png", "photo-1.jpg"];
    const { code, out, err } = await fovea(
      ["predict", "runs/classify/train", "broken.png", ...good, "empty.png", "missing.png", "--json"],
      { cwd },
    );
    assert.equal(code, 1);
    const { results, errors } = JSON.parse(out) as {
      results: { file: string; inverted: boolean; top: { class: string; probability: number }[] }[];
      errors: { file: string; error: string }[];
    };
    assert.deepEqual(
      results.map(({ file, inverted, top }) => [file, inverted, top[0]!.class]),
      [
        ["white-0.png", false, "0"],
        ["black-0.png", true, "0"],
        ["photo-0.jpg", true, "0"],
        ["white-1.png", false, "1"],
        ["black-1.png", true, "1"],
        ["photo-1.jpg", true, "1"],
      ],
    );
    assert.deepEqual(results[0]!.top, results[1]!.top);
    assert.ok(results.every(({ top }) => top.length === 3 && top[0]!.probability >= top[1]!.probability));
    assert.deepEqual(
      errors.map(({ file }) => file),
      ["broken.png", "empty.png", "missing.png"],
    );
    assert.match(err, /error: broken\.png: PNG: .*cut short/);
    assert.match(err, /error: empty\.png: the file is empty/);
    const text = await fovea(["predict", "runs/classify/train", "white-1.png", "top=2"], { cwd });
    assert.match(text.out, /^white-1\.png {2}1 [\d.]+% {2}\d [\d.]+%\n$/);
    assert.equal(text.code, 0);
  });
});

describe("a network with batch normalisation", () => {
  it("is trained, saved with its running statistics, and measured", async () => {
    const where = emptyFolder();
    const run = ["train", "model=resnet20", "limit=24", "epochs=1", "batch=8", "threads=1"];
    const { code, out } = await fovea(run, { cwd: where });
    assert.equal(code, 0);
    assert.match(out, /^resnet20 \(272,186 parameters\) on mnist /);
    const summary = readFileSync(path.join(where, "runs/classify/train/summary.json"), "utf8");
    const val = await fovea(["val", "runs/classify/train", "limit=24", "--json"], { cwd: where });
    const { testAccuracy } = JSON.parse(summary) as { testAccuracy: number };
    assert.deepEqual([val.code, (JSON.parse(val.out) as { top1: number }).top1], [0, testAccuracy]);
  });
});

describe("batch=auto", () => {
  it("takes the largest batch that the memory has room for, and keeps its size", async () => {
    const where = emptyFolder();
    const train = ["train", "limit=512", "epochs=1", "threads=1", "report=false", "batch=auto"];
    const { code, out } = await fovea([...train, "memory=5MB"], { cwd: where });
    assert.equal(code, 0);
    const [, batch, taken] = /^batch (\d+): training takes ([\d.]+) MB of 5\.0 MB\n/.exec(out)!.map(Number);
    assert.ok(batch! >= 8 && batch! <= 128 && taken! <= 5, out);
    const args = readFileSync(path.join(where, "runs/classify/train/args.yaml"), "utf8");
    assert.match(args, new RegExp(`\nbatch: ${batch}\n`));
    const all = await fovea([...train, "--dry-run"], { cwd: where });
    assert.match(all.out, /^batch 256: /);
  });

  it("says what it lacks", async () => {
    for (const [args, message] of [
      [
        ["batch=auto", "memory=400kB", "limit=512"],
        /memory=400\.0 kB is less than the pictures take, 802\.8 kB/,
      ],
      [["batch=auto", "memory=1MB", "limit=64"], /a batch of one sample takes/],
      [["memory=1GB"], /memory is what batch=auto may use; give batch=auto too/],
    ] as const) {
      const { code, err } = await fovea(["train", ...args], { cwd });
      assert.deepEqual([code, message.test(err)], [2, true], err);
    }
  });
});

describe("runs' folders", () => {
  it("are never written into twice, unless exist-ok is given", async () => {
    const where = emptyFolder();
    for (let i = 0; i < 2; i++) assert.equal((await fovea([...tiny, "epochs=1"], { cwd: where })).code, 0);
    const runs = path.join(where, "runs/classify");
    assert.deepEqual(readdirSync(runs).sort(), ["train", "train2"]);
    const before = readFileSync(path.join(runs, "train/args.yaml"), "utf8");
    await fovea([...tiny, "epochs=1", "seed=3", "--exist-ok"], { cwd: where });
    assert.deepEqual(readdirSync(runs).sort(), ["train", "train2"]);
    assert.notEqual(readFileSync(path.join(runs, "train/args.yaml"), "utf8"), before);
  });

  it("tell as JSON lines what happened", async () => {
    const where = emptyFolder();
    const { out, code } = await fovea([...tiny, "--json"], { cwd: where });
    const events = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { event: string });
    assert.equal(code, 0);
    assert.deepEqual(
      events.map(({ event }) => event),
      ["start", "epoch", "epoch", "end"],
    );
  });
});

describe("a run that is stopped", () => {
  const long = ["train", "limit=640", "epochs=12", "seed=7"];
  const weights = (where: string, name: string) =>
    readFileSync(path.join(where, "runs/classify", name, "weights/last.safetensors"));

  it("by Ctrl-C saves, says how to go on, and then ends as if it had never been stopped", async () => {
    const where = emptyFolder();
    const straight = await fovea([...long, "name=straight"], { cwd: where });
    assert.equal(straight.code, 0);
    let sent = false;
    const stopped = await fovea([...long, "name=stopped"], {
      cwd: where,
      onOutput: (out, child) => {
        if (!sent && out.includes("epoch 2/12")) sent = child.kill("SIGINT");
      },
    });
    assert.equal(stopped.code, 130, stopped.out);
    assert.match(stopped.err, /stopping after this step; press Ctrl-C again to quit at once/);
    const hint = /Go on with: fovea (train resume=\S+)\n$/.exec(stopped.out);
    assert.ok(hint, stopped.out);
    assert.ok(!existsSync(path.join(where, "runs/classify/stopped/summary.json")));
    const resumed = await fovea(hint[1]!.split(" "), { cwd: where });
    assert.equal(resumed.code, 0, resumed.err);
    assert.deepEqual(weights(where, "stopped"), weights(where, "straight"));
    const epochs = readFileSync(path.join(where, "runs/classify/stopped/results.csv"), "utf8")
      .trim()
      .split("\n")
      .slice(1);
    assert.deepEqual(
      epochs.map((row) => Number.parseInt(row, 10)),
      Array.from({ length: 12 }, (_, i) => i + 1),
    );
    const fixed = await fovea(["train", "resume=runs/classify/stopped", "lr0=1"], { cwd: where });
    assert.equal(fixed.code, 2);
    assert.match(fixed.err, /resume goes on with the options of the run; lr0 can't be changed/);
  });

  it("by a loss that is no number exits 1, names the op and keeps the last good weights", async () => {
    const where = emptyFolder();
    const { code, out, err } = await fovea(["train", "limit=320", "optimizer=sgd", "lr0=1e38"], {
      cwd: where,
    });
    assert.equal(code, 1);
    assert.match(
      err,
      /error: the loss became NaN at epoch 1, step 2: \w+ \[64, .*first op to give .*Conv2d "conv\d"/,
    );
    assert.doesNotMatch(out, /saved in/);
    const measured = await fovea(
      ["val", "runs/classify/train/weights/last.safetensors", "limit=64", "--json"],
      { cwd: where },
    );
    assert.equal(measured.code, 0);
    assert.ok((JSON.parse(measured.out) as { samples: number }).samples === 64);
  });
});
