// The driver's end of the LeNet benchmark's protocol: starts one side as a child process and asks it for slices.
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import type { About, Slice } from "./serve.ts";

/** How long a side may take to import, compile and warm up, and to answer one slice. */
const patience = 180_000;

/** One trainer, in a process of its own. Between slices it is blocked reading stdin. */
export class Side {
  readonly name: string;
  #child: ChildProcess;
  #lines: Interface;
  #answers: ((line: string | Error) => void)[] = [];
  #errors = "";
  #help: string;

  /**
   * @param name for messages
   * @param command program and arguments
   * @param help what to do when the side does not start, for example what to install
   */
  constructor(name: string, [program, ...args]: readonly [string, ...string[]], help: string) {
    this.name = name;
    this.#help = help;
    this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stderr!.on("data", (text: Buffer) => {
      this.#errors = (this.#errors + text).slice(-2000);
    });
    this.#lines = createInterface({ input: this.#child.stdout! });
    // Libraries greet on stdout too; the protocol's lines are the JSON objects.
    this.#lines.on("line", (line) => {
      if (line.startsWith("{")) this.#answers.shift()?.(line);
    });
    this.#child.on("error", (error) => this.#fail(error.message));
    this.#child.on("close", (code) => this.#fail(`ended with ${code}`));
  }

  /** Resolves when the side is warm. */
  async ready(): Promise<About> {
    return JSON.parse(await this.#answer());
  }

  /** Process number, to see what the side uses. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Trains for about so many seconds. */
  async go(seconds: number): Promise<Slice> {
    this.#child.stdin!.write(`go ${seconds}\n`);
    return JSON.parse(await this.#answer());
  }

  /** Ends the process. */
  stop(): void {
    this.#child.kill();
  }

  #answer(): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#fail(`no answer within ${patience / 1000} s`), patience);
      this.#answers.push((line) => {
        clearTimeout(timer);
        if (typeof line === "string") resolve(line);
        else reject(line);
      });
    });
  }

  #fail(reason: string): void {
    const error = new Error(`bench: ${this.name} ${reason}. ${this.#help}\n${this.#errors}`.trimEnd());
    for (const answer of this.#answers.splice(0)) answer(error);
  }
}
