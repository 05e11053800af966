// A browser's workers and core count for the WebAssembly backend.
import type { Platform } from "./platform.ts";

export const platform: Platform = {
  parallelism: globalThis.navigator?.hardwareConcurrency ?? 1,
  sharedMemory: typeof SharedArrayBuffer !== "undefined" && globalThis.crossOriginIsolated === true,
  canBlock: "WorkerGlobalScope" in globalThis,

  enableRelaxedSimd() {},
  enableRevectorization: () => false,

  soon(callback) {
    // Unlike a timer's, a message's turn comes at once.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      callback();
    };
    port2.postMessage(null);
  },

  spawn(onFailure) {
    const worker = new Worker(new URL("./worker.browser.js", import.meta.url), {
      type: "module",
      name: "fovea",
    });
    worker.addEventListener(
      "error",
      (event) => onFailure(event.message || "its script could not be loaded"),
      {
        once: true,
      },
    );
    return {
      post: (message) => worker.postMessage(message),
      async terminate() {
        worker.terminate();
      },
    };
  },
};
