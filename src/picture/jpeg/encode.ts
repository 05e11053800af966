// Writes baseline JPEG files as most programs do: colour at half the resolution, annex K's tables. Knows no other coding. Source: ITU-T
// T.81, annexes B, F and K.
import { halved, type Plane, roundedFrequencies, stepsFor, toYCbCr } from "./forward.ts";
import { zigzag } from "./segments.ts";

/** Annex K's Huffman tables: how many codes there are of each length, and their symbols. */
const lowestBright = table("00010501010101010100000000000000", "000102030405060708090a0b");
const lowestColour = table("00030101010101010101010000000000", "000102030405060708090a0b");
const othersBright = table(
  "0002010303020403050504040000017d",
  "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a34353637" +
    "38393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3" +
    "a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa",
);
const othersColour = table(
  "00020102040403040705040400010277",
  "000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a262728292a3536" +
    "3738393a434445464748494a535455565758595a636465666768696a737475767778797a82838485868788898a92939495969798999a" +
    "a2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa",
);

interface Table {
  readonly counts: Uint8Array;
  readonly symbols: Uint8Array;
  /** Code and its length by symbol. */
  readonly codes: Uint16Array;
  readonly lengths: Uint8Array;
}

function table(counts: string, symbols: string): Table {
  const bytes = (hex: string) => Uint8Array.from(hex.match(/../g)!, (pair) => Number.parseInt(pair, 16));
  const result = {
    counts: bytes(counts),
    symbols: bytes(symbols),
    codes: new Uint16Array(256),
    lengths: new Uint8Array(256),
  };
  let code = 0;
  let at = 0;
  for (let length = 1; length <= 16; length++, code <<= 1) {
    for (let i = 0; i < result.counts[length - 1]!; i++) {
      const symbol = result.symbols[at++]!;
      result.codes[symbol] = code++;
      result.lengths[symbol] = length;
    }
  }
  return result;
}

/** One component with what it is coded by. */
interface Coded {
  readonly plane: Plane;
  readonly steps: Int32Array;
  readonly lowest: Table;
  readonly others: Table;
  /** Blocks across and down in a group. */
  readonly factor: 1 | 2;
  last: number;
}

/** A file of grey or RGB pixels. */
export function writeJpeg(
  data: Uint8Array,
  width: number,
  height: number,
  channels: 1 | 3,
  quality: number,
): Uint8Array {
  const { brightness, colour } = stepsFor(quality);
  const bright = (plane: Uint8Array, factor: 1 | 2): Coded => ({
    plane: { width, height, data: plane },
    steps: brightness,
    lowest: lowestBright,
    others: othersBright,
    factor,
    last: 0,
  });
  const coloured = (plane: Uint8Array): Coded => ({
    plane: halved({ width, height, data: plane }),
    steps: colour,
    lowest: lowestColour,
    others: othersColour,
    factor: 1,
    last: 0,
  });
  const components: Coded[] = [];
  if (channels === 1) components.push(bright(data, 1));
  else {
    const { y, cb, cr } = toYCbCr(data);
    components.push(bright(y, 2), coloured(cb), coloured(cr));
  }
  const out = new Writer();
  writeHeaders(out, components, width, height);
  const group = 8 * components[0]!.factor;
  const block = new Int32Array(64);
  for (let top = 0; top < height; top += group) {
    for (let left = 0; left < width; left += group) {
      for (const component of components) {
        const { plane, steps, factor } = component;
        const scale = factor / components[0]!.factor;
        for (let i = 0; i < factor * factor; i++) {
          const x = left * scale + 8 * (i % factor);
          const y = top * scale + 8 * Math.floor(i / factor);
          roundedFrequencies(plane, x, y, steps, block);
          writeBlock(out, component, block);
        }
      }
    }
  }
  out.fill();
  out.marker(0xd9);
  return out.bytes();
}

function writeHeaders(out: Writer, components: readonly Coded[], width: number, height: number): void {
  const isGrey = components.length === 1;
  const kinds = isGrey ? [components[0]!] : [components[0]!, components[1]!];
  out.marker(0xd8);
  // JFIF 1.01, square pixels.
  out.segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
  for (const [id, { steps }] of kinds.entries())
    out.segment(0xdb, [id, ...Array.from(zigzag, (at) => steps[at]!)]);
  const frame = components.flatMap(({ factor }, i) => [i + 1, factor * 17, Math.min(i, 1)]);
  out.segment(0xc0, [8, height >> 8, height & 255, width >> 8, width & 255, components.length, ...frame]);
  for (const [id, { lowest, others }] of kinds.entries()) {
    out.segment(0xc4, [id, ...lowest.counts, ...lowest.symbols]);
    out.segment(0xc4, [16 + id, ...others.counts, ...others.symbols]);
  }
  const scan = components.flatMap((_, i) => [i + 1, 17 * Math.min(i, 1)]);
  out.segment(0xda, [components.length, ...scan, 0, 63, 0]);
}

function writeBlock(out: Writer, component: Coded, block: Int32Array): void {
  const { lowest, others } = component;
  writeNumber(out, lowest, 0, block[0]! - component.last);
  component.last = block[0]!;
  let zeros = 0;
  for (let k = 1; k < 64; k++) {
    const value = block[zigzag[k]!]!;
    if (value === 0) {
      zeros++;
      continue;
    }
    for (; zeros > 15; zeros -= 16) out.bits(others.codes[0xf0]!, others.lengths[0xf0]!);
    writeNumber(out, others, zeros, value);
    zeros = 0;
  }
  if (zeros > 0) out.bits(others.codes[0]!, others.lengths[0]!);
}

/** A code for the zeros before a number and its size, and the number's bits: those of negative ones begin with 0. */
function writeNumber(out: Writer, { codes, lengths }: Table, zeros: number, value: number): void {
  const size = 32 - Math.clz32(Math.abs(value));
  const symbol = (zeros << 4) | size;
  out.bits(codes[symbol]!, lengths[symbol]!);
  out.bits(value < 0 ? value + (1 << size) - 1 : value, size);
}

/** Bytes that grow. */
class Writer {
  #data = new Uint8Array(4096);
  #length = 0;
  #held = 0;
  #count = 0;

  marker(marker: number): void {
    this.#byte(0xff);
    this.#byte(marker);
  }

  segment(marker: number, content: readonly number[]): void {
    this.marker(marker);
    this.#byte((content.length + 2) >> 8);
    this.#byte((content.length + 2) & 255);
    for (const byte of content) this.#byte(byte);
  }

  /** The last `count` bits of a number, at most 16; a zero follows each byte of ones, so that it is no marker. */
  bits(value: number, count: number): void {
    this.#held = (this.#held << count) | value;
    this.#count += count;
    while (this.#count >= 8) {
      this.#count -= 8;
      const byte = (this.#held >> this.#count) & 255;
      this.#byte(byte);
      if (byte === 255) this.#byte(0);
    }
  }

  /** Ones up to the next whole byte. */
  fill(): void {
    if (this.#count > 0) this.bits((1 << (8 - this.#count)) - 1, 8 - this.#count);
  }

  bytes(): Uint8Array {
    return this.#data.slice(0, this.#length);
  }

  #byte(byte: number): void {
    if (this.#length === this.#data.length) {
      const larger = new Uint8Array(2 * this.#length);
      larger.set(this.#data);
      this.#data = larger;
    }
    this.#data[this.#length++] = byte;
  }
}
