// Asks threads about networks, one after the other, and keeps the last answers: a large network takes seconds and hundreds of megabytes.
import { Worker } from "node:worker_threads";
import { FoveaError } from "../../base/errors.ts";
import { HttpError } from "../server/http.ts";
import type { Question } from "./describe.ts";

/** Answers that are kept. */
const mostKept = 32;
/** Time that a thread has for an answer, ms. */
const patience = 60_000;

type Told = { readonly answer: unknown } | { readonly refusal: string };

/** Answers questions about networks. */
export class Describer {
  readonly #kept = new Map<string, Promise<unknown>>();
  #last: Promise<unknown> = Promise.resolve();

  /** The answer to a question; `version` tells states of a file apart. Throws FoveaError where there is none. */
  ask<T>(question: Question, version = 0): Promise<T> {
    const key = `${version} ${JSON.stringify(question)}`;
    const kept = this.#kept.get(key);
    if (kept) return kept as Promise<T>;
    const told = this.#last.then(() => askThread(question));
    this.#last = told.catch(() => {});
    this.#kept.set(key, told);
    told.catch(() => this.#kept.delete(key));
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) break;
      this.#kept.delete(oldest);
    }
    return told as Promise<T>;
  }
}

function askThread(question: Question): Promise<unknown> {
  // The parent's own flags (test runner, loaders, inspector) are not for this thread.
  const worker = new Worker(new URL("./describe.worker.js", import.meta.url), {
    execArgv: [],
    name: "fovea networks",
    workerData: question,
  });
  return new Promise<unknown>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new HttpError(503, "the network takes too long to look at")),
      patience,
    );
    worker.once("message", (told: Told) => {
      clearTimeout(timer);
      if ("answer" in told) resolve(told.answer);
      else reject(new FoveaError(told.refusal));
    });
    worker.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    worker.once("exit", () => {
      clearTimeout(timer);
      reject(new FoveaError("the network is too large to look at"));
    });
  }).finally(() => void worker.terminate());
}
