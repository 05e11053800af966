// The worker's end of the LeNet benchmark's protocol, for the JavaScript sides: options, warm-up, one slice of training
// for every `go SECONDS` line. It knows no library.
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

/** What the driver tells a side on its command line. */
export interface SideOptions {
  /** Folder of the four MNIST IDX files. */
  readonly data: string;
  readonly batch: number;
  readonly threads: number;
  /** Seconds of training before the side reports that it is ready. */
  readonly warmup: number;
}

/** What a side says about itself when it is warm. */
export interface About {
  readonly name: string;
  readonly version: string;
  /** The way of running that was chosen. */
  readonly mode: string;
  readonly threads: number;
  /** The program that runs it. */
  readonly runtime: string;
}

/** A side's answer to one `go` line. */
export interface Slice {
  readonly samples: number;
  readonly seconds: number;
  /** Loss of the slice's last batch. */
  readonly loss: number;
}

/** Reads `--data DIR --batch N --threads N --warmup SECONDS`. */
export function sideOptions(): SideOptions {
  const { values } = parseArgs({
    options: {
      data: { type: "string" },
      batch: { type: "string", default: "64" },
      threads: { type: "string", default: "2" },
      warmup: { type: "string", default: "2" },
    },
  });
  if (values.data === undefined) throw new Error("--data DIR is missing: the folder of the MNIST IDX files");
  return {
    data: values.data,
    batch: Number(values.batch),
    threads: Number(values.threads),
    warmup: Number(values.warmup),
  };
}

/**
 * Warms up, says ready, and trains for a slice on every `go SECONDS` line of stdin. A slice ends with the first step
 * that passes its time, so that a slow side too does whole steps; it counts only finished work.
 * @param step one training step of `batch` samples
 * @param finish waits for all steps and reads the last loss; its time counts
 */
export async function serve(
  about: Omit<About, "runtime">,
  { batch, warmup }: SideOptions,
  step: () => Promise<void>,
  finish: () => Promise<number>,
): Promise<void> {
  const train = async (seconds: number): Promise<Slice> => {
    const begin = performance.now();
    const end = begin + seconds * 1000;
    let samples = 0;
    do {
      await step();
      samples += batch;
    } while (performance.now() < end);
    const loss = await finish();
    return { samples, seconds: (performance.now() - begin) / 1000, loss };
  };
  await train(0);
  await train(warmup);
  console.log(JSON.stringify({ ...about, runtime: `node ${process.version}` }));
  for await (const line of createInterface({ input: process.stdin })) {
    const [word, seconds] = line.split(" ");
    if (word !== "go") break;
    console.log(JSON.stringify(await train(Number(seconds))));
  }
  process.exit(0);
}
