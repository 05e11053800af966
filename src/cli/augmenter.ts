// What augmentation makes of pictures, for the studio: on a thread, by the code of training.
import { Worker } from "node:worker_threads";
import { FoveaError } from "../base/errors.ts";
import type { AugmentSession, Outcomes } from "../studio/augment/augmenter.ts";
import type { SetSource } from "../studio/sets/source.ts";
import type { AugmentAnswer, AugmentRequest } from "../studio/shared/augment.ts";

/** A job of the thread. */
export type AugmentJob =
  | { readonly kind: "preset"; readonly name: string | null; readonly size: number | null }
  | { readonly kind: "outcomes"; readonly request: AugmentRequest };

/** What the thread answers, in the order of jobs. */
export type AugmentJobAnswer = { readonly result: AugmentAnswer | Outcomes } | { readonly failure: string };

/** Time that a job may take, ms: steps can be asked for more than a machine can do. */
const patience = 60_000;

interface Waiting {
  readonly resolve: (result: AugmentAnswer | Outcomes) => void;
  readonly reject: (error: Error) => void;
}

/** Opens a set for training. The thread is started with the first job, and again where one has ended it. */
export function openAugmentation(source: SetSource): AugmentSession {
  let worker: Worker | null = null;
  const waiting: Waiting[] = [];
  const end = (reason: string): void => {
    worker = null;
    for (const { reject } of waiting.splice(0)) reject(new FoveaError(reason));
  };
  const start = (): Worker => {
    // The parent's own flags (test runner, loaders, inspector) are not for this thread.
    const started = new Worker(new URL("./augmenter.worker.js", import.meta.url), {
      execArgv: [],
      name: "fovea augmentation",
      workerData: source,
    });
    started.on("message", (answer: AugmentJobAnswer) => {
      const { resolve, reject } = waiting.shift()!;
      if ("failure" in answer) reject(new FoveaError(answer.failure));
      else resolve(answer.result);
    });
    started.on("error", (error) => end(error instanceof Error ? error.message : String(error)));
    started.on("exit", () => {
      if (worker === started) end("the augmentation was ended");
    });
    started.unref();
    return started;
  };
  const send = async (job: AugmentJob): Promise<AugmentAnswer | Outcomes> => {
    worker ??= start();
    const current = worker;
    const timer = setTimeout(() => void current.terminate(), patience);
    try {
      return await new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        current.postMessage(job);
      });
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    preset: async (name, size) => (await send({ kind: "preset", name, size })) as AugmentAnswer,
    outcomes: async (request) => (await send({ kind: "outcomes", request })) as Outcomes,
    close: async () => {
      await worker?.terminate();
    },
  };
}
