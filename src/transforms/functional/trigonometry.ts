// Sine and cosine of degrees by sums and products alone, so that they are the same on every machine, which those of Math need not be.

/** Taylor's coefficients; on up to 45 degrees what is left out is below 1e-17. */
const sineTerms = terms(3, 17);
const cosineTerms = terms(2, 18);

/** `±1 / n!` for n = first, first + 2 … last, the last one first. */
function terms(first: number, last: number): readonly number[] {
  const found: number[] = [];
  for (let n = first; n <= last; n += 2) {
    let factorial = 1;
    for (let k = 2; k <= n; k++) factorial *= k;
    found.unshift((n & 2 ? -1 : 1) / factorial);
  }
  return found;
}

/** Sine of an angle in degrees. */
export function sine(degrees: number): number {
  const quarters = Math.round(degrees / 90);
  return atQuarter(degrees, quarters, quarters);
}

/** Cosine of an angle in degrees. */
export function cosine(degrees: number): number {
  const quarters = Math.round(degrees / 90);
  return atQuarter(degrees, quarters, quarters + 1);
}

/** Sine of `degrees` less `quarters` right angles, plus `turn` right angles. */
function atQuarter(degrees: number, quarters: number, turn: number): number {
  const x = ((degrees - 90 * quarters) * Math.PI) / 180;
  const square = x * x;
  const quadrant = turn & 3;
  let sum = 0;
  if (quadrant & 1) {
    for (const term of cosineTerms) sum = (sum + term) * square;
    sum += 1;
  } else {
    for (const term of sineTerms) sum = (sum + term) * square;
    sum = x + x * sum;
  }
  return quadrant < 2 ? sum : -sum;
}
