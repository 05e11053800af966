// Sine, cosine and tangent of degrees by sums and products alone, so that they are the same on every machine, which those of Math need not be.

/** Sine of an angle in degrees. */
export function sine(degrees: number): number {
  const quarters = Math.round(degrees / 90);
  return atQuarter(degrees - 90 * quarters, quarters);
}

/** Cosine of an angle in degrees. */
export function cosine(degrees: number): number {
  const quarters = Math.round(degrees / 90);
  return atQuarter(degrees - 90 * quarters, quarters + 1);
}

/** Tangent of an angle in degrees. */
export function tangent(degrees: number): number {
  return degrees === 0 ? 0 : sine(degrees) / cosine(degrees);
}

/** Sine of `rest` degrees, at most 45, and so many right angles: Taylor's terms up to where what is left out is below 1e-17. */
function atQuarter(rest: number, quarters: number): number {
  const x = (rest * Math.PI) / 180;
  const s = x * x;
  const quadrant = quarters & 3;
  const value =
    quadrant & 1
      ? 1 -
        (s / 2) * (1 - (s / 12) * (1 - (s / 30) * (1 - (s / 56) * (1 - (s / 90) * tail(s, 132, 182, 240)))))
      : x *
        (1 -
          (s / 6) *
            (1 - (s / 20) * (1 - (s / 42) * (1 - (s / 72) * (1 - (s / 110) * tail(s, 156, 210, 272))))));
  return quadrant < 2 ? value : -value;
}

/** The last factors of Taylor's series: each term is the one before times s over a product of two numbers. */
function tail(s: number, a: number, b: number, c: number): number {
  return 1 - (s / a) * (1 - (s / b) * (1 - s / c));
}
