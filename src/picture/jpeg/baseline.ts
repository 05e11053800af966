// Baseline scans: each block's coefficients at once, transformed as soon as they are read. Knows no colours. Source: ITU-T T.81,
// annex F.
import type { Bits } from "./bits.ts";
import { eachBlock } from "./groups.ts";
import { acEnd, acPart, acTable, extended, type Huffman, longCode, lookBits } from "./huffman.ts";
import { blockOf, type Planes, transformBlock } from "./planes.ts";
import { type Frame, type Scan, zigzag } from "./segments.ts";

const lookShift = 32 - lookBits;

/** Decodes a scan into the components' planes, which stand in the order of the frame. */
export function decodeBaseline(
  frame: Frame,
  scan: Scan,
  bits: Bits,
  planes: Planes,
  fail: (message: string) => never,
): void {
  const block = blockOf(planes);
  const lowest = new Int32Array(scan.parts.length);
  const decoders = scan.parts.map(({ component, dc, ac }) => ({
    steps: component.steps!,
    dc: dc!,
    ac: ac!,
    look: acTable(ac!),
    plane: planes.planes[frame.components.indexOf(component)]!,
  }));
  eachBlock(frame, scan, bits, fail, {
    restart: () => lowest.fill(0),
    block: (part, line, column) => {
      const { steps, dc, ac, look, plane } = decoders[part]!;
      const difference = readLowest(bits, dc);
      if (difference === broken) return false;
      lowest[part]! += difference;
      const value = lowest[part]! * steps[0]!;
      const others = readOthers(bits, ac, look, steps, block);
      block[0] = value;
      transformBlock(planes, plane, block, line, column, others === 0);
      return others >= 0;
    },
  });
}

/** What `readLowest` gives where the bits are no code. */
export const broken = 0x7fffffff;

/** The difference between a block's lowest coefficient and the last one's. */
export function readLowest(bits: Bits, table: Huffman): number {
  const { view } = bits;
  let at = bits.at;
  const word = view.getUint32(at >>> 3) << (at & 7);
  const code = table.short[word >>> lookShift] || longCode(table, word);
  at += code >> 8;
  const size = code & 255;
  if (size === 0) {
    bits.at = at;
    return code === 0 ? broken : 0;
  }
  if (size > 15) return broken;
  const value = (view.getUint32(at >>> 3) << (at & 7)) >>> (32 - size);
  bits.at = at + size;
  return extended(value, size);
}

/** Reads the other 63 coefficients into `block`; gives 1 where there are any, 0 for none, −1 where the bits make no sense. */
function readOthers(
  bits: Bits,
  table: Huffman,
  look: Int32Array,
  steps: Uint16Array,
  block: Int32Array,
): number {
  const { view } = bits;
  let at = bits.at;
  let any = 0;
  for (let k = 1; k < 64; k++) {
    const word = view.getUint32(at >>> 3) << (at & 7);
    const entry = look[word >>> lookShift]!;
    let skip = (entry >> 8) & 255;
    let value = entry >> 16;
    at += entry & 31;
    if (entry & acPart) {
      let size = value;
      if ((entry & 31) === 0) {
        const code = longCode(table, word);
        if (code === 0) return -1;
        at += code >> 8;
        size = code & 15;
        skip = (code >> 4) & 15;
        if (size === 0 && skip < 15) skip = acEnd;
      }
      if (size > 0) {
        value = extended((view.getUint32(at >>> 3) << (at & 7)) >>> (32 - size), size);
        at += size;
      }
    }
    k += skip;
    if (k > 63) {
      if (skip < acEnd) return -1;
      break;
    }
    block[zigzag[k]!] = value * steps[k]!;
    any = 1;
  }
  bits.at = at;
  return any;
}
