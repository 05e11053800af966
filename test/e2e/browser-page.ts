// The script of the test page: what the browser test calls from outside.
import { createWasmBackend } from "../../src/index.ts";
import type { WorkerReport } from "./browser-worker.ts";

/** Functions on the page's global object. */
export interface Page {
  train(): Promise<WorkerReport>;
  /** What asking for two threads on the page's main thread throws: its name and message. */
  threadsOnMainThread(): { name: string; message: string } | null;
}

const page: Page = {
  train() {
    return new Promise((resolve, reject) => {
      const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
      worker.addEventListener("error", (event) =>
        reject(new Error(event.message || "the worker did not load")),
      );
      worker.addEventListener("message", ({ data }) => {
        worker.terminate();
        if (data.error) reject(new Error(data.error));
        else resolve(data.report);
      });
    });
  },

  threadsOnMainThread() {
    try {
      createWasmBackend({ threads: 2 });
      return null;
    } catch (error) {
      return error instanceof Error ? { name: error.name, message: error.message } : null;
    }
  },
};

Object.assign(globalThis, { page });
