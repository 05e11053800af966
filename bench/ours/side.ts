// Fovea's side of the comparison: a process that does works on request, with one backend for all of them.
// Options besides those of every side: `--revectorize`.
import { readFileSync } from "node:fs";
import { createWasmBackend, manualSeed, setBackend } from "../../src/index.ts";
import { serve, sideOptions } from "../serve.ts";
import { openWork } from "./works.ts";

const options = sideOptions();
const revectorize = process.argv.includes("--revectorize");
const backend = createWasmBackend({ threads: options.threads, revectorize });
setBackend(backend);

const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
const { simd, tiles } = backend.info;
const mode = `wasm, ${simd}, ${tiles} tiles${revectorize ? ", revectorized" : ""}`;

await serve({ name: "fovea", version }, options, async (work) => {
  manualSeed(0);
  const steps = await openWork(work, options.data);
  await steps.step();
  await backend.ready();
  return { ...steps, mode, threads: backend.info.threads };
});
