// Node's threads, flags and core count for the WebAssembly backend.
import { availableParallelism } from "node:os";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import type { Platform } from "./platform.ts";

let isRevectorizing = false;

export const platform: Platform = {
  parallelism: availableParallelism(),
  sharedMemory: true,
  canBlock: true,

  enableRelaxedSimd() {
    setFlagsFromString("--experimental-wasm-relaxed-simd");
  },

  enableRevectorization() {
    // Older engines do not know the flag and complain about it.
    const [major = 0] = process.versions.v8.split(".").map(Number);
    if (isRevectorizing || major < 13) return false;
    setFlagsFromString("--experimental-wasm-revectorize");
    isRevectorizing = true;
    return true;
  },

  soon: (callback) => void setImmediate(callback),

  spawn(onFailure) {
    // The parent's own flags (test runner, loaders, inspector) are not for this thread.
    const worker = new Worker(new URL("./worker.node.js", import.meta.url), { execArgv: [], name: "fovea" });
    worker.unref();
    let reported = false;
    const report = (reason: string) => {
      if (!reported) onFailure(reason);
      reported = true;
    };
    worker.on("error", (error) => report(String(error)));
    worker.on("messageerror", (error) => report(String(error)));
    worker.on("exit", (code) => report(`it ended with exit code ${code}`));
    return {
      post: (message) => worker.postMessage(message),
      async terminate() {
        reported = true;
        await worker.terminate();
      },
    };
  },
};
