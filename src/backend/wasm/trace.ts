// What threads do when, noted in shared memory by a program that was rendered for it. Knows kernels as numbers.
import type { KernelSpan } from "../backend.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import { runArgs } from "./layout.ts";

/** A thread's notes: how many, then kernel, start and end of each. */
const headBytes = 16;
const noteBytes = 12;
const mostNotes = 8192;
/** Ticks of the clock in a millisecond. */
const ticks = 1e5;

/** Bytes of one thread's notes. */
export const traceBytes = headBytes + mostNotes * noteBytes;

/** The clock that a traced program imports, in ticks since `epoch` (milliseconds since 1970), wrapping. */
export function clockSince(epoch: number): () => number {
  const shift = performance.timeOrigin - epoch;
  return () => ((performance.now() + shift) * ticks) | 0;
}

interface NoteParts {
  /** Index of the imported clock. */
  readonly clock: number;
  readonly thread: Local;
  readonly args: Local;
  readonly number: number;
}

/** Emits `body` between two looks at the clock, and the note of it while there is room. */
export function writeNote(
  f: FunctionBuilder,
  { clock, thread, args, number }: NoteParts,
  body: () => void,
): void {
  const notes = f.local("i32");
  const note = f.local("i32");
  const start = f.local("i32");
  f.call(clock).set(start);
  body();
  f.get(args).mem("i32.load", runArgs.trace).get(thread);
  f.get(args).mem("i32.load", runArgs.traceStride).op("i32.mul").op("i32.add").tee(notes);
  f.mem("i32.load").tee(note).i32(mostNotes).op("i32.lt_s");
  f.if(() => {
    f.get(notes).plus(note, 1).mem("i32.store");
    f.get(notes).get(note).i32(noteBytes).op("i32.mul").op("i32.add").tee(note);
    f.i32(number).mem("i32.store", headBytes);
    f.get(note)
      .get(start)
      .mem("i32.store", headBytes + 4);
    f.get(note)
      .call(clock)
      .mem("i32.store", headBytes + 8);
  });
  f.release(notes, note, start);
}

/** The notes of all threads as spans in milliseconds since `origin`, a look at the clock. */
export function readNotes(words: Int32Array, address: number, threads: number, origin: number): KernelSpan[] {
  const spans: KernelSpan[] = [];
  const since = (tick: number) => ((tick - origin) | 0) / ticks;
  for (let thread = 0; thread < threads; thread++) {
    const first = (address + thread * traceBytes) / 4;
    for (let i = 0; i < words[first]!; i++) {
      const at = first + (headBytes + i * noteBytes) / 4;
      spans.push({ kernel: words[at]!, thread, start: since(words[at + 1]!), end: since(words[at + 2]!) });
    }
  }
  return spans;
}
