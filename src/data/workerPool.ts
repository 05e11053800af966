// Shares jobs out among threads that make samples. Knows no pictures.
import { threads } from "#workers";
import { WorkerError } from "../base/errors.ts";
import type { BrokenRow, Thread, WorkerAnswer, WorkerJob, WorkerTask } from "./workers.ts";

/** Jobs that a thread has at most: the one in work, and the next, so that it never waits for the parent. */
const jobsAThread = 2;

interface Waiting {
  readonly job: WorkerJob;
  readonly resolve: (broken: readonly BrokenRow[]) => void;
  readonly reject: (error: Error) => void;
}

interface Member {
  readonly thread: Thread;
  /** Jobs that it has, oldest first. */
  readonly jobs: Waiting[];
}

/** Threads that make samples by one task. */
export class WorkerPool {
  readonly #members: Member[];
  readonly #waiting: Waiting[] = [];
  #failure: Error | null = null;

  constructor(count: number, task: WorkerTask) {
    this.#members = Array.from({ length: count }, () => {
      const member: Member = {
        thread: threads.start(
          task,
          (answer) => this.#answered(member, answer),
          (reason) => this.#fail(new WorkerError(`DataLoader: a loader thread failed: ${reason}`)),
        ),
        jobs: [],
      };
      return member;
    });
  }

  /** Has a job done; gives the rows whose pictures can't be read. */
  run(job: WorkerJob): Promise<readonly BrokenRow[]> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      this.#waiting.push({ job, resolve, reject });
      this.#deal();
    });
  }

  /** Ends the threads; jobs that are not done fail. */
  close(): void {
    this.#fail(new WorkerError("DataLoader: the loader was closed"));
  }

  #deal(): void {
    while (this.#waiting.length > 0) {
      const member = this.#members.reduce((a, b) => (b.jobs.length < a.jobs.length ? b : a));
      if (member.jobs.length >= jobsAThread) return;
      const next = this.#waiting.shift()!;
      if (member.jobs.length === 0) member.thread.keepAlive(true);
      member.jobs.push(next);
      member.thread.post(next.job);
    }
  }

  #answered(member: Member, answer: WorkerAnswer): void {
    const done = member.jobs.shift();
    if (member.jobs.length === 0) member.thread.keepAlive(false);
    this.#deal();
    if (!done) return;
    if ("failure" in answer) done.reject(new WorkerError(answer.failure));
    else done.resolve(answer.broken);
  }

  #fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    const open = [...this.#members.flatMap(({ jobs }) => jobs.splice(0)), ...this.#waiting.splice(0)];
    for (const { thread } of this.#members) thread.terminate();
    for (const { reject } of open) reject(error);
  }
}
