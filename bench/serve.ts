// A side's end of the comparison's protocol, for the sides in JavaScript. It knows no library.
//
// One JSON object a line. `{"open": work}` sets a work up and warms it up; the answer is an About. `{"go": seconds}` does
// whole steps of that work for about so long; the answer is a Slice. A work that the side does not do is answered with
// `{"skip": reason}`, and what goes wrong with `{"error": message}`. Between two lines the process is blocked on stdin.
import { createInterface } from "node:readline";
import { setImmediate as breathe } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Work } from "./works.ts";

/** What the driver tells a side on its command line. */
export interface SideOptions {
  /** Folder of the four MNIST IDX files. */
  readonly data: string;
  readonly threads: number;
  /** Seconds of steps before a work counts as warm. */
  readonly warmup: number;
}

/** What a side says about itself and the work that it has opened. */
export interface About {
  readonly name: string;
  readonly version: string;
  /** How it works, for example "wasm, simd128 + relaxed" or "channels_last". */
  readonly mode: string;
  readonly threads: number;
  /** Version of the engine or interpreter below it. */
  readonly runtime: string;
}

/** A side's answer to `go`. */
export interface Slice {
  /** Samples or floating-point operations that were finished. */
  readonly count: number;
  readonly seconds: number;
  /** The last loss, or the mean magnitude of the last result. */
  readonly check: number;
}

/** A work that is set up. */
export interface Opened {
  readonly mode: string;
  readonly threads: number;
  /** What has to be done before each slice; its time does not count. */
  begin?(): Promise<void>;
  /** Starts one step; it may still be going on when this returns or resolves. */
  step(): void | Promise<void>;
  /** Waits until all steps are done; its time counts. */
  finish(): void | Promise<void>;
  /** The last loss, or the mean magnitude of the last result; its time does not count. */
  check(): number | Promise<number>;
}

/** Thrown by a side that does not do a work; the message is the reason. */
export class Skip extends Error {}

/** A side whose steps take longer than so many seconds leaves the work out. */
const mostSecondsPerStep = 20;

/** Reads `--data DIR --threads N --warmup SECONDS` and leaves other options to the side. */
export function sideOptions(): SideOptions {
  const { values } = parseArgs({
    strict: false,
    options: {
      data: { type: "string", default: "" },
      threads: { type: "string", default: "2" },
      warmup: { type: "string", default: "0.5" },
    },
  });
  return { data: String(values.data), threads: Number(values.threads), warmup: Number(values.warmup) };
}

/** Does whole steps for about so many seconds, at least one. */
export async function work(
  { step, finish }: Pick<Opened, "step" | "finish">,
  seconds: number,
): Promise<{ steps: number; seconds: number }> {
  const begin = performance.now();
  const end = begin + seconds * 1000;
  let steps = 0;
  do {
    await step();
    steps++;
  } while (performance.now() < end);
  await finish();
  return { steps, seconds: (performance.now() - begin) / 1000 };
}

/** Answers the driver's lines until stdin ends. */
export async function serve(
  { name, version }: Pick<About, "name" | "version">,
  { warmup }: Pick<SideOptions, "warmup">,
  open: (work: Work) => Opened | Promise<Opened>,
): Promise<never> {
  let current: { opened: Opened; perStep: number } | null = null;
  const answer = async (line: { open?: Work; go?: number }): Promise<About | Slice> => {
    if (line.open) {
      current = null;
      const opened = await open(line.open);
      const first = await work(opened, 0);
      if (first.seconds > mostSecondsPerStep) {
        throw new Skip(`one step takes ${first.seconds.toFixed(0)} s`);
      }
      // Threads that have just been started report in the event loop.
      await breathe();
      await work(opened, warmup);
      current = { opened, perStep: line.open.perStep };
      const { mode, threads } = opened;
      return { name, version, mode, threads, runtime: `Node ${process.version}` };
    }
    if (!current || line.go === undefined) throw new Error(`${name}: nothing is open`);
    await current.opened.begin?.();
    const { steps, seconds } = await work(current.opened, line.go);
    return { count: steps * current.perStep, seconds, check: await current.opened.check() };
  };
  for await (const line of createInterface({ input: process.stdin })) {
    let reply: object;
    try {
      reply = await answer(JSON.parse(line));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      reply = error instanceof Skip ? { skip: message } : { error: message };
    }
    console.log(JSON.stringify(reply));
  }
  process.exit(0);
}
