// How one number of a layer's output came about, as plain data. Sums are in double precision, of the single-precision numbers that the layer worked on.

/** One input channel of a convolution: what lies under the kernel, row by row. */
export interface ConvChannel {
  /** Its number in the layer's input. */
  readonly channel: number;
  /** Null where the kernel reaches into padding with zeros. */
  readonly patch: readonly (number | null)[];
  readonly kernel: readonly number[];
  /** Of the products. */
  readonly sum: number;
}

/** One term of a dense layer's sum. */
export interface LinearTerm {
  /** Number of the input. */
  readonly input: number;
  readonly value: number;
  readonly weight: number;
}

/** How a step makes one number; `total` is what comes out. */
export type Sum =
  | {
      readonly kind: "conv";
      /** Rows and columns of the kernel. */
      readonly size: readonly [number, number];
      /** Row and column of the input, which may lie in the padding, that the kernel's first tap meets. */
      readonly corner: readonly [number, number];
      readonly channels: readonly ConvChannel[];
      readonly bias: number | null;
      readonly total: number;
    }
  | {
      readonly kind: "linear";
      /** Those that weigh most, the largest first. */
      readonly terms: readonly LinearTerm[];
      /** How many there are, and the sum of those that are not listed. */
      readonly count: number;
      readonly rest: number;
      readonly bias: number | null;
      readonly total: number;
    }
  | {
      readonly kind: "max" | "mean";
      readonly size: readonly [number, number];
      /** Null where the window reaches into padding. */
      readonly window: readonly (number | null)[];
      /** What the sum is divided by; 1 for a maximum. */
      readonly divisor: number;
      readonly total: number;
    }
  | {
      readonly kind: "norm";
      readonly x: number;
      readonly mean: number;
      readonly variance: number;
      readonly eps: number;
      readonly weight: number;
      readonly bias: number;
      readonly total: number;
    }
  /** A function of the numbers at the same place: one, or one of each branch. */
  | { readonly kind: "function"; readonly inputs: readonly number[] }
  /** A step whose sums are not spelled out. */
  | { readonly kind: "other" };

/** A step that works on a number where it stands, and what it makes of it. */
export interface Following {
  readonly step: number;
  readonly inputs: readonly number[];
  readonly value: number;
}

/** One number of a step's output, spelled out. */
export interface Spelling {
  readonly step: number;
  /** Its index in the step's output, without the batch axis. */
  readonly cell: readonly number[];
  /** The number itself, as the library has computed it. */
  readonly value: number;
  readonly sum: Sum;
  /** What becomes of it where it stands, up to the first step that moves on. */
  readonly following: readonly Following[];
}
