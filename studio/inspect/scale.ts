// Colours for numbers: one scale for everything that is drawn, blue below 0, the paper's colour at 0, orange above. Pure arithmetic.

/** Which colours the page has. */
export type Look = "light" | "dark";

export type Colour = readonly [red: number, green: number, blue: number];

const looks: Readonly<
  Record<Look, { readonly zero: Colour; readonly above: Colour; readonly below: Colour }>
> = {
  light: { zero: [244, 245, 246], above: [184, 74, 0], below: [0, 88, 156] },
  dark: { zero: [38, 43, 48], above: [255, 158, 84], below: [98, 190, 245] },
};

/** Steps on each side of 0. */
const steps = 255;

/** The ends of the scale, for what is laid over a picture. */
export function endsOf(look: Look): { readonly above: Colour; readonly below: Colour } {
  return looks[look];
}

/** Pixels (as ImageData holds them) for −1 … 1 in 511 steps. */
export function scaleOf(look: Look): Uint32Array {
  const { zero, above, below } = looks[look];
  return Uint32Array.from({ length: 2 * steps + 1 }, (_, i) => {
    const share = Math.abs(i - steps) / steps;
    const end = i < steps ? below : above;
    const [r, g, b] = zero.map((value, c) => Math.round(value + (end[c]! - value) * share));
    return pixelOf(r!, g!, b!);
  });
}

/** A pixel's four bytes as one number. */
export function pixelOf(red: number, green: number, blue: number, opacity = 255): number {
  return ((opacity << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** The place of a value on a scale that ends at ±`limit`; that of 0 for what is no number. */
export function stepOf(value: number, limit: number): number {
  const share = value / limit;
  if (share >= 1) return 2 * steps;
  if (share <= -1) return 0;
  return share >= -1 ? Math.round(share * steps) + steps : steps;
}

/** The largest size among numbers; 0 where there is none that is finite. */
export function largest(data: ArrayLike<number>, from = 0, to = data.length): number {
  let limit = 0;
  for (let i = from; i < to; i++) {
    const size = Math.abs(data[i]!);
    if (size > limit && size < Number.POSITIVE_INFINITY) limit = size;
  }
  return limit;
}
