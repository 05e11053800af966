// Whether ops record what a derivative needs; a switch that nests.

let enabled = true;

/** True where ops on tensors that require gradients are recorded. */
export function isGradEnabled(): boolean {
  return enabled;
}

/** Runs `body` without recording; results have no gradients. An async `body` is covered up to its first await only. */
export function noGrad<T>(body: () => T): T {
  return withGrad(false, body);
}

/** Runs `body` with recording on or off. */
export function withGrad<T>(on: boolean, body: () => T): T {
  const before = enabled;
  enabled = on;
  try {
    return body();
  } finally {
    enabled = before;
  }
}
