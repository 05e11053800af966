// Small floating-point formats as float32 and back: every stored value is a float32, so that reading is exact.

const scratch = new DataView(new ArrayBuffer(4));

/** Bits of a float format with a sign, exponent and fraction. */
interface FloatFormat {
  readonly exponentBits: number;
  readonly fractionBits: number;
  readonly bias: number;
  /**
   * What is not a number: "ieee" has infinity and NaN at the largest exponent, "fn" only NaN where all bits are set, and "fnuz" only NaN
   * in place of -0.
   */
  readonly special: "ieee" | "fn" | "fnuz";
}

const half: FloatFormat = { exponentBits: 5, fractionBits: 10, bias: 15, special: "ieee" };
const e4m3: FloatFormat = { exponentBits: 4, fractionBits: 3, bias: 7, special: "fn" };
const e5m2: FloatFormat = { exponentBits: 5, fractionBits: 2, bias: 15, special: "ieee" };
const e4m3fnuz: FloatFormat = { exponentBits: 4, fractionBits: 3, bias: 8, special: "fnuz" };
const e5m2fnuz: FloatFormat = { exponentBits: 5, fractionBits: 2, bias: 16, special: "fnuz" };

/** Value of each bit pattern of a format, in the order of the patterns. */
function tableOf({ exponentBits, fractionBits, bias, special }: FloatFormat): Float32Array {
  const signBit = 1 << (exponentBits + fractionBits);
  const largest = (1 << exponentBits) - 1;
  const ones = (1 << fractionBits) - 1;
  return Float32Array.from({ length: 2 * signBit }, (_, bits) => {
    const sign = bits & signBit ? -1 : 1;
    const exponent = (bits >> fractionBits) & largest;
    const fraction = bits & ones;
    if (special === "ieee" && exponent === largest)
      return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    if (special === "fn" && exponent === largest && fraction === ones) return Number.NaN;
    if (special === "fnuz" && bits === signBit) return Number.NaN;
    if (exponent === 0) return sign * fraction * 2 ** (1 - bias - fractionBits);
    return sign * (ones + 1 + fraction) * 2 ** (exponent - bias - fractionBits);
  });
}

/** Exponents alone: 2^(bits - 127), and NaN for 255. Source: OCP, "Microscaling Formats (MX)", E8M0. */
const powers = () =>
  Float32Array.from({ length: 256 }, (_, bits) => (bits === 255 ? Number.NaN : 2 ** (bits - 127)));

/** A table that is made when it is first used. */
function onDemand(make: () => Float32Array): () => Float32Array {
  let table: Float32Array | undefined;
  return () => (table ??= make());
}

/** Values of all bit patterns: IEEE 754 binary16, and the formats of 8 bits as ml_dtypes and PyTorch name them. */
export const floatTables = {
  F16: onDemand(() => tableOf(half)),
  F8_E4M3: onDemand(() => tableOf(e4m3)),
  F8_E5M2: onDemand(() => tableOf(e5m2)),
  F8_E4M3FNUZ: onDemand(() => tableOf(e4m3fnuz)),
  F8_E5M2FNUZ: onDemand(() => tableOf(e5m2fnuz)),
  F8_E8M0: onDemand(powers),
};

/** The bfloat16 nearest to a float32, ties to even: its upper half. NaN stays NaN. */
export function toBfloat16(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  if (Number.isNaN(value)) return (bits >>> 16) | 0x40;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/** The binary16 nearest to a float32, ties to even; beyond 65504 it is infinity. NaN stays NaN. */
export function toFloat16(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  if (Number.isNaN(value)) return sign | 0x7e00;
  const magnitude = Math.abs(value);
  if (magnitude >= 65520) return sign | 0x7c00;
  // Below the normal range the places are multiples of 2^-24; a carry into 1024 of them is the smallest normal number.
  if (magnitude < 2 ** -14) return sign | toEven(magnitude * 2 ** 24);
  const exponent = ((bits >>> 23) & 0xff) - 127;
  const fraction = toEven(magnitude * 2 ** (10 - exponent)) - 1024;
  return sign | (((exponent + 15) << 10) + fraction);
}

/** The nearest whole number, ties to even. */
function toEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
