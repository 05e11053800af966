// Reads damaged files and holds every outcome against the rules: a typed error or a valid load, and memory in proportion to the file.
import { FoveaError } from "../../src/base/errors.ts";
import { sizeOf } from "../../src/base/shape.ts";
import { Random } from "../../src/tensor/random.ts";
import { allocationsOf } from "./allocations.ts";
import { mutate } from "./mutate.ts";
import type { Target } from "./targets.ts";

/** What reading may allocate in all, for each byte of the file and beside that. */
const memory = { times: 4, bytes: 16 * 2 ** 20 };

/** What became of the cases. */
export interface Tally {
  loaded: number;
  refused: number;
  /** What broke a rule, with the number of the case and the file. */
  readonly failures: string[];
  slowestMs: number;
  /** The most that one case allocated. */
  mostBytes: number;
}

/** Runs cases 0 to `count - 1` of a seed; the same numbers give the same files. */
export async function fuzz(target: Target, count: number, seed: number): Promise<Tally> {
  const tally: Tally = { loaded: 0, refused: 0, failures: [], slowestMs: 0, mostBytes: 0 };
  for (let i = 0; i < count; i++) {
    const bytes = caseOf(target, i, seed);
    const began = performance.now();
    let problem: string | null = null;
    const allocated = await allocationsOf(async () => {
      try {
        for (const { shape, data } of await target.read(bytes)) {
          if (data.length !== sizeOf(shape)) problem = `[${shape.join(", ")}] has ${data.length} elements`;
        }
        tally.loaded++;
      } catch (error) {
        tally.refused++;
        if (!(error instanceof FoveaError))
          problem = error instanceof Error ? (error.stack ?? "") : String(error);
      }
    });
    if (allocated > memory.times * bytes.length + memory.bytes)
      problem ??= `${allocated} bytes were allocated`;
    tally.slowestMs = Math.max(tally.slowestMs, performance.now() - began);
    tally.mostBytes = Math.max(tally.mostBytes, allocated);
    if (problem !== null)
      tally.failures.push(`case ${i}: ${problem}\n${Buffer.from(bytes).toString("base64")}`);
  }
  return tally;
}

/** The file of a case. */
function caseOf({ seeds }: Target, number: number, seed: number): Uint8Array {
  const random = new Random(seed, number);
  const { bytes, build = (damaged) => damaged } = seeds[number % seeds.length]!;
  const donor = seeds[random.integer(seeds.length)]!.bytes;
  return build(mutate(bytes, donor, random));
}
