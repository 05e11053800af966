// Who may run what: cuts a program's stages into phases of tasks that any thread can take up. Works on costs alone
// and knows nothing of code.

/** What the schedule needs to know of a kernel; costs in nanoseconds. */
export interface Work {
  readonly units: number;
  readonly cost: number;
}

/** A kernel of a program: its stage and its place in that. */
export interface KernelPlace {
  readonly stage: number;
  readonly index: number;
}

/**
 * What one thread takes up at a time: a few kernels whole, one after the other, or some units of one kernel that
 * the threads share.
 */
export type Task =
  | { readonly kind: "whole"; readonly kernels: readonly KernelPlace[]; readonly cost: number }
  | { readonly kind: "cut"; readonly kernel: KernelPlace; readonly cost: number };

/** Tasks that do not depend on each other; the next phase begins when all of them are done. */
export interface Phase {
  readonly tasks: readonly Task[];
}

/** A whole program's schedule, and the nanoseconds by which it should beat a single thread. */
export interface Schedule {
  readonly phases: readonly Phase[];
  readonly gain: number;
}

/** Below this cost a kernel is not worth cutting, nor a stage worth waking another thread's caches for. */
const smallKernel = 1500;
const smallStage = 2500;
/** What it costs the threads to meet between two phases. */
const meetingCost = 500;

/**
 * Large kernels are cut, small ones are dealt out whole, in as many tasks as there are threads; stages that are
 * small altogether make one task together with the small ones next to them.
 */
export function schedule(stages: readonly (readonly Work[])[], threads: number): Schedule {
  const phases: Phase[] = [];
  let gain = 0;
  let small: KernelPlace[] = [];
  let smallCost = 0;
  const closeSmall = () => {
    if (small.length > 0) phases.push({ tasks: [{ kind: "whole", kernels: small, cost: smallCost }] });
    small = [];
    smallCost = 0;
  };
  stages.forEach((works, stage) => {
    const places = works.map((_, index) => ({ stage, index }));
    const total = works.reduce((sum, work) => sum + work.cost, 0);
    if (total < smallStage) {
      small.push(...places);
      smallCost += total;
      return;
    }
    closeSmall();
    const isCut = ({ index }: KernelPlace) => works[index]!.cost >= smallKernel && works[index]!.units > 1;
    const whole = deal(
      places.filter((place) => !isCut(place)),
      works,
      threads,
    );
    const cut = places
      .filter(isCut)
      .map((kernel): Task => ({ kind: "cut", kernel, cost: works[kernel.index]!.cost }));
    phases.push({ tasks: [...whole, ...cut.sort((a, b) => b.cost - a.cost)] });
    gain += total - Math.max(total / threads, ...whole.map((task) => task.cost));
  });
  closeSmall();
  return { phases, gain: gain - meetingCost * Math.max(0, phases.length - 1) };
}

/** Kernels as at most `threads` tasks of about the same cost, the most costly first. */
function deal(places: readonly KernelPlace[], works: readonly Work[], threads: number): Task[] {
  const cost = ({ index }: KernelPlace) => works[index]!.cost;
  const hands: { kernels: KernelPlace[]; cost: number }[] = [];
  for (const place of places.toSorted((a, b) => cost(b) - cost(a) || a.index - b.index)) {
    const least = hands.toSorted((a, b) => a.cost - b.cost)[0];
    if (hands.length < threads || !least) {
      hands.push({ kernels: [place], cost: cost(place) });
    } else {
      least.kernels.push(place);
      least.cost += cost(place);
    }
  }
  return hands.map(({ kernels, cost: sum }) => ({ kind: "whole", kernels, cost: sum }));
}
