// What the studio's server and its page say to each other of models. Knows neither of the two.

/** Weights that come with the package. */
export interface PackagedWeights {
  readonly name: string;
  /** Name of the network. */
  readonly network: string;
  readonly data: string;
  /** Share of test pictures that are classified rightly. */
  readonly accuracy: number;
}

/** A run that has saved weights. */
export interface RunWeights {
  readonly id: string;
  readonly network: string;
  readonly data: string;
  /** The best on validation data so far; null where it is not known. */
  readonly accuracy: number | null;
  /** When the weights were written, ms since 1970. */
  readonly changed: number;
}

/** The models that can be looked into. */
export interface ModelList {
  /** Newest first. */
  readonly runs: readonly RunWeights[];
  readonly packaged: readonly PackagedWeights[];
}
