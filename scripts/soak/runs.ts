// Kills a training run at a seeded point, resumes it, and holds the result against a run that nobody disturbed.
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { decodeSafetensors } from "../../src/interop/safetensors.ts";
import { Random } from "../../src/tensor/random.ts";
import { CheckpointStore } from "../../src/train/checkpointStore.ts";

const cli = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));
const killer = new URL("./killer.js", import.meta.url).href;

/** A run of a second or two with everything in it: augmentation, an average, checkpoints within epochs. */
const options =
  "data=mnist model=lenet limit=320 epochs=3 batch=32 save-steps=3 ema=0.9 augment=digits threads=1 exist-ok=true".split(
    " ",
  );

/** What a process left behind. */
interface Outcome {
  readonly code: number | null;
  readonly err: string;
  readonly milliseconds: number;
}

/** Where a run is killed: at a file operation by its number, or after some time. */
export type KillPoint = { readonly operation: number } | { readonly milliseconds: number };

function run(cwd: string, args: readonly string[], kill: KillPoint | null): Promise<Outcome> {
  const began = performance.now();
  const isCounted = kill === null || "operation" in kill;
  const child = spawn(process.execPath, [...(isCounted ? ["--import", killer] : []), cli, "train", ...args], {
    cwd,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...(kill && "operation" in kill && { SOAK_KILL_AT: String(kill.operation) }) },
  });
  const timer =
    kill && "milliseconds" in kill ? setTimeout(() => child.kill("SIGKILL"), kill.milliseconds) : null;
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  return new Promise((resolve) => {
    child.on("close", (code) => {
      if (timer) clearTimeout(timer);
      resolve({ code, err, milliseconds: performance.now() - began });
    });
  });
}

/** All that a run came to, as text that can be compared; times are left out. */
async function resultOf(folder: string): Promise<string> {
  const rows = (await readFile(path.join(folder, "results.csv"), "utf8")).split("\n").map((row) =>
    row
      .split(",")
      .filter((_, column) => column !== 1)
      .join(),
  );
  const { bytes, passedOver } = await new CheckpointStore(path.join(folder, "checkpoints")).newest();
  if (passedOver.length > 0) throw new Error(`unreadable: ${passedOver.join("; ")}`);
  const sums: string[] = [];
  const files = await Promise.all(
    ["best", "last"].map((name) => readFile(path.join(folder, "weights", `${name}.safetensors`))),
  );
  for (const content of [bytes, ...files]) {
    for (const [name, { data }] of decodeSafetensors(content, { file: folder }).tensors) {
      sums.push(`${name} ${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64")}`);
    }
  }
  return [...rows, ...sums].join("\n");
}

/** The run that nobody disturbs. */
export interface Reference {
  readonly result: string;
  /** File operations that it made, and the time it took. */
  readonly operations: number;
  readonly milliseconds: number;
}

/** Runs to the end in `cwd`. */
export async function referenceRun(cwd: string): Promise<Reference> {
  const { code, err } = await run(cwd, [...options, "name=reference"], null);
  const operations = Number(/operations (\d+)/.exec(err)?.[1]);
  if (code !== 0 || !(operations > 0)) throw new Error(`the undisturbed run failed: ${err}`);
  // Again without counting: the time that kills by time are spread over.
  const { milliseconds } = await run(cwd, [...options, "name=timed"], { milliseconds: 600_000 });
  const result = await resultOf(path.join(cwd, "runs/classify/reference"));
  return { result, operations, milliseconds };
}

/** Points of a seed: by turns at file operations and by time, over the whole of a run. */
export function killPoints(
  count: number,
  seed: number,
  { operations, milliseconds }: Reference,
): KillPoint[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, i) =>
    i % 2 === 0
      ? { operation: 1 + random.integer(operations) }
      : { milliseconds: Math.round(milliseconds * random.uniform()) },
  );
}

/** What one disturbed run came to: null where all is as it should be, else what is not. */
export async function disturbedRun(
  cwd: string,
  name: string,
  kill: KillPoint,
  reference: Reference,
): Promise<string | null> {
  const first = await run(cwd, [...options, `name=${name}`], kill);
  const folder = path.join(cwd, "runs/classify", name);
  if (first.code !== 0) {
    const resumed = await run(cwd, [`resume=${folder}`], null);
    // Killed before the run had anything to go on from: it begins anew.
    const isBeforeStart = /no run at|had not saved one yet/.test(resumed.err);
    const ended = isBeforeStart ? await run(cwd, [...options, `name=${name}`], null) : resumed;
    if (ended.code !== 0) return `going on failed: ${ended.err}`;
    if (/passed over/.test(ended.err)) return `an unreadable checkpoint: ${ended.err}`;
  }
  const result = await resultOf(folder).catch((error: Error) => error.message);
  return result === reference.result ? null : firstDifference(result, reference.result);
}

function firstDifference(a: string, b: string): string {
  const [left, right] = [a.split("\n"), b.split("\n")];
  const at = left.findIndex((line, i) => line !== right[i]);
  return `line ${at}: ${left[at]?.slice(0, 80)} instead of ${right[at]?.slice(0, 80)}`;
}
