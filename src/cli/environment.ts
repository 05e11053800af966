// Where work is done: versions, machine and backend, without names of people, hosts or folders.
import { readFileSync } from "node:fs";
import os from "node:os";
import { WasmBackend } from "../backend/wasm/runtime.ts";
import { getBackend } from "../graph/session.ts";

/** What a result may depend on, by name. */
export function environment(): Record<string, string | number> {
  const backend = getBackend();
  const wasm = backend instanceof WasmBackend ? backend.info : null;
  return {
    fovea: version(),
    node: process.version,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
    processor: os.cpus()[0]?.model.trim() ?? "unknown",
    cores: os.availableParallelism(),
    backend: backend.name,
    threads: wasm?.threads ?? 1,
    simd: wasm?.simd ?? "none",
  };
}

/** Fovea's version. */
export function version(): string {
  const description: unknown = JSON.parse(
    readFileSync(new URL("../../../package.json", import.meta.url), "utf8"),
  );
  return (description as { version: string }).version;
}
