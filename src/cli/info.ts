// `fovea info`: what was found on this machine, and what the commands know.
import os from "node:os";
import { WasmBackend } from "../backend/wasm/runtime.ts";
import { OptionError } from "../base/errors.ts";
import { getBackend } from "../graph/session.ts";
import { pretrainedNames } from "../pretrained/index.ts";
import { models } from "../vision/index.ts";
import { command, deviceOptions, jsonOption, useDevice } from "./command.ts";
import { dataSets } from "./datasets.ts";

/** The command. */
export const info = command({
  name: "info",
  summary: "Show the backend, threads, SIMD level, models, weights and data sets found here.",
  usage: "info [options]",
  notes: [],
  examples: ["fovea info", "fovea info threads=1 --json"],
  options: { ...deviceOptions, ...jsonOption },
  run: async ({ values, operands }, { out }) => {
    if (operands.length > 0) throw new OptionError(`info takes no files; got ${operands.join(" ")}`);
    useDevice(values);
    const backend = getBackend();
    const wasm = backend instanceof WasmBackend ? backend.info : null;
    const facts = {
      backend: backend.name,
      threads: wasm?.threads ?? 1,
      simd: wasm?.simd ?? "none",
      tiles: wasm?.tiles ?? null,
      sharedMemory: wasm?.sharedMemory ?? false,
      degraded: wasm?.degraded ?? null,
      node: process.version,
      v8: process.versions.v8,
      platform: `${process.platform} ${process.arch}`,
      cpu: os.cpus()[0]?.model.trim() ?? "unknown",
      cores: os.availableParallelism(),
      memoryGiB: Number((os.totalmem() / 2 ** 30).toFixed(1)),
      models: [...models.keys()],
      weights: pretrainedNames,
      data: [...dataSets.keys()],
    };
    if (values.json) out.write(`${JSON.stringify(facts)}\n`);
    else {
      for (const [name, value] of Object.entries(facts)) {
        if (value === null) continue;
        out.write(`${name.padEnd(14)}${Array.isArray(value) ? value.join(", ") : value}\n`);
      }
    }
    return 0;
  },
});
