// The cosine transform of eight numbers and its inverse, in the whole numbers that libjpeg's "islow" computes with: how they round decides which
// frequencies survive. Source: Loeffler, Ligtenberg, Moschytz, "Practical fast 1-D DCT algorithms with 11 multiplications", 1989.

/** Bits behind the point of the constants, and those kept between the two passes. */
const constantBits = 13;
export const betweenBits = 2;

const constant = (value: number) => Math.round(value * (1 << constantBits));
const root2 = Math.SQRT2;
const cos = (k: number) => Math.cos((k * Math.PI) / 16);
// Rotations of the even half, by 6π/16, and of the odd half, as sums of products with shared terms.
const even = constant(root2 * cos(6));
const evenLow = constant(root2 * (cos(2) - cos(6)));
const evenHigh = constant(root2 * (cos(2) + cos(6)));
const odd = constant(root2 * cos(3));
const odd7 = constant(root2 * (-cos(1) + cos(3) + cos(5) - cos(7)));
const odd5 = constant(root2 * (cos(1) + cos(3) - cos(5) + cos(7)));
const odd3 = constant(root2 * (cos(1) + cos(3) + cos(5) - cos(7)));
const odd1 = constant(root2 * (cos(1) + cos(3) - cos(5) - cos(7)));
const odd17 = constant(root2 * (cos(7) - cos(3)));
const odd35 = constant(root2 * (-cos(1) - cos(3)));
const odd37 = constant(root2 * (-cos(3) - cos(5)));
const odd15 = constant(root2 * (cos(5) - cos(3)));

/**
 * The cosine transform of eight numbers, in place, times √8 and less `shift` bits, in the whole numbers that libjpeg's "islow" computes with:
 * how it rounds decides which frequencies survive. Source: Loeffler, Ligtenberg, Moschytz, "Practical fast 1-D DCT algorithms with 11
 * multiplications", 1989.
 */
export function toFrequencies(block: Int32Array, at: number, step: number, shift: number): void {
  const i1 = at + step;
  const i2 = i1 + step;
  const i3 = i2 + step;
  const i4 = i3 + step;
  const i5 = i4 + step;
  const i6 = i5 + step;
  const i7 = i6 + step;
  const sum07 = block[at]! + block[i7]!;
  const sum16 = block[i1]! + block[i6]!;
  const sum25 = block[i2]! + block[i5]!;
  const sum34 = block[i3]! + block[i4]!;
  const a7 = block[i3]! - block[i4]!;
  const a5 = block[i2]! - block[i5]!;
  const a3 = block[i1]! - block[i6]!;
  const a1 = block[at]! - block[i7]!;
  const outer = sum07 + sum34;
  const inner = sum16 + sum25;
  block[at] = shift < 0 ? (outer + inner) << -shift : rounded(outer + inner, shift);
  block[i4] = shift < 0 ? (outer - inner) << -shift : rounded(outer - inner, shift);
  const bits = constantBits + shift;
  const outerRest = sum07 - sum34;
  const innerRest = sum16 - sum25;
  const shared = Math.imul(outerRest + innerRest, even);
  block[i2] = rounded(shared + Math.imul(outerRest, evenLow), bits);
  block[i6] = rounded(shared - Math.imul(innerRest, evenHigh), bits);
  const all = Math.imul(a7 + a3 + a5 + a1, odd);
  const z71 = Math.imul(a7 + a1, odd17);
  const z53 = Math.imul(a5 + a3, odd35);
  const z73 = Math.imul(a7 + a3, odd37) + all;
  const z51 = Math.imul(a5 + a1, odd15) + all;
  block[i7] = rounded(Math.imul(a7, odd7) + z71 + z73, bits);
  block[i5] = rounded(Math.imul(a5, odd5) + z53 + z51, bits);
  block[i3] = rounded(Math.imul(a3, odd3) + z53 + z73, bits);
  block[i1] = rounded(Math.imul(a1, odd1) + z71 + z51, bits);
}

/** The way back, times √8 and less `shift` bits. */
export function fromFrequencies(block: Int32Array, at: number, step: number, shift: number): void {
  const i1 = at + step;
  const i2 = i1 + step;
  const i3 = i2 + step;
  const i4 = i3 + step;
  const i5 = i4 + step;
  const i6 = i5 + step;
  const i7 = i6 + step;
  const bits = constantBits + shift;
  const shared = Math.imul(block[i2]! + block[i6]!, even);
  const low = shared + Math.imul(block[i2]!, evenLow);
  const high = shared - Math.imul(block[i6]!, evenHigh);
  const sum = (block[at]! + block[i4]!) << constantBits;
  const difference = (block[at]! - block[i4]!) << constantBits;
  const a7 = block[i7]!;
  const a5 = block[i5]!;
  const a3 = block[i3]!;
  const a1 = block[i1]!;
  const all = Math.imul(a7 + a3 + a5 + a1, odd);
  const z71 = Math.imul(a7 + a1, odd17);
  const z53 = Math.imul(a5 + a3, odd35);
  const z73 = Math.imul(a7 + a3, odd37) + all;
  const z51 = Math.imul(a5 + a1, odd15) + all;
  const o7 = Math.imul(a7, odd7) + z71 + z73;
  const o5 = Math.imul(a5, odd5) + z53 + z51;
  const o3 = Math.imul(a3, odd3) + z53 + z73;
  const o1 = Math.imul(a1, odd1) + z71 + z51;
  block[at] = rounded(sum + low + o1, bits);
  block[i7] = rounded(sum + low - o1, bits);
  block[i1] = rounded(difference + high + o3, bits);
  block[i6] = rounded(difference + high - o3, bits);
  block[i2] = rounded(difference - high + o5, bits);
  block[i5] = rounded(difference - high - o5, bits);
  block[i3] = rounded(sum - low + o7, bits);
  block[i4] = rounded(sum - low - o7, bits);
}

function rounded(value: number, bits: number): number {
  return (value + (1 << (bits - 1))) >> bits;
}
