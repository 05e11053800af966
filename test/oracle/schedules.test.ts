// The schedules follow PyTorch's to the ninth digit, also when they are saved on the way and go on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { nn, optim, zeros } from "../../src/index.ts";
import { readStored, stored } from "./harness.ts";

type Options = Readonly<Record<string, unknown>>;

/** A schedule by its class and options; composed ones have parts. */
interface Row {
  readonly kind: string;
  readonly options: Options;
  readonly parts?: readonly Row[];
}

interface Run extends Row {
  readonly name: string;
  readonly optimizer: "SGD" | "Adam";
  /** The groups' first rates. */
  readonly lrs: readonly number[];
  readonly cyclesMomentum: boolean;
}

const { index, tensors } = readStored<{ runs: readonly Run[] }>("schedules.safetensors");

const lambdas: Readonly<Record<string, (step: number) => number>> = {
  "0.95 ** step": (step) => 0.95 ** step,
  "1 / (1 + step)": (step) => 1 / (1 + step),
  "step // 30": (step) => Math.floor(step / 30),
};

type Made = optim.LRScheduler | optim.ReduceLROnPlateau;
type Maker = new (optimizer: optim.Scheduled, ...rest: unknown[]) => Made;

function makeOptimizer({ optimizer, lrs }: Run): optim.Optimizer<{ lr: number }> {
  const groups = lrs.map((lr) => ({ params: [nn.parameter(zeros([1]))], lr }));
  return optimizer === "SGD" ? new optim.SGD(groups, { momentum: 0.9 }) : new optim.Adam(groups);
}

function make(optimizer: optim.Scheduled, { kind, options, parts }: Row): Made {
  const maker = optim[kind as keyof typeof optim] as unknown as Maker;
  if (parts)
    return new maker(
      optimizer,
      parts.map((part) => make(optimizer, part)),
      options,
    );
  const { lrLambda } = options;
  if (lrLambda === undefined) return new maker(optimizer, options);
  const byName = (name: string) => lambdas[name]!;
  return new maker(optimizer, Array.isArray(lrLambda) ? lrLambda.map(byName) : byName(lrLambda as string));
}

/** Fails unless the two agree to nine digits; a rate that should be 0 is within as much of the first one. */
function assertNear(actual: number, expected: number, what: string): void {
  const bound = Math.max(1e-9 * Math.abs(expected), 1e-15);
  assert.ok(Math.abs(actual - expected) <= bound, `${what}: ${actual}, expected ${expected}`);
}

/** Steps after which a run is saved and gone on with by a new schedule of a new optimizer. */
const resumedAt = new Set([1, 37, 150]);

for (const run of index.runs) {
  test(`schedule ${run.name}: ${run.kind} ${JSON.stringify(run.options)}`, () => {
    const rates = stored(tensors, run.name);
    const momenta = run.cyclesMomentum ? stored(tensors, `${run.name} momentum`) : null;
    const metrics = stored(tensors, run.options.mode === "max" ? "metric max" : "metric min").data;
    let optimizer = makeOptimizer(run);
    let schedule = make(optimizer, run);
    const [rows, groups] = rates.shape as [number, number];
    for (let step = 0; step < rows; step++) {
      if (step > 0) schedule.step(metrics[step - 1]!);
      if (resumedAt.has(step)) {
        const saved = JSON.parse(JSON.stringify(schedule.stateDict()));
        optimizer = makeOptimizer(run);
        schedule = make(optimizer, run);
        schedule.loadStateDict(saved);
      }
      const shown = schedule.getLastLr();
      for (const [i, group] of optimizer.groups.entries()) {
        const place = step * groups + i;
        assertNear(group.lr, rates.data[place]!, `rate of group ${i} after ${step} steps`);
        assert.equal(shown[i], group.lr);
        if (!momenta) continue;
        const { momentum, betas } = group as optim.ScheduledGroup;
        assertNear(
          betas?.[0] ?? momentum!,
          momenta.data[place]!,
          `momentum of group ${i} after ${step} steps`,
        );
      }
    }
  });
}
