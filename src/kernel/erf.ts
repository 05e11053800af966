// The error function in float64, which JavaScript's Math lacks.

/**
 * erf x = 2/√π ∫₀ˣ e^(−t²) dt, with a relative error of about 1e-15. Below 2.5 the series
 * 2/√π e^(−x²) Σ 2ᵏ x²ᵏ⁺¹ / (1·3·5 … (2k+1)), whose terms are all positive; above it 1 − erfc x by Laplace's continued
 * fraction. Source: Abramowitz and Stegun, "Handbook of Mathematical Functions", 7.1.6 and 7.1.14.
 */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size >= 6) return Math.sign(x); // 1 − erf 6 is 2e-17
  if (size < 2.5) {
    let term = x;
    let sum = x;
    for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
      term *= (2 * x * x) / (2 * k + 1);
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let fraction = x;
  for (let k = 50; k > 0; k--) fraction = x + k / 2 / fraction;
  return Math.sign(x) - Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}
