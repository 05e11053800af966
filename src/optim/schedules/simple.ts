// Schedules that one formula tells.
import {
  type ConstantOptions,
  type CosineOptions,
  type CosineRestartsOptions,
  constantRate,
  cosineRate,
  cosineRestartsRate,
  type ExponentialOptions,
  exponentialRate,
  type LinearOptions,
  linearRate,
  type MultiStepOptions,
  multiStepRate,
  type PolynomialOptions,
  polynomialRate,
  type Rate,
  type StepOptions,
  stepRate,
} from "./rates.ts";
import { LRScheduler, perGroup, type Scheduled } from "./scheduler.ts";

/** The first rate times a function of the step; a list has a function for each group. */
export class LambdaLR extends LRScheduler {
  constructor(
    optimizer: Scheduled,
    lrLambda: ((step: number) => number) | readonly ((step: number) => number)[],
  ) {
    const lambdas = perGroup("LambdaLR", "functions", lrLambda, optimizer);
    super(
      optimizer,
      lambdas.map(
        (lambda): Rate =>
          (base, step) =>
            base * lambda(step),
      ),
    );
  }
}

/** A share of the first rate for some steps, then all of it: see `constantRate`. */
export class ConstantLR extends LRScheduler {
  constructor(optimizer: Scheduled, options: ConstantOptions = {}) {
    super(optimizer, constantRate(options));
  }
}

/** Drops at regular distances: see `stepRate`. */
export class StepLR extends LRScheduler {
  constructor(optimizer: Scheduled, options: StepOptions) {
    super(optimizer, stepRate(options));
  }
}

/** Drops at given steps: see `multiStepRate`. */
export class MultiStepLR extends LRScheduler {
  constructor(optimizer: Scheduled, options: MultiStepOptions) {
    super(optimizer, multiStepRate(options));
  }
}

/** A constant share less at each step: see `exponentialRate`. */
export class ExponentialLR extends LRScheduler {
  constructor(optimizer: Scheduled, options: ExponentialOptions) {
    super(optimizer, exponentialRate(options));
  }
}

/** A straight line between two shares, such as a warm-up: see `linearRate`. */
export class LinearLR extends LRScheduler {
  constructor(optimizer: Scheduled, options: LinearOptions = {}) {
    super(optimizer, linearRate(options));
  }
}

/** A power of what is left of the run: see `polynomialRate`. */
export class PolynomialLR extends LRScheduler {
  constructor(optimizer: Scheduled, options: PolynomialOptions = {}) {
    super(optimizer, polynomialRate(options));
  }
}

/** Half a cosine from the first rate to the lowest: see `cosineRate`. */
export class CosineAnnealingLR extends LRScheduler {
  constructor(optimizer: Scheduled, options: CosineOptions) {
    super(optimizer, cosineRate(options));
  }
}

/** Cosine falls that begin anew: see `cosineRestartsRate`. */
export class CosineAnnealingWarmRestarts extends LRScheduler {
  constructor(optimizer: Scheduled, options: CosineRestartsOptions) {
    super(optimizer, cosineRestartsRate(options));
  }
}
