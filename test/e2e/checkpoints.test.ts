// Runs that are killed, whose disk is full, or whose files are damaged; and what ends a run early.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { disturbedRun, killPoints, referenceRun } from "../../scripts/soak/runs.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/interop/index.ts";
import { decodeImage } from "../../src/picture/index.ts";
import { emptyFolder, fovea } from "./cli.ts";

const cwd = emptyFolder();
const tiny = "train limit=320 epochs=2 batch=32 threads=1".split(" ");
const read = (file: string) => readFileSync(path.join(cwd, file));
const checkpointsOf = (run: string) =>
  readdirSync(path.join(cwd, run, "checkpoints")).filter((name) => name.endsWith(".safetensors"));

describe("a run that is disturbed", () => {
  it("killed at ten points, it ends as if nothing had happened", { timeout: 200_000 }, async () => {
    const reference = await referenceRun(cwd);
    for (const [i, point] of killPoints(10, 7, reference).entries()) {
      const failure = await disturbedRun(cwd, `killed${i}`, point, reference);
      assert.equal(failure, null, JSON.stringify(point));
    }
  });

  it("keeps its last checkpoint when the disk is full, and says so", {
    skip: process.platform === "win32",
  }, async () => {
    const begun = await fovea([...tiny, "name=full", "epochs=1"], { cwd });
    assert.equal(begun.code, 0, begun.err);
    const before = checkpointsOf("runs/classify/full").map((name) =>
      read(`runs/classify/full/checkpoints/${name}`),
    );
    // A limit on the size of files stands for a full disk: writing fails in the same way.
    const cli = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));
    const command = `trap "" XFSZ; ulimit -f 64; exec "${process.execPath}" "${cli}" train resume=runs/classify/full epochs=2`;
    const { status, stderr } = spawnSync("sh", ["-c", command], { cwd, encoding: "utf8" });
    assert.equal(status, 1, stderr);
    assert.match(
      stderr,
      /error: .*(best|last)\.safetensors could not be written \(EFBIG.*\); what was there before is unchanged/,
    );
    const after = checkpointsOf("runs/classify/full").map((name) =>
      read(`runs/classify/full/checkpoints/${name}`),
    );
    assert.deepEqual(after, before);
    assert.equal((await fovea(["train", "resume=runs/classify/full", "epochs=2"], { cwd })).code, 0);
  });

  it("passes over a damaged checkpoint, names it, and gives the same result", async () => {
    await fovea([...tiny, "name=whole"], { cwd });
    await fovea([...tiny, "name=damaged", "save-steps=4"], { cwd });
    const [, newest] = checkpointsOf("runs/classify/damaged");
    const file = path.join(cwd, "runs/classify/damaged/checkpoints", newest!);
    const bytes = readFileSync(file);
    bytes[bytes.length - 5]! ^= 1;
    writeFileSync(file, bytes);
    const resumed = await fovea(["train", "resume=runs/classify/damaged"], { cwd });
    assert.equal(resumed.code, 0, resumed.err);
    assert.match(
      resumed.err,
      /^passed over: .*epoch-00002-step-000000\.safetensors: its content is not what was written/,
    );
    assert.match(resumed.out, /from epoch 2, step 7/);
    assert.deepEqual(
      read("runs/classify/damaged/weights/last.safetensors"),
      read("runs/classify/whole/weights/last.safetensors"),
    );
    for (const name of checkpointsOf("runs/classify/damaged")) {
      writeFileSync(path.join(cwd, "runs/classify/damaged/checkpoints", name), "no checkpoint");
    }
    const lost = await fovea(["train", "resume=runs/classify/damaged"], { cwd });
    assert.equal(lost.code, 1);
    assert.match(lost.err, /checkpoints: no checkpoint is whole: .*; /);
  });
});

describe("what ends a run", () => {
  it("patience: no better accuracy for a while", async () => {
    const { code, out } = await fovea([...tiny, "epochs=30", "lr0=1e-9", "patience=2", "name=patient"], {
      cwd,
    });
    assert.equal(code, 0);
    assert.match(out, /\nno better for 2 epochs, so the run ended after 3\n/);
  });

  it("limits of steps and time", async () => {
    const { out } = await fovea([...tiny, "epochs=5", "max-steps=13", "name=limited"], { cwd });
    assert.equal(read("runs/classify/limited/results.csv").toString().trim().split("\n").length, 3, out);
    const timed = await fovea([...tiny, "epochs=500", "max-seconds=1", "name=timed-out"], { cwd });
    assert.equal(timed.code, 0);
  });

  it("a dry run says whether everything fits, and leaves no folder", async () => {
    const { code, out } = await fovea([...tiny, "--dry-run", "name=dry"], { cwd });
    assert.equal(code, 0);
    assert.match(
      out,
      /^lenet on mnist: everything fits\. Loss of the first batch 2\.\d+, by chance 2\.3026; nothing was kept\n$/,
    );
    assert.ok(!existsSync(path.join(cwd, "runs/classify/dry")));
  });

  it("one batch can be learned by heart", async () => {
    const { code, out } = await fovea(
      [...tiny, "--overfit", "model=lenet5", "epochs=4", "lr0=0.003", "schedule=constant", "name=heart"],
      { cwd },
    );
    assert.equal(code, 0);
    const losses = [...out.matchAll(/train\/loss ([\d.]+)/g)].map(([, loss]) => Number(loss));
    assert.ok(losses.at(-1)! < 0.1 && losses[0]! > 0.5, losses.join());
  });

  it("averaged weights are measured and saved, and an interrupted run goes on with them", async () => {
    const args = [...tiny, "ema=0.95", "clip=1", "accumulate=2"];
    await fovea([...args, "epochs=3", "name=averaged"], { cwd });
    const val = await fovea(
      ["val", "runs/classify/averaged/weights/last.safetensors", "limit=320", "--json"],
      { cwd },
    );
    const rows = read("runs/classify/averaged/results.csv").toString().trim().split("\n");
    assert.ok(Math.abs(JSON.parse(val.out).top1 - Number(rows[3]!.split(",")[3])) < 1e-6);
  });
});

describe("weights of another network", () => {
  const file = "runs/classify/other/weights/last.safetensors";

  before(async () => {
    assert.equal((await fovea([...tiny, "epochs=1", "name=other", "report=false"], { cwd })).code, 0);
  });

  it("are refused by val, with what is missing, left over and of another shape", async () => {
    const { tensors, metadata } = decodeSafetensors(read(file), { file });
    tensors.set("scale", { dtype: "float32", shape: [1], data: Float32Array.of(1) });
    tensors.delete("conv1.bias");
    tensors.set("fc2.weight", { dtype: "float32", shape: [5, 64], data: new Float32Array(320) });
    writeFileSync(path.join(cwd, "strange.safetensors"), encodeSafetensors(tensors, metadata));
    const { code, err } = await fovea(["val", "strange.safetensors", "limit=32"], { cwd });
    assert.equal(code, 1);
    assert.match(
      err,
      /^error: strange\.safetensors: .*do not fit LeNet; missing: conv1\.bias \[6\]; unexpected: scale \[1\]; of another shape: fc2\.weight \[10, 64\], not \[5, 64\] \(made for 5 outputs, not 10\)\. /,
    );
  });

  it("are refused by train resume=, which names the checkpoint", async () => {
    const folder = "runs/classify/other/checkpoints";
    const manifest = JSON.parse(read(path.join(folder, "manifest.json")).toString());
    const newest = manifest.checkpoints.at(-1);
    const { tensors, metadata } = decodeSafetensors(read(path.join(folder, newest.file)), { file });
    const options = JSON.parse(metadata.get("options")!);
    metadata.set("options", JSON.stringify({ ...options, model: "lenet5" }));
    const bytes = encodeSafetensors(tensors, metadata);
    writeFileSync(path.join(cwd, folder, newest.file), bytes);
    newest.sha256 = createHash("sha256").update(bytes).digest("hex");
    newest.bytes = bytes.length;
    writeFileSync(path.join(cwd, folder, "manifest.json"), JSON.stringify(manifest));
    const { code, err } = await fovea(["train", "resume=runs/classify/other"], { cwd });
    assert.equal(code, 1);
    assert.match(
      err,
      /^error: .*epoch-00001-step-000000\.safetensors: .*do not fit LeNet5; of another shape: conv3\.weight \[120, 16, 5, 5\], not \[120, 16, 4, 4\], .*, fc2\.weight /,
    );
  });
});

describe("fovea lr-find", () => {
  it("draws the curve and suggests a rate", async () => {
    const { code, out } = await fovea(["lr-find", "model=lenet5", "steps=60", "first=1e-5", "threads=1"], {
      cwd,
    });
    assert.equal(code, 0);
    assert.match(out, /^ *[\d.]+ [│|]/);
    assert.match(
      out,
      /\nsuggestion [\d.e-]+: fovea train data=mnist model=lenet5 lr0=[\d.e-]+ schedule=onecycle\n$/,
    );
    const json = await fovea(["lr-find", "model=lenet5", "steps=20", "first=1e-4", "threads=1", "--json"], {
      cwd,
    });
    const { rates, losses, smoothed, suggestion } = JSON.parse(json.out);
    assert.equal(rates.length, losses.length);
    assert.equal(rates.length, smoothed.length);
    assert.ok(rates.includes(suggestion));
    assert.equal(JSON.parse(json.out).picture, "lr_find2.png");
    const picture = await decodeImage(readFileSync(path.join(cwd, "lr_find.png")));
    assert.deepEqual([picture.width, picture.height], [640, 400]);
    const named = await fovea(["lr-find", "out=curve.svg"], { cwd });
    assert.deepEqual([named.code, named.err.trim()], [2, 'error: out is a .png file; got "curve.svg"']);
  });
});
