// The numbers in TensorBoard's event files: scalars and histograms. Knows no file system; what it does not know it steps over.
import { FormatError } from "../base/errors.ts";
import { maskedCrc32c } from "./tfrecord.ts";

/** One number of a curve. */
export interface EventScalar {
  readonly tag: string;
  readonly step: number;
  readonly value: number;
}

/** How the values of a tensor are spread. */
export interface EventHistogram {
  readonly tag: string;
  readonly step: number;
  readonly min: number;
  readonly max: number;
  /** Upper limits of the buckets; the first begins at `min`. */
  readonly limits: Float64Array;
  readonly counts: Float64Array;
}

/** A run that was taken up again: what was written before from this step on no longer counts. */
export interface EventRestart {
  readonly restart: number;
}

/**
 * The scalars of an event file in the order in which they were written, and where the run was taken up again. Histograms, pictures and the like are left out. A record that is not there
 * as a whole ends the reading: a run may be writing it. Format: TFRecord frames of `tensorflow.Event`.
 *
 * Throws FormatError with the offset for a record whose sum is wrong or whose fields are not well-formed.
 */
export function* readEventScalars(bytes: Uint8Array, file?: string): Generator<EventScalar | EventRestart> {
  for (const { step, restarts, values } of events(bytes, file)) {
    if (restarts) yield { restart: step };
    for (const { tag, scalar } of values) if (scalar !== null) yield { tag, step, value: scalar };
  }
}

/** The histograms of an event file, as `readEventScalars` gives its scalars. */
export function* readEventHistograms(
  bytes: Uint8Array,
  file?: string,
): Generator<EventHistogram | EventRestart> {
  for (const { step, restarts, values } of events(bytes, file)) {
    if (restarts) yield { restart: step };
    for (const { tag, histogram, at } of values) {
      if (histogram) yield { tag, step, ...histogramOf(histogram, file, at) };
    }
  }
}

/** One event: what it says of a step. */
interface StoredEvent {
  readonly step: number;
  readonly restarts: boolean;
  readonly values: readonly StoredValue[];
}

interface StoredValue {
  readonly tag: string;
  readonly scalar: number | null;
  readonly histogram: Uint8Array | null;
  /** Offset in the file. */
  readonly at: number;
}

function* events(bytes: Uint8Array, file: string | undefined): Generator<StoredEvent> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 12 <= bytes.length; ) {
    const length = Number(view.getBigUint64(at, true));
    if (view.getUint32(at + 8, true) !== maskedCrc32c(bytes.subarray(at, at + 8))) {
      throw new FormatError("the sum of a record's length is wrong", { file, offset: at });
    }
    const end = at + 12 + length;
    if (end + 4 > bytes.length) return;
    const record = bytes.subarray(at + 12, end);
    if (view.getUint32(end, true) !== maskedCrc32c(record)) {
      throw new FormatError("the sum of a record is wrong", { file, offset: at });
    }
    yield eventOf(record, file, at + 12);
    at = end + 4;
  }
}

/** `Event`: step 2, summary 5, session log 7; `Summary`: value 1; `SessionLog`: status 1. */
function eventOf(record: Uint8Array, file: string | undefined, offset: number): StoredEvent {
  let step = 0;
  let restarts = false;
  const values: StoredValue[] = [];
  for (const { field, content } of fields(record, file, offset)) {
    if (field === 2 && typeof content === "number") step = content;
    if (field === 7) restarts = true;
    if (field !== 5 || !(content instanceof Uint8Array)) continue;
    for (const inner of fields(content, file, offset)) {
      if (inner.field === 1 && inner.content instanceof Uint8Array) {
        values.push(storedValue(inner.content, file, offset));
      }
    }
  }
  return { step, restarts, values };
}

/** `Value`: tag 1, simple value 2, histogram 5. */
function storedValue(message: Uint8Array, file: string | undefined, at: number): StoredValue {
  let tag = "";
  let [scalar, histogram]: [number | null, Uint8Array | null] = [null, null];
  for (const { field, content } of fields(message, file, at)) {
    if (!(content instanceof Uint8Array)) continue;
    if (field === 1) tag = new TextDecoder().decode(content);
    if (field === 2 && content.length === 4) {
      scalar = new DataView(content.buffer, content.byteOffset, 4).getFloat32(0, true);
    }
    if (field === 5) histogram = content;
  }
  return { tag, scalar, histogram, at };
}

/** `HistogramProto`: min 1, max 2, limits 6, buckets 7, all of float64. */
function histogramOf(
  message: Uint8Array,
  file: string | undefined,
  at: number,
): Omit<EventHistogram, "tag" | "step"> {
  const found = new Map<number, Float64Array>();
  for (const { field, content } of fields(message, file, at)) {
    if (!(content instanceof Uint8Array) || content.length % 8 !== 0) continue;
    const view = new DataView(content.buffer, content.byteOffset, content.length);
    found.set(
      field,
      Float64Array.from({ length: content.length / 8 }, (_, i) => view.getFloat64(8 * i, true)),
    );
  }
  const [limits, counts] = [found.get(6), found.get(7)];
  if (!limits || limits.length !== counts?.length) {
    throw new FormatError("a histogram has not as many limits as buckets", { file, offset: at });
  }
  return { min: found.get(1)?.[0] ?? 0, max: found.get(2)?.[0] ?? 0, limits, counts };
}

/** The fields of a message: whole numbers as such, all others as bytes. */
function* fields(
  message: Uint8Array,
  file: string | undefined,
  offset: number,
): Generator<{ field: number; content: number | Uint8Array }> {
  let at = 0;
  const broken = () => new FormatError("a field is not well-formed", { file, offset: offset + at });
  const varint = (): number => {
    let [value, factor] = [0, 1];
    for (let i = 0; i < 10; i++) {
      const byte = message[at++];
      if (byte === undefined) throw broken();
      value += (byte & 127) * factor;
      factor *= 128;
      if (byte < 128) return value;
    }
    throw broken();
  };
  while (at < message.length) {
    const key = varint();
    const wire = key % 8;
    const field = Math.floor(key / 8);
    if (wire === 0) {
      yield { field, content: varint() };
      continue;
    }
    const size = wire === 1 ? 8 : wire === 5 ? 4 : wire === 2 ? varint() : Number.NaN;
    if (!(at + size <= message.length)) throw broken();
    yield { field, content: message.subarray(at, at + size) };
    at += size;
  }
}
