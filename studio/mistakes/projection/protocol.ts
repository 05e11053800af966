// What the page and the thread that projects say to each other.

/** Ways to bring rows of features to the plane. */
export const methods = ["pca", "tsne"] as const;
export type Method = (typeof methods)[number];

/** What is asked of a thread; it does one projection. */
export interface ProjectionAsk {
  readonly method: Method;
  /** `[n, width]`. */
  readonly rows: Float32Array;
  readonly width: number;
}

/** A picture of the points on their way. */
export interface Projected {
  /** `x, y, x, y …`, in the order of the rows. */
  readonly points: Float32Array;
  /** Steps done and in all; equal at the end. */
  readonly done: number;
  readonly total: number;
  /** Share of the variance that the two directions hold; null where that means nothing. */
  readonly variance: number | null;
}

export type FromThread = Projected | { readonly failure: string };
