// One fresh process of the "facts": times what a LeNet training step does besides computing, and prints it.
// Options: those of a side, and `--revectorize`.
import { mnist } from "../../src/data/index.ts";
import { currentPlanner } from "../../src/graph/engine.ts";
import { createWasmBackend, manualSeed, setBackend } from "../../src/index.ts";
import { measureRoof, profile } from "../../src/profile/index.ts";
import { sideOptions } from "../serve.ts";
import type { TrainWork } from "../works.ts";
import { type Steps, train } from "./works.ts";

/** What the process prints; times are milliseconds. */
export interface Inside {
  readonly runtime: string;
  /** Of one thread, in multiply-adds on registers. */
  readonly peakGflops: number;
  /** Making the plan of the process's first step, batch 64. */
  readonly firstPlanMs: number;
  /** Making plans of the same network for other batches, when the code that makes them has run a few times. */
  readonly laterPlanMs: number;
  /** A warm step at batch 64, and the part of it that is JavaScript; threads may compute meanwhile. */
  readonly stepMs: number;
  readonly javascriptMs: number;
}

const { data, threads } = sideOptions();
const backend = createWasmBackend({ threads, revectorize: process.argv.includes("--revectorize") });
setBackend(backend);
manualSeed(0);
const dataset = await mnist({ root: data });
// Reading this has the engine's tiles tried, which is no part of making a plan.
if (!backend.info.tiles) throw new Error("facts: the backend names no tiles");

function lenet(batch: number): Steps {
  const work: TrainWork = {
    kind: "train",
    name: "",
    network: "lenet",
    unit: "samples/s",
    batch,
    perStep: batch,
  };
  return train(work, dataset);
}

/** Milliseconds that went into the plans of a new network's first step. */
async function planMs(batch: number): Promise<number> {
  const { step, finish } = lenet(batch);
  const planner = currentPlanner();
  let ms = 0;
  planner.observer = { traces: false, ran: ({ compileMs }) => (ms += compileMs) };
  await step();
  await finish();
  planner.observer = null;
  return ms;
}

const firstPlanMs = await planMs(64);
await backend.ready();
const later: number[] = [];
for (const batch of [24, 32, 40, 48, 56, 72, 80, 88]) later.push(await planMs(batch));
const laterPlanMs = later.slice(-4).reduce((a, b) => a + b) / 4;
const { stepMs, javascriptMs } = await profile(lenet(64).step, { steps: 300 });
const result: Inside = {
  runtime: `Node ${process.version}`,
  peakGflops: measureRoof().gflops,
  firstPlanMs,
  laterPlanMs,
  stepMs,
  javascriptMs,
};
console.log(JSON.stringify(result));
process.exit(0);
