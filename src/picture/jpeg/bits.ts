// The bits of one scan, without what JPEG puts between them for markers' sake. Knows nothing of codes. Source: ITU-T T.81, B.1.1.5.

/** Zeros behind the data: as many as one block can read before anybody looks whether the end was passed. */
const padding = 512;

/** Where a scan's reading stands; `at` and `end` are in bits. */
export interface Bits {
  readonly view: DataView;
  /** Where each stretch between restarts ends, in bits. */
  readonly ends: readonly number[];
  at: number;
}

/** The data from `begin` to `end` with stuffed zeros and restart markers taken out. */
export function scanBits(bytes: Uint8Array, begin: number, end: number): Bits {
  const data = new Uint8Array(end - begin + padding);
  const ends: number[] = [];
  let to = 0;
  let from = begin;
  while (from < end) {
    const found = bytes.indexOf(0xff, from);
    const stop = found < 0 || found > end ? end : found;
    if (stop - from < 64) while (from < stop) data[to++] = bytes[from++]!;
    else {
      data.set(bytes.subarray(from, stop), to);
      to += stop - from;
      from = stop;
    }
    if (from === end) break;
    const marker = bytes[from + 1];
    if (marker === 0) data[to++] = 0xff;
    else if (marker !== undefined && marker >= 0xd0 && marker <= 0xd7) ends.push(8 * to);
    from += marker === 0xff ? 1 : 2;
  }
  ends.push(8 * to);
  return { view: new DataView(data.buffer), ends, at: 0 };
}
