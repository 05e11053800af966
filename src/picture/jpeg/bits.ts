// The bits of one scan, without what JPEG puts between them for markers' sake. Knows nothing of codes. Source: ITU-T T.81, B.1.1.5.

/** Zeros behind the data: as many as one block can read before anybody looks whether the end was passed. */
const padding = 512;

/** Where a scan's reading stands; `at` and `ends` are in bits. */
export interface Bits {
  /** The data, last byte first, so that four bytes are read as the number that they are. */
  readonly view: DataView;
  /** Where in `view` the first four bytes are. */
  readonly first: number;
  /** Where each stretch between restarts ends. */
  readonly ends: readonly number[];
  at: number;
}

/** Bytes that `scanBits` needs for so many of a file. */
export function scanRoom(fileBytes: number): number {
  return fileBytes + padding;
}

/** The data from `begin` to `end` with stuffed zeros and restart markers taken out, written to `room`. */
export function scanBits(bytes: Uint8Array, begin: number, end: number, room: Uint8Array): Bits {
  const ends: number[] = [];
  const last = room.length - 1;
  let to = last;
  let from = begin;
  while (from < end) {
    const byte = bytes[from++]!;
    if (byte !== 0xff) {
      room[to--] = byte;
      continue;
    }
    const marker = bytes[from];
    if (marker === 0) room[to--] = 0xff;
    else if (marker !== undefined && marker >= 0xd0 && marker <= 0xd7) ends.push(8 * (last - to));
    if (marker !== 0xff) from++;
  }
  ends.push(8 * (last - to));
  room.fill(0, Math.max(0, to + 1 - padding), to + 1);
  return { view: new DataView(room.buffer, room.byteOffset, room.length), first: last - 3, ends, at: 0 };
}

/** 32 bits from `at` on, of which at least 25 are the data's. */
export function peek({ view, first, at }: Bits): number {
  return view.getUint32(first - (at >>> 3), true) << (at & 7);
}
