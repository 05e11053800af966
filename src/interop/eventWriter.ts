// TensorBoard's event files: scalars, histograms and pictures by step. Knows no file system; bytes go to a function.
import { OptionError } from "../base/errors.ts";
import { checkNumber, checkOptions } from "../base/options.ts";
import { encodePng } from "../picture/encode.ts";
import type { Picture } from "../picture/picture.ts";
import { Message } from "./protobuf.ts";
import { encodeRecord } from "./tfrecord.ts";

/** How an EventWriter goes about it. */
export interface EventWriterOptions {
  /** Time of an event, in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Bytes that are gathered before they are handed on. Default 16384. */
  readonly bufferBytes?: number;
}

/** Buckets of a histogram, as many as TensorBoard draws. */
const bucketCount = 30;

/** Fields of `Event`, `Summary.Value`, `HistogramProto`, `Summary.Image` and `SessionLog` in TensorFlow's `event.proto` and `summary.proto`. */
const event = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 };
const value = { tag: 1, scalar: 2, image: 4, histogram: 5 };
const histogramField = { min: 1, max: 2, count: 3, sum: 4, sumOfSquares: 5, limits: 6, buckets: 7 };
const imageField = { height: 1, width: 2, channels: 3, png: 4 };

/**
 * Writes a file that TensorBoard reads, record after record; nothing is ever changed. In Node:
 *
 * ```ts
 * const events = new EventWriter((bytes) => appendFileSync(`${folder}/${eventFileName("mylab")}`, bytes));
 * events.scalar("train/loss", 0.3, 100);
 * await events.flush();
 * ```
 *
 * Tags with the same word before the slash are drawn in one group. Format: TFRecord frames of `tensorflow.Event`, file version 2.
 */
export class EventWriter {
  readonly #write: (bytes: Uint8Array) => Promise<void> | void;
  readonly #now: () => number;
  readonly #bufferBytes: number;
  #gathered: Uint8Array[] = [];
  #size = 0;
  #written: Promise<void> = Promise.resolve();

  /** `write` is given bytes to append, one call after another. Throws OptionError for options outside their rules. */
  constructor(write: (bytes: Uint8Array) => Promise<void> | void, options: EventWriterOptions = {}) {
    checkOptions("EventWriter", options, ["now", "bufferBytes"]);
    const { now = Date.now, bufferBytes = 16384 } = options;
    checkNumber("EventWriter", "bufferBytes", bufferBytes, "a number of at least 0", (x) => x >= 0);
    this.#write = write;
    this.#now = now;
    this.#bufferBytes = bufferBytes;
    this.#add(this.#event(0).string(event.fileVersion, "brain.Event:2"));
  }

  /** A number at a step; NaN and infinities are kept, and TensorBoard marks them. */
  scalar(tag: string, number: number, step: number): void {
    this.#summary(tag, step, "scalar", (content) => content.float(value.scalar, number));
  }

  /** How values are distributed: 30 buckets of one width from the least to the largest. What is no finite number is left out. */
  histogram(tag: string, values: ArrayLike<number>, step: number): void {
    const message = histogramOf(values);
    this.#summary(tag, step, "histogram", (content) => content.message(value.histogram, message));
  }

  /** A picture, stored as PNG. Throws OptionError for what is no picture. */
  async image(tag: string, picture: Picture, step: number): Promise<void> {
    checkPlace("image", tag, step);
    const { width, height, channels } = picture;
    const message = new Message()
      .integer(imageField.height, height)
      .integer(imageField.width, width)
      .integer(imageField.channels, channels)
      .bytes(imageField.png, await encodePng(picture));
    this.#summary(tag, step, "image", (content) => content.message(value.image, message));
  }

  /** Says that the run goes on from a step: what older files of the folder hold from there on is no longer shown. */
  restart(step: number): void {
    checkPlace("restart", "restart", step);
    this.#add(this.#event(step).message(event.sessionLog, new Message().integer(1, 1)));
  }

  /** Resolves when all that was written so far has been handed on; rejects with what `write` failed with. */
  flush(): Promise<void> {
    const bytes = joined(this.#gathered, this.#size);
    this.#gathered = [];
    this.#size = 0;
    if (bytes.length > 0) this.#written = this.#written.then(() => this.#write(bytes));
    return this.#written;
  }

  #summary(tag: string, step: number, what: string, fill: (content: Message) => Message): void {
    checkPlace(what, tag, step);
    const content = fill(new Message().string(value.tag, tag));
    this.#add(this.#event(step).message(event.summary, new Message().message(1, content)));
  }

  #event(step: number): Message {
    return new Message().double(event.wallTime, this.#now() / 1000).integer(event.step, step);
  }

  #add(message: Message): void {
    const record = encodeRecord(message.encode());
    this.#gathered.push(record);
    this.#size += record.length;
    // A failure is told by the next call of flush, which waits for the same promise.
    if (this.#size > this.#bufferBytes) this.flush().catch(() => {});
  }
}

/** A name by which TensorBoard finds an event file, such as `events.out.tfevents.1767225600.mylab`; what no file name may have becomes `_`. */
export function eventFileName(host: string, milliseconds: number = Date.now()): string {
  const seconds = String(Math.floor(milliseconds / 1000)).padStart(10, "0");
  return `events.out.tfevents.${seconds}.${host.replace(/[^\w.-]/g, "_")}`;
}

function histogramOf(values: ArrayLike<number>): Message {
  let [min, max, count, sum, sumOfSquares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    if (!Number.isFinite(x)) continue;
    if (x < min) min = x;
    if (x > max) max = x;
    count++;
    sum += x;
    sumOfSquares += x * x;
  }
  if (count === 0) [min, max] = [0, 0];
  const width = (max - min) / bucketCount;
  const buckets = new Float64Array(width > 0 ? bucketCount : 1);
  const scale = width > 0 ? 1 / width : 0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    if (Number.isFinite(x)) buckets[Math.min(buckets.length - 1, Math.floor((x - min) * scale))]!++;
  }
  const limits = buckets.map((_, i) => (i === buckets.length - 1 ? max : min + (i + 1) * width));
  return new Message()
    .double(histogramField.min, min)
    .double(histogramField.max, max)
    .double(histogramField.count, count)
    .double(histogramField.sum, sum)
    .double(histogramField.sumOfSquares, sumOfSquares)
    .doubles(histogramField.limits, limits)
    .doubles(histogramField.buckets, buckets);
}

function checkPlace(what: string, tag: string, step: number): void {
  const who = `EventWriter.${what}`;
  if (typeof tag !== "string" || tag === "") {
    throw new OptionError(`${who}: tag is a name such as "train/loss"; got ${JSON.stringify(tag)}`);
  }
  checkNumber(who, "step", step, "a whole number of at least 0", (x) => Number.isSafeInteger(x) && x >= 0);
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
