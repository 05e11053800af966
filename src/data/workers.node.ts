// Node's threads for a loader.
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Threads, WorkerAnswer } from "./workers.ts";

export const threads: Threads = {
  missing: null,
  parallelism: availableParallelism(),

  start(task, onAnswer, onEnd) {
    // The parent's own flags (test runner, loaders, inspector) are not for this thread.
    const worker = new Worker(new URL("./worker.node.js", import.meta.url), {
      execArgv: [],
      name: "fovea loader",
      workerData: task,
    });
    worker.on("message", (answer: WorkerAnswer) => onAnswer(answer));
    worker.on("error", (error) => onEnd(error instanceof Error ? error.message : String(error)));
    worker.on("exit", (code) => onEnd(`it ended with exit code ${code}`));
    // Behind the listeners: one for messages would keep the program running again.
    worker.unref();
    return {
      post: (job) => worker.postMessage(job),
      keepAlive: (yes) => (yes ? worker.ref() : worker.unref()),
      terminate: () => void worker.terminate(),
    };
  },
};
