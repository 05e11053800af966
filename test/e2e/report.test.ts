// What a run leaves to look at, and its report made anew, as on the command line.
import assert from "node:assert/strict";
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { before, describe, it } from "node:test";
import { decodeImage } from "../../src/picture/index.ts";
import { shapePicture, writeShapes } from "../support/pictureFolder.ts";
import { emptyFolder, fovea, type Outcome } from "./cli.ts";

const cwd = emptyFolder();
const run = path.join(cwd, "runs/classify/train");
const read = (name: string) => readFileSync(path.join(run, name));
const lines = (name: string) =>
  read(name)
    .toString()
    .trim()
    .split("\n")
    .map((line) => {
      if (!line.endsWith("}")) return { event: "cut short" };
      return JSON.parse(line) as Record<string, unknown>;
    });
const eventFiles = () => readdirSync(run).filter((name) => name.startsWith("events.out.tfevents."));
const options = "model=lenet5 imgsz=28 batch=16 lr0=0.003 threads=1".split(" ");

/** Texts of an event file that are tags: length-delimited field 1 of a value. */
const hasTag = (bytes: Buffer, tag: string) =>
  bytes.includes(Buffer.concat([Buffer.of(10, tag.length), Buffer.from(tag)]));

describe("a run on a folder", () => {
  let first: Outcome;

  before(async () => {
    writeShapes(path.join(cwd, "shapes"), 40);
    // Wrong labels, of which some are held out for the test.
    for (let i = 0; i < 12; i++) {
      writeFileSync(path.join(cwd, "shapes/disc", `wrong${i}.png`), shapePicture("square", 500 + i));
    }
    first = await fovea(["train", "data=shapes", ...options, "epochs=3"], { cwd });
    assert.equal(first.code, 0, first.err);
  });

  it("leaves its events as JSON lines, with where it ran", () => {
    const events = lines("events.jsonl");
    assert.deepEqual(
      events.map(({ event }) => event),
      ["start", "epoch", "epoch", "epoch", "end"],
    );
    for (const { time } of events) assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const environment = events[0]!.environment as Record<string, unknown>;
    assert.equal(environment.node, process.version);
    assert.equal(environment.threads, 1);
    const { confusion } = events[4]!.val as { confusion: number[] };
    assert.equal(confusion.length, 9);
  });

  it("leaves an event file with losses, rates, weights, gradients and the first batch", () => {
    const [name, ...more] = eventFiles();
    assert.equal(more.length, 0);
    const bytes = read(name!);
    for (const tag of [
      "train/loss",
      "lr/pg0",
      "train/accuracy",
      "val/loss",
      "metrics/accuracy_top1",
      "metrics/accuracy_top5",
      "weights/conv1.weight",
      "gradients/conv1.weight",
      "train_batch0",
    ]) {
      assert.ok(hasTag(bytes, tag), tag);
    }
  });

  it("leaves pictures that can be looked at", async () => {
    for (const [name, least] of [
      ["results.png", 1000],
      ["confusion_matrix.png", 200],
      ["train_batch0.jpg", 300],
    ] as const) {
      const picture = await decodeImage(read(name), { file: name });
      assert.ok(
        picture.width >= least && picture.height >= 200,
        `${name} ${picture.width} × ${picture.height}`,
      );
      const [low, high] = picture.data.reduce(
        ([a, b], value) => [Math.min(a!, value), Math.max(b!, value)],
        [255, 0],
      );
      assert.ok(low! < 100 && high! > 240, name);
    }
  });

  it("leaves a report with the accuracy of its summary, and no way out of the file", () => {
    const page = read("report.html").toString();
    const { testAccuracy } = JSON.parse(read("summary.json").toString()) as { testAccuracy: number };
    assert.ok(page.includes(`<strong>${(testAccuracy * 100).toFixed(2)}%</strong>`));
    assert.match(
      page,
      /of the \d+ test pictures of shapes are recognised by the weights of the best epoch, \d\./,
    );
    assert.match(page, /Nothing was chosen by these pictures/);
    for (const title of ["How it went", "What is taken for what", "Class by class", "Worst mistakes"]) {
      assert.ok(page.includes(`<h2>${title}</h2>`), title);
    }
    assert.ok(page.includes("First layer") && page.includes("Settings") && page.includes("Where it ran"));
    assert.ok(!/<script|https?:\/\/|src="(?!data:)/.test(page));
    assert.ok(!page.includes(cwd), "the page has no folder of the machine");
  });

  it("shows wrong labels among the worst mistakes, the highest loss first", () => {
    const page = read("report.html").toString();
    assert.match(page, /disc\/wrong\d+\.png/);
    const losses = Array.from(page.matchAll(/\.png, loss ([\d.]+)</g), ([, loss]) => Number(loss));
    assert.ok(losses.length > 0 && losses.length <= 24);
    assert.deepEqual(
      losses,
      [...losses].sort((a, b) => b - a),
    );
    const wrong = /<dt>Mistakes<\/dt><dd>(\d+) of/.exec(page);
    assert.equal(Number(wrong?.[1]), losses.length);
  });

  it("has its report made anew, with the same content", async () => {
    const before = read("report.html").toString();
    rmSync(path.join(run, "report.html"));
    rmSync(path.join(run, "results.png"));
    const { code, out, err } = await fovea(["report", "runs/classify/train", "threads=1"], { cwd });
    assert.deepEqual([code, err], [0, ""]);
    assert.match(
      out,
      /^\d+\.\d\d% of the \d+ test pictures of shapes .*\nThe report is runs.classify.train.report\.html\n$/,
    );
    assert.equal(read("report.html").toString(), before);
    assert.ok(read("results.png").length > 0);
  });

  it("goes on in new files, which say where", async () => {
    const one = read(eventFiles()[0]!);
    appendFileSync(path.join(run, "events.jsonl"), '{"event":"epo'); // as if the process had been killed
    const resumed = await fovea(["train", "resume=runs/classify/train", "epochs=4", "threads=1"], { cwd });
    assert.equal(resumed.code, 0, resumed.err);
    const files = eventFiles().sort();
    assert.equal(files.length, 2);
    assert.deepEqual(read(files[0]!), one);
    // A record with field 7 (session log) that holds status START.
    assert.ok(read(files[1]!).includes(Buffer.of(0x3a, 2, 8, 1)));
    assert.ok(!hasTag(read(files[1]!), "train_batch0"));
    assert.deepEqual(
      lines("events.jsonl").map(({ event }) => event),
      ["start", "epoch", "epoch", "epoch", "end", "cut short", "start", "epoch", "end"],
    );
  });

  it("is complete although its report can't be written, and says so", async () => {
    rmSync(path.join(run, "report.html"));
    mkdirSync(path.join(run, "report.html")); // nothing can be written in its place
    const resumed = await fovea(["train", "resume=runs/classify/train", "epochs=5", "threads=1"], { cwd });
    assert.equal(resumed.code, 0);
    assert.match(
      resumed.err,
      /^no report was made: .*report\.html could not be written .*\. The run is complete; fovea report runs.classify.train tries again\n$/,
    );
    const { epochs } = JSON.parse(read("summary.json").toString()) as { epochs: number };
    assert.equal(epochs, 5);
    rmdirSync(path.join(run, "report.html"));
  });

  it("is reported although lines were cut short", async () => {
    appendFileSync(path.join(run, "events.jsonl"), '{"event":"epo');
    appendFileSync(path.join(run, "results.csv"), "5,1");
    const { code, out } = await fovea(["report", "runs/classify/train", "threads=1", "--json"], { cwd });
    assert.equal(code, 0);
    const { report, samples } = JSON.parse(out) as { report: string; samples: number };
    assert.equal(report, path.join("runs/classify/train", "report.html"));
    assert.ok(samples > 0);
  });

  it("is reported with data= where the pictures have moved, and says so without", async () => {
    renameSync(path.join(cwd, "shapes"), path.join(cwd, "moved"));
    const lost = await fovea(["report", "runs/classify/train"], { cwd });
    assert.equal(lost.code, 2);
    assert.match(lost.err, /unknown data set "shapes".*A folder of that name is not here either/);
    const found = await fovea(["report", "runs/classify/train", "data=moved", "threads=1"], { cwd });
    assert.equal(found.code, 0, found.err);
    const other = await fovea(["report", "runs/classify/train", "data=mnist"], { cwd });
    assert.equal(other.code, 2);
    assert.match(other.err, /knows the 3 classes disc, square, stripes; mnist has 10/);
  });

  it("is replaced as a whole with exist-ok", async () => {
    const again = await fovea(["train", "data=moved", ...options, "epochs=1", "--exist-ok"], { cwd });
    assert.equal(again.code, 0, again.err);
    assert.equal(eventFiles().length, 1);
    assert.deepEqual(
      lines("events.jsonl").map(({ event }) => event),
      ["start", "epoch", "end"],
    );
  });
});

describe("a run without a report", () => {
  it("leaves all else, and may have it made later", async () => {
    const where = emptyFolder();
    const folder = path.join(where, "runs/classify/train");
    const made = ["report.html", "results.png", "confusion_matrix.png"];
    const train = ["train", "limit=64", "epochs=1", "threads=1", "report=false"];
    assert.equal((await fovea(train, { cwd: where })).code, 0);
    const left = readdirSync(folder);
    assert.ok(left.includes("events.jsonl") && left.includes("train_batch0.jpg"));
    assert.ok(made.every((name) => !left.includes(name)));
    assert.equal((await fovea(["report", "runs/classify/train", "threads=1"], { cwd: where })).code, 0);
    assert.ok(made.every((name) => readdirSync(folder).includes(name)));
  });
});

describe("fovea report", () => {
  it("says what it lacks", async () => {
    for (const [args, code, message] of [
      [["report"], 2, /report takes one run's folder; got 0\. Example: fovea report runs\/classify\/train/],
      [["report", "a", "b"], 2, /report takes one run's folder; got 2/],
      [["report", "nowhere"], 1, /no run at nowhere: args\.yaml was not found there/],
      [["report", run, "epochs=3"], 2, /unknown option "epochs"/],
    ] as const) {
      const outcome = await fovea(args, { cwd });
      assert.equal(outcome.code, code, outcome.err);
      assert.match(outcome.err, message);
    }
  });

  it("names weights that are missing", async () => {
    rmSync(path.join(run, "weights/best.safetensors"));
    const { code, err } = await fovea(["report", run], { cwd });
    assert.equal(code, 1);
    assert.match(err, /classify\/train has no weights\/best\.safetensors; give the folder of a run that has/);
  });
});
