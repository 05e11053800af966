// How threads wait for each other, as WebAssembly code over the control block; knows nothing of kernels.
import type { FunctionBuilder, Local } from "./assembler.ts";
import { control, failure, napMilliseconds } from "./layout.ts";
import type { ModuleBuilder } from "./moduleBuilder.ts";

/** Half of the spins that are made however often spinning was in vain. */
const fewestSpins = 1000;

/**
 * Defines `waitFor(control, threads, thread, address, target) → error word`: waits until the word at `address` is
 * `target`, spinning for a while and then sleeping in naps. Whoever brings the word to its target calls
 * `wakeSleepers`. After naps in which no thread gave a heartbeat a sleeper sets the error word; all who wait leave when
 * that is set.
 *
 * Spinning pays while every thread has a core, since waking one takes as long as a kernel; where two threads
 * share a core it only keeps the other from finishing. So each thread has a limit that goes half the way to the
 * most after success, and half the way to nothing when the thread had to sleep after all.
 */
export function defineWaitFor(module: ModuleBuilder): number {
  return module.func(["i32", "i32", "i32", "i32", "i32"], ["i32"], (f) => {
    const [block, threads, thread, address, target] = [0, 1, 2, 3, 4];
    const spins = f.local("i32");
    const line = f.local("i32");
    const leaveWithError = () => f.get(block).mem("i32.atomic.load", control.error).op("return");
    const reached = (then: () => void) => {
      f.get(address).mem("i32.atomic.load").get(target).op("i32.eq");
      f.if(then);
    };

    f.get(block).get(thread).i32(control.threadStride).op("i32.mul").op("i32.add").set(line);
    const limit = control.threads + control.spins;
    f.get(line).mem("i32.load", limit).set(spins);
    f.loop(() => {
      reached(() => {
        f.get(line).get(line).mem("i32.load", limit).get(block).mem("i32.load", control.mostSpins);
        f.op("i32.add").i32(1).op("i32.shr_u").mem("i32.store", limit);
        leaveWithError();
      });
      f.get(spins).i32(1).op("i32.sub").tee(spins).brIf(0);
    });
    f.get(line).get(line).mem("i32.load", limit).i32(1).op("i32.shr_u").i32(fewestSpins);
    f.op("i32.add").mem("i32.store", limit);
    sleep(f, { block, threads, address, leaveWhenReached: () => reached(leaveWithError), leaveWithError });
    f.op("unreachable");
  });
}

/** Wakes those who sleep on the word at `address`. A thread that counts itself asleep later finds the word changed. */
export function wakeSleepers(f: FunctionBuilder, block: Local, address: Local): void {
  f.get(block).mem("i32.atomic.load", control.sleepers);
  f.if(() => f.get(address).i32(-1).mem("memory.atomic.notify").op("drop"));
}

interface SleepParts {
  readonly block: Local;
  readonly threads: Local;
  readonly address: Local;
  leaveWhenReached(): void;
  leaveWithError(): void;
}

/** Naps until the word is reached, an error is set, or no thread has shown life for too long. */
function sleep(
  f: FunctionBuilder,
  { block, threads, address, leaveWhenReached, leaveWithError }: SleepParts,
): void {
  const left = f.local("i32");
  const beats = f.local("i32");
  const lastBeats = f.local("i32");
  const word = f.local("i32");
  const thread = f.local("i32");
  const line = f.local("i32");
  f.i32(-1).set(lastBeats);
  f.loop(() => {
    f.get(address).mem("i32.atomic.load").set(word);
    leaveWhenReached();
    f.get(block).i32(1).mem("i32.atomic.rmw.add", control.sleepers).op("drop");
    f.get(address).get(word);
    f.i64(BigInt(napMilliseconds) * 1_000_000n)
      .mem("memory.atomic.wait32")
      .op("drop");
    f.get(block).i32(1).mem("i32.atomic.rmw.sub", control.sleepers).op("drop");
    leaveWhenReached();
    f.get(block).mem("i32.atomic.load", control.error);
    f.if(leaveWithError);

    f.i32(0).set(beats).get(block).set(line);
    f.for(thread, 0, { local: threads }, 1, () => {
      f.get(line).mem("i32.atomic.load", control.threads + control.heartbeat);
      f.get(beats).op("i32.add").set(beats);
      f.increment(line, control.threadStride);
    });
    f.get(beats).get(lastBeats).op("i32.ne");
    f.if(
      () => f.get(beats).set(lastBeats).get(block).mem("i32.load", control.naps).set(left),
      () => {
        f.get(left).i32(1).op("i32.sub").tee(left).i32(0).op("i32.le_s");
        f.if(() => {
          f.get(block).i32(0).i32(failure.silent);
          f.mem("i32.atomic.rmw.cmpxchg", control.error).op("drop");
          leaveWithError();
        });
      },
    );
    f.br(0);
  });
}
