// What the studio's server and its page say to each other about pictures that a network was not trained on. Knows neither of the two.

/** Which pictures of a folder are asked for; "auto" is the test part where there is one. */
export const heldOutChoices = ["auto", "val", "test"] as const;
export type HeldOutChoice = (typeof heldOutChoices)[number];

/** Pictures of a set that were held back, as `fovea val` takes them. */
export interface HeldOutAnswer {
  /** The set that they belong to. */
  readonly set: string;
  readonly part: "val" | "test";
  /** Whether the best epoch was chosen by these pictures, so that the best weights look better on them than they are. */
  readonly chosenBy: boolean;
  readonly classes: readonly string[];
  /** Their numbers in the set, in the order in which they are measured. */
  readonly indices: readonly number[];
  readonly labels: readonly number[];
  /** `[channels, height, width]` of pictures that are had as bytes by `/api/sets/<id>/samples/<from>/<count>`; null for files. */
  readonly shape: readonly [number, number, number] | null;
}

/** Samples that are had at once, at most. */
export const mostSamples = 1024;
