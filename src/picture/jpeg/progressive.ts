// Progressive scans: coefficients of all blocks grow in precision from scan to scan. Knows no colours. Source: ITU-T T.81, annex G.
import { type Bits, peek } from "./bits.ts";
import { eachBlock } from "./groups.ts";
import { extended, type Huffman, longCode, lookBits } from "./huffman.ts";
import { blockOf, type Plane, type Planes, transformBlock } from "./planes.ts";
import { type Component, type Frame, type Scan, zigzag } from "./segments.ts";

const lookShift = 32 - lookBits;

/** Adds what a scan says to the components' coefficients, 64 for each block in zigzag order. */
export function decodeProgressive(
  frame: Frame,
  scan: Scan,
  bits: Bits,
  coefficients: readonly Int16Array[],
  fail: (message: string) => never,
): void {
  const { parts, first, bitsBefore, bitsAfter } = scan;
  const lowest = new Int32Array(parts.length);
  const run = { left: 0 };
  const targets = parts.map(({ component }) => ({
    values: coefficients[frame.components.indexOf(component)]!,
    lineBlocks: component.lineBlocks,
  }));
  const read = (part: number, values: Int16Array, at: number): boolean => {
    const { dc, ac } = parts[part]!;
    if (first > 0) {
      return bitsBefore === 0
        ? readBand(bits, ac!, scan, run, values, at)
        : refineBand(bits, ac!, scan, run, values, at);
    }
    if (bitsBefore > 0) {
      values[at]! |= bit(bits) << bitsAfter;
      return true;
    }
    const size = symbol(bits, dc!);
    if (size < 0 || size > 15) return false;
    if (size > 0) lowest[part]! += extended(number(bits, size), size);
    values[at] = lowest[part]! << bitsAfter;
    return true;
  };
  eachBlock(frame, scan, bits, fail, {
    restart: () => {
      lowest.fill(0);
      run.left = 0;
    },
    block: (part, line, column) => {
      const { values, lineBlocks } = targets[part]!;
      return read(part, values, 64 * (line * lineBlocks + column));
    },
  });
}

/** A component's samples from its coefficients. */
export function transformAll(
  component: Component,
  coefficients: Int16Array,
  planes: Planes,
  plane: Plane,
): void {
  const { lineBlocks } = component;
  const steps = component.steps!;
  const block = blockOf(planes.bytes);
  for (let line = 0; line < component.blocksDown; line++) {
    for (let column = 0; column < component.blocksAcross; column++) {
      const from = 64 * (line * lineBlocks + column);
      let isFlat = true;
      for (let k = 1; k < 64; k++) {
        const value = coefficients[from + k]!;
        if (value === 0) continue;
        block[zigzag[k]!] = value * steps[k]!;
        isFlat = false;
      }
      block[0] = coefficients[from]! * steps[0]!;
      transformBlock(planes, plane, block, line, column, isFlat);
    }
  }
}

function bit(bits: Bits): number {
  const { at } = bits;
  bits.at = at + 1;
  return (bits.view.getUint8(bits.first + 3 - (at >>> 3)) >> (7 - (at & 7))) & 1;
}

/** The next code's symbol; −1 where there is none. */
function symbol(bits: Bits, table: Huffman): number {
  const word = peek(bits);
  const code = table.short[word >>> lookShift] || longCode(table, word);
  bits.at += code >> 8;
  return code === 0 ? -1 : code & 255;
}

function number(bits: Bits, size: number): number {
  if (size === 0) return 0;
  const value = peek(bits) >>> (32 - size);
  bits.at += size;
  return value;
}

/** First scan of a band of coefficients. `run` counts blocks that have nothing more in it. */
function readBand(
  bits: Bits,
  table: Huffman,
  { first, last, bitsAfter }: Scan,
  run: { left: number },
  values: Int16Array,
  at: number,
): boolean {
  if (run.left > 0) {
    run.left--;
    return true;
  }
  for (let k = first; k <= last; k++) {
    const code = symbol(bits, table);
    if (code < 0) return false;
    const skip = code >> 4;
    const size = code & 15;
    if (size === 0 && skip < 15) {
      run.left = (1 << skip) + number(bits, skip) - 1;
      break;
    }
    k += skip;
    if (k > last) return size === 0;
    if (size > 0) values[at + k] = extended(number(bits, size), size) << bitsAfter;
  }
  return true;
}

/** A later scan of a band: a bit more for each coefficient that is not 0, and new ones among those that are. */
function refineBand(
  bits: Bits,
  table: Huffman,
  { first, last, bitsAfter }: Scan,
  run: { left: number },
  values: Int16Array,
  at: number,
): boolean {
  const step = 1 << bitsAfter;
  let k = at + first;
  const end = at + last;
  if (run.left === 0) {
    for (; k <= end; k++) {
      const code = symbol(bits, table);
      if (code < 0) return false;
      let skip = code >> 4;
      const size = code & 15;
      let value = 0;
      if (size > 0) value = bit(bits) ? step : -step;
      else if (skip < 15) {
        run.left = (1 << skip) + number(bits, skip);
        break;
      }
      for (; k <= end; k++) {
        if (values[k] !== 0) refine(bits, values, k, step);
        else if (--skip < 0) break;
      }
      if (value !== 0) {
        if (k > end) return false;
        values[k] = value;
      }
    }
  }
  if (run.left > 0) {
    for (; k <= end; k++) if (values[k] !== 0) refine(bits, values, k, step);
    run.left--;
  }
  return true;
}

function refine(bits: Bits, values: Int16Array, at: number, step: number): void {
  if (bit(bits) === 0) return;
  const value = values[at]!;
  // A bit that is there already is left as it is, as libjpeg does.
  if ((Math.abs(value) & step) === 0) values[at] = value + (value > 0 ? step : -step);
}
