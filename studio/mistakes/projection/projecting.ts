// The state of the projection: the points as the thread gives them.
import { signal } from "@preact/signals";
import type { FromThread, Method, Projected } from "./protocol.ts";

/** What is drawn: points of rows, as far as they have come. */
export interface Plane extends Projected {
  readonly method: Method;
  /** Rows of the outcome, one for each point. */
  readonly rows: Int32Array;
}

export const plane = signal<Plane | null>(null);
export const isProjecting = signal(false);
export const projectionProblem = signal<string | null>(null);
let thread: Worker | null = null;

/** Projects features `[n, width]` of some rows; what was in progress ends. */
export function startProjection(
  method: Method,
  features: { readonly data: Float32Array; readonly shape: readonly number[] },
  rows: Int32Array,
): void {
  stopProjection();
  const width = features.shape[1]!;
  const picked = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) {
    picked.set(features.data.subarray(row * width, (row + 1) * width), i * width);
  }
  isProjecting.value = true;
  projectionProblem.value = null;
  const made = new Worker(new URL("./projection.js", import.meta.url), {
    type: "module",
    name: "projection",
  });
  thread = made;
  const fail = (reason: string) => {
    projectionProblem.value = reason;
    stopProjection();
  };
  made.addEventListener("message", ({ data }: MessageEvent<FromThread>) => {
    if (thread !== made) return;
    if ("failure" in data) return fail(data.failure);
    plane.value = { ...data, method, rows };
    if (data.done === data.total) stopProjection();
  });
  made.addEventListener("error", ({ message }) => {
    if (thread === made) fail(message || "the thread did not start");
  });
  made.postMessage({ method, rows: picked, width }, [picked.buffer]);
}

/** Ends it; the points stay where they are. */
export function stopProjection(): void {
  thread?.terminate();
  thread = null;
  isProjecting.value = false;
}
