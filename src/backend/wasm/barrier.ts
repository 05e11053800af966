// The barrier between stages, as WebAssembly code over the control block; knows nothing of kernels.
import type { FunctionBuilder, ModuleBuilder } from "./assembler.ts";
import { control, failure, napMilliseconds } from "./layout.ts";

/** Half of the spins that are made however often spinning was in vain. */
const fewestSpins = 1000;

/**
 * Defines `barrier(control, threads, thread, stay) → error word`. The last thread to arrive opens the barrier; the
 * others spin for a while, then sleep in naps. After naps in which no thread gave a heartbeat a sleeper sets the
 * error word. All threads leave when the error word is set. With `stay` 0 a thread reports its arrival and goes on.
 *
 * Spinning pays while every thread has a core, since waking one takes as long as a kernel; where two threads
 * share a core it only keeps the other from arriving. So each thread has a limit that goes half the way to the
 * most after success, and half the way to nothing when the thread had to sleep after all.
 */
export function defineBarrier(module: ModuleBuilder): number {
  return module.func(["i32", "i32", "i32", "i32"], ["i32"], (f) => {
    const [block, threads, thread, stay] = [0, 1, 2, 3];
    const generation = f.local("i32");
    const spins = f.local("i32");
    const line = f.local("i32");
    const word = (offset: number) => f.get(block).mem("i32.atomic.load", offset);
    const leaveWithError = () => word(control.error).op("return");
    const leaveWhenOpen = () => {
      word(control.barrierGeneration).get(generation).op("i32.ne");
      f.if(leaveWithError);
    };

    word(control.barrierGeneration).set(generation);
    f.get(block).i32(1).mem("i32.atomic.rmw.add", control.barrierCount);
    f.get(threads).i32(1).op("i32.sub").op("i32.eq");
    f.if(() => {
      f.get(block).i32(0).mem("i32.atomic.store", control.barrierCount);
      f.get(block).get(generation).i32(1).op("i32.add").mem("i32.atomic.store", control.barrierGeneration);
      // A thread that counts itself asleep after this look finds the generation changed and does not sleep.
      word(control.barrierSleepers);
      f.if(() => wakeAll(f, block));
      leaveWithError();
    });
    f.get(stay).op("i32.eqz");
    f.if(() => f.i32(0).op("return"));

    f.get(block).get(thread).i32(control.threadStride).op("i32.mul").op("i32.add").set(line);
    const limit = control.threads + control.spins;
    f.get(line).mem("i32.load", limit).set(spins);
    f.loop(() => {
      word(control.barrierGeneration).get(generation).op("i32.ne");
      f.if(() => {
        f.get(line).get(line).mem("i32.load", limit).get(block).mem("i32.load", control.mostSpins);
        f.op("i32.add").i32(1).op("i32.shr_u").mem("i32.store", limit);
        leaveWithError();
      });
      f.get(spins).i32(1).op("i32.sub").tee(spins).brIf(0);
    });
    f.get(line).get(line).mem("i32.load", limit).i32(1).op("i32.shr_u").i32(fewestSpins);
    f.op("i32.add").mem("i32.store", limit);
    sleep(f, { block, threads, generation, leaveWhenOpen, leaveWithError });
    f.op("unreachable");
  });
}

interface SleepParts {
  readonly block: number;
  readonly threads: number;
  readonly generation: number;
  leaveWhenOpen(): void;
  leaveWithError(): void;
}

/** Naps until the barrier opens, an error is set, or no thread has shown life for too long. */
function sleep(
  f: FunctionBuilder,
  { block, threads, generation, leaveWhenOpen, leaveWithError }: SleepParts,
): void {
  const left = f.local("i32");
  const beats = f.local("i32");
  const seen = f.local("i32");
  const thread = f.local("i32");
  const line = f.local("i32");
  f.i32(-1).set(seen);
  f.loop(() => {
    f.get(block).i32(1).mem("i32.atomic.rmw.add", control.barrierSleepers).op("drop");
    f.get(block).i32(control.barrierGeneration).op("i32.add").get(generation);
    f.i64(BigInt(napMilliseconds) * 1_000_000n)
      .mem("memory.atomic.wait32")
      .op("drop");
    f.get(block).i32(1).mem("i32.atomic.rmw.sub", control.barrierSleepers).op("drop");
    leaveWhenOpen();
    f.get(block).mem("i32.atomic.load", control.error);
    f.if(leaveWithError);

    f.i32(0).set(beats).get(block).set(line);
    f.for(thread, 0, { local: threads }, 1, () => {
      f.get(line).mem("i32.atomic.load", control.threads + control.heartbeat);
      f.get(beats).op("i32.add").set(beats);
      f.increment(line, control.threadStride);
    });
    f.get(beats).get(seen).op("i32.ne");
    f.if(
      () => f.get(beats).set(seen).get(block).mem("i32.load", control.naps).set(left),
      () => {
        f.get(left).i32(1).op("i32.sub").tee(left).i32(0).op("i32.le_s");
        f.if(() => {
          f.get(block).i32(0).i32(failure.silent);
          f.mem("i32.atomic.rmw.cmpxchg", control.error).op("drop");
          wakeAll(f, block);
          leaveWithError();
        });
      },
    );
    f.br(0);
  });
}

function wakeAll(f: FunctionBuilder, block: number): void {
  f.get(block).i32(-1).mem("memory.atomic.notify", control.barrierGeneration).op("drop");
}
