// The worker of the test page: trains, and counts how many threads really enter a run.
import { type Training, trainLenet } from "./browser-training.ts";

/** What the worker tells the page. */
export interface WorkerReport {
  /** With fused multiply-add where the engine has it, as users get it. */
  readonly standard: Training;
  /** Without it: the same bits everywhere. */
  readonly portable: Training;
  /** The largest number of threads that entered one run. */
  readonly entered: number;
  readonly isolated: boolean;
}

let entered = 0;
const { Instance } = WebAssembly;
WebAssembly.Instance = class {
  readonly exports: WebAssembly.Exports;

  constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
    const { exports } = new Instance(module, imports);
    const run = exports.run as (thread: number, threads: number, args: number) => number;
    const counted = (thread: number, threads: number, args: number) => {
      const status = run(thread, threads, args);
      if (status === 0) entered = Math.max(entered, threads);
      return status;
    };
    this.exports = { ...exports, run: counted };
  }
};

try {
  const standard = await trainLenet(null, true);
  const portable = await trainLenet(null, false);
  const report: WorkerReport = { standard, portable, entered, isolated: globalThis.crossOriginIsolated };
  globalThis.postMessage({ report });
} catch (error) {
  globalThis.postMessage({ error: String(error instanceof Error ? error.stack : error) });
}
