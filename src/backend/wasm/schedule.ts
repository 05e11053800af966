// Who runs what: which kernels of a stage are cut across the threads, which go whole to one, and where
// barriers are needed. Works on costs alone and knows nothing of code.

/** What the schedule needs to know of a kernel; costs in nanoseconds. */
export interface Work {
  readonly units: number;
  readonly cost: number;
}

/** One stage: for each kernel the thread that runs all of it, or "all"; and whether a barrier follows. */
export interface StageSchedule {
  readonly owners: readonly (number | "all")[];
  readonly barrier: boolean;
}

/** A whole program's schedule, and the nanoseconds by which it should beat a single thread. */
export interface Schedule {
  readonly stages: readonly StageSchedule[];
  readonly gain: number;
}

/** Below this cost a kernel is not worth cutting, nor a stage worth waking another thread's caches for. */
const smallKernel = 1500;
const smallStage = 2500;
const barrierCost = 500;

/**
 * Large kernels are cut evenly across the threads; small ones go to the thread with the least to do, and
 * stages that are small as a whole to thread 0. Between stages of thread 0 alone there is no barrier.
 */
export function schedule(stages: readonly (readonly Work[])[], threads: number): Schedule {
  let gain = 0;
  const owners = stages.map((works) => {
    const total = works.reduce((sum, work) => sum + work.cost, 0);
    if (total < smallStage) return works.map(() => 0);
    const loads = new Array<number>(threads).fill(0);
    const result = new Array<number | "all">(works.length).fill("all");
    const whole: number[] = [];
    works.forEach(({ units, cost }, i) => {
      if (cost < smallKernel || units === 1) whole.push(i);
      else for (let t = 0; t < threads; t++) loads[t]! += cost / threads;
    });
    whole.sort((a, b) => works[b]!.cost - works[a]!.cost || a - b);
    for (const i of whole) {
      const thread = loads.indexOf(Math.min(...loads));
      loads[thread]! += works[i]!.cost;
      result[i] = thread;
    }
    gain += total - Math.max(...loads);
    return result;
  });
  const alone = owners.map((list) => list.every((owner) => owner === 0));
  return {
    stages: owners.map((list, s) => {
      const barrier = s + 1 < stages.length && !(alone[s] && alone[s + 1]);
      if (barrier) gain -= barrierCost;
      return { owners: list, barrier };
    }),
    gain,
  };
}
