// The driver's end of the comparison's protocol (see serve.ts): one side of one work as a child process.
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { About, Slice } from "./serve.ts";
import type { Work } from "./works.ts";

/** How long a side may take for one answer, warm-up and torch.compile included. */
const patience = 300_000;

/** Where a side says that it leaves a work out. */
export interface Skipped {
  readonly skip: string;
}

type Reply<T> = T | Skipped | { readonly error: string };

/** One side, in a process of its own. Between slices it is blocked reading stdin. */
export class Side {
  #child: ChildProcess;
  #answers: ((line: string | Error) => void)[] = [];
  /** Set once the process cannot answer any more. */
  #failure: Error | null = null;
  #errors = "";

  /** Starts a program with its arguments. */
  constructor([program, ...args]: readonly [string, ...string[]]) {
    this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stderr!.on("data", (text: Buffer) => {
      this.#errors = (this.#errors + text).slice(-2000);
    });
    // Libraries greet on stdout too; the protocol's lines are the JSON objects.
    createInterface({ input: this.#child.stdout! }).on("line", (line) => {
      if (line.startsWith("{")) this.#answers.shift()?.(line);
    });
    // A process that ends while it is written to is reported by its "close".
    this.#child.stdin!.on("error", () => {});
    this.#child.on("error", (error) => this.#fail(error.message));
    this.#child.on("close", (code) => this.#fail(`ended with ${code}`));
  }

  /** Process number, to see what the side uses. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Sets a work up; resolves when it is warm, or left out. */
  open(work: Work): Promise<About | Skipped> {
    return this.#ask({ open: work });
  }

  /** Works for about so many seconds. */
  async go(seconds: number): Promise<Slice> {
    const reply = await this.#ask<Slice>({ go: seconds });
    if ("skip" in reply) throw new Error(reply.skip);
    return reply;
  }

  /** Ends the process. */
  stop(): void {
    this.#child.kill();
  }

  async #ask<T extends object>(question: object): Promise<T | Skipped> {
    const answer = this.#answer();
    this.#child.stdin!.write(`${JSON.stringify(question)}\n`);
    const reply: Reply<T> = JSON.parse(await answer);
    if ("error" in reply) throw new Error(reply.error);
    return reply;
  }

  #answer(): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      const timer = setTimeout(() => this.#fail(`no answer within ${patience / 1000} s`), patience);
      this.#answers.push((line) => {
        clearTimeout(timer);
        if (typeof line === "string") resolve(line);
        else reject(line);
      });
    });
  }

  #fail(reason: string): void {
    this.#failure ??= new Error(`${reason}\n${this.#errors}`.trimEnd());
    for (const answer of this.#answers.splice(0)) answer(this.#failure);
  }
}
