// `fovea profile`: where the time of a network's training step, or of its prediction, goes.
import { writeFile } from "node:fs/promises";
import { WasmBackend } from "../backend/wasm/runtime.ts";
import { OptionError } from "../base/errors.ts";
import type { Shape } from "../base/shape.ts";
import { getBackend } from "../graph/session.ts";
import { Tensor } from "../index.ts";
import { crossEntropy } from "../nn/functional/index.ts";
import type { Module } from "../nn/module/module.ts";
import { Adam, SGD } from "../optim/index.ts";
import { chromeTrace } from "../profile/chrome.ts";
import { type Profile, profile as profileStep } from "../profile/profile.ts";
import { measureRoof } from "../profile/roof.ts";
import { profileTable } from "../profile/table.ts";
import { noGrad } from "../tensor/gradmode.ts";
import { manualSeed } from "../tensor/random.ts";
import { prepareInput } from "../train/input.ts";
import { makeModel, model } from "../vision/index.ts";
import { command, deviceOptions, jsonOption, useDevice } from "./command.ts";
import { choice, integer, text } from "./options.ts";

const classes = 10;

/** The command. */
export const profile = command({
  name: "profile",
  summary: "Show where the time of a network's step goes, kernel by kernel.",
  usage: "profile [options]",
  notes: [
    "Pictures are made up, so no data set is needed. Times of kernels are sums over all threads; of roof compares one thread with the fastest multiply-adds and copies that were measured here.",
    "trace=<file> writes the last step for chrome://tracing or ui.perfetto.dev.",
  ],
  examples: [
    "fovea profile",
    "fovea profile model=lenet batch=256 mode=predict rows=10",
    "fovea profile trace=step.json --json",
  ],
  options: {
    model: text("lenet", "<name>", "network"),
    input: text(
      null,
      "<CxHxW>",
      "channels, height and width of a picture; by default 1x28x28 for lenet, else 3x32x32",
    ),
    batch: integer(64, "pictures in a step"),
    mode: choice(["train", "predict"], "train", "forward, backward and update, or forward alone"),
    optimizer: choice(["adam", "sgd"], "adam", "what updates the weights"),
    steps: integer(100, "steps that are measured, after a second of others"),
    rows: integer(30, "most kernels that are listed, the slowest ones"),
    trace: text(null, "<file>", "write a Chrome trace file"),
    ...deviceOptions,
    ...jsonOption,
  },
  run: async ({ values, operands }, { out }) => {
    if (operands.length > 0) {
      throw new OptionError(`profile takes options only, such as model=lenet; got ${operands.join(" ")}`);
    }
    const input = pictureShape(values.model, values.input);
    useDevice(values);
    manualSeed(0);
    const network = makeModel(values.model, { classes, input });
    const { batch, mode, optimizer } = values;
    const step =
      mode === "train" ? trainingStep(network, input, batch, optimizer) : prediction(network, input, batch);
    const backend = getBackend();
    const roof =
      backend instanceof WasmBackend ? measureRoof({ relaxed: backend.info.simd.includes("relaxed") }) : null;
    const result = await profileStep(step, { steps: values.steps, roof });
    if (values.trace !== null) await writeFile(values.trace, JSON.stringify(chromeTrace(result)));
    if (values.json) out.write(`${JSON.stringify(forScripts(result, values))}\n`);
    else {
      out.write(`${values.model}, batch ${batch}, ${mode}\n${profileTable(result, { rows: values.rows })}\n`);
      if (values.trace !== null) out.write(`\nwrote ${values.trace}\n`);
    }
    return 0;
  },
});

/** The shape that was asked for, or one that the model takes. */
function pictureShape(name: string, asked: string | null): Shape {
  const shape = (asked ?? (model(name).takes(3, 32, 32) ? "3x32x32" : "1x28x28")).split("x").map(Number);
  if (shape.length !== 3 || shape.some((size) => !Number.isInteger(size) || size < 1)) {
    throw new OptionError(`input must be <channels>x<height>x<width>, such as 3x32x32; got "${asked}"`);
  }
  return shape;
}

/** Bytes that look like noise, the same in every run. */
function pictures(input: Shape, batch: number): Tensor {
  const size = input.reduce((a, b) => a * b, batch);
  const bytes = Uint8Array.from({ length: size }, (_, i) => (Math.imul(i + 1, 0x9e3779b1) >>> 24) & 255);
  return Tensor.fromArray(bytes, [batch, ...input]);
}

function trainingStep(network: Module, input: Shape, batch: number, name: "adam" | "sgd"): () => void {
  const x = pictures(input, batch);
  const y = Tensor.fromArray(Int32Array.from({ length: batch }, (_, i) => i % classes));
  // So small a rate that the network stays as it is, however many steps are taken.
  const params = network.parameters();
  const optimizer =
    name === "adam" ? new Adam(params, { lr: 1e-9 }) : new SGD(params, { lr: 1e-9, momentum: 0.9 });
  return () => {
    const loss = crossEntropy(network.forward(prepareInput(x)), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  };
}

function prediction(network: Module, input: Shape, batch: number): () => void {
  network.eval();
  const x = pictures(input, batch);
  return () => {
    noGrad(() => network.forward(prepareInput(x))).dataSync();
  };
}

function forScripts(
  { roof, spans: _, ...rest }: Profile,
  { model: name, batch, mode }: { model: string; batch: number; mode: string },
) {
  return { model: name, batch, mode, roofGflops: roof?.gflops ?? null, ...rest };
}
