// What the studio's server and its page say to each other about augmentation. Knows neither of the two.
import type { TransformJson } from "../../transforms/index.ts";

/** The steps of an augmentation by name, for the pictures of a set. */
export interface AugmentAnswer {
  /** Names of all augmentations, the mildest first. */
  readonly presets: readonly string[];
  /** The one that training takes by itself. */
  readonly usual: string;
  readonly preset: string;
  readonly steps: readonly TransformJson[];
  /** Side of the network's pictures in pixels, and the one that training takes by itself. */
  readonly size: number;
  readonly usualSize: number;
}

/** What augmentation is asked to make of one picture. */
export interface AugmentRequest {
  readonly steps: readonly TransformJson[];
  readonly size: number;
  readonly seed: number;
  /** The first epoch, counted from 0, and how many from there on. */
  readonly epoch: number;
  readonly count: number;
  /** Number of the picture in the set. */
  readonly index: number;
}

/** Outcomes that can be asked for at once. */
export const mostOutcomes = 48;

/** Header of a sheet of outcomes: the picture's number in the training part, or `none` where it is kept for validation or test. */
export const numberHeader = "Fovea-Training-Number";
