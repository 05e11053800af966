// Numbers as text.

export function percent(share: number | null, digits = 1): string {
  return share === null ? "–" : `${(100 * share).toFixed(digits)}%`;
}

export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** Four digits that count, with an exponent where the number is very small or large. */
export function figure(value: number | null, digits = 4): string {
  if (value === null) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return value.toExponential(Math.min(2, digits - 1));
  return String(Number(value.toPrecision(digits)));
}

/** Seconds as `1:05` or `1:02:03`. */
export function clock(seconds: number | null): string {
  if (seconds === null) return "–";
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
