// Checks of sets: one at a time, on a thread of its own, whose result is kept as long as the set stays the same.
import { Worker } from "node:worker_threads";
import { HttpError } from "../server/http.ts";
import type { SetShelf } from "../sets/shelf.ts";
import type { CheckAnswer } from "../shared/check.ts";
import type { CheckMessage } from "./worker.ts";

interface Check {
  /** What the set was when it was checked. */
  readonly state: string;
  readonly worker: Worker;
  answer: CheckAnswer;
}

/** The checks of one studio. */
export class Checks {
  readonly #shelf: SetShelf;
  readonly #checks = new Map<string, Check>();
  #isStarting = false;

  constructor(shelf: SetShelf) {
    this.#shelf = shelf;
  }

  /** How the check of a set stands. Throws HttpError 404 where there is no such set. */
  async answer(id: string): Promise<CheckAnswer> {
    const { state } = await this.#shelf.answer(id);
    const check = this.#checks.get(id);
    return check && (check.state === state || check.answer.status === "running")
      ? check.answer
      : { status: "none" };
  }

  /** Starts a check. Throws HttpError 409 while another one is in progress. */
  async start(id: string): Promise<CheckAnswer> {
    if (this.#isStarting || [...this.#checks.values()].some(({ answer }) => answer.status === "running")) {
      throw new HttpError(409, "a check is in progress; wait for its end, or cancel it");
    }
    this.#isStarting = true;
    try {
      const [{ state, names }, source] = [await this.#shelf.answer(id), await this.#shelf.source(id)];
      // The parent's own flags (test runner, loaders, inspector) are not for this thread.
      const worker = new Worker(new URL("./worker.js", import.meta.url), {
        execArgv: [],
        name: "fovea check",
        workerData: source,
      });
      const check: Check = { state, worker, answer: { status: "running", done: 0, total: names.length } };
      this.#checks.set(id, check);
      worker.on("message", (message: CheckMessage) => {
        check.answer = answerOf(message);
        if (check.answer.status !== "running") void worker.terminate();
      });
      const fail = (problem: string) => {
        if (check.answer.status === "running") check.answer = { status: "failed", problem };
      };
      worker.on("error", (error) => fail(error instanceof Error ? error.message : String(error)));
      worker.on("exit", () => fail("the check ended without a result"));
      return check.answer;
    } finally {
      this.#isStarting = false;
    }
  }

  /** Ends a check that is in progress. */
  async cancel(id: string): Promise<CheckAnswer> {
    const check = this.#checks.get(id);
    if (check?.answer.status === "running") {
      this.#checks.delete(id);
      await check.worker.terminate();
    }
    return this.answer(id);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#checks.values()].map(({ worker }) => worker.terminate()));
  }
}

function answerOf(message: CheckMessage): CheckAnswer {
  if ("failure" in message) return { status: "failed", problem: message.failure };
  return "result" in message
    ? { status: "done", result: message.result }
    : { status: "running", done: message.done, total: message.total };
}
