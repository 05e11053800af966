// WebP in Node, by libwebp compiled to WebAssembly in the package @jsquash/webp, loaded when the first such picture comes.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { UnsupportedError } from "../base/errors.ts";
import type { Rgba } from "./webp.ts";

interface Codec {
  decode(bytes: Uint8Array): { width: number; height: number; data: Uint8ClampedArray } | null;
}

/** What the codec makes its results with; browsers have it, Node does not. */
class PlainImageData {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;

  constructor(data: Uint8ClampedArray, width: number, height: number) {
    this.data = data;
    this.width = width;
    this.height = height;
  }
}

let loading: Promise<Codec> | null = null;

/** Decodes a checked file. */
export async function decodeRgba(bytes: Uint8Array): Promise<Rgba> {
  loading ??= load();
  const codec = await loading;
  const frame = withImageData(() => codec.decode(bytes));
  if (!frame) throw new Error("libwebp can't read it");
  const { width, height, data } = frame;
  return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
}

async function load(): Promise<Codec> {
  const module = "@jsquash/webp/codec/dec/webp_dec";
  let wasmBinary: Uint8Array;
  let create: (options: object) => Promise<Codec>;
  try {
    wasmBinary = await readFile(createRequire(import.meta.url).resolve(`${module}.wasm`));
    create = (await import(`${module}.js`)).default;
  } catch {
    loading = null;
    throw new UnsupportedError(
      "reading WebP needs the package @jsquash/webp, which is not installed. Run: npm install @jsquash/webp",
    );
  }
  return withImageData(() => create({ noInitialRun: true, wasmBinary }));
}

/** Runs `use` with a global `ImageData`, and leaves none behind: programs take it for the sign of a browser. */
function withImageData<T>(use: () => T): T {
  const global = globalThis as { ImageData?: unknown };
  const had = Object.getOwnPropertyDescriptor(global, "ImageData");
  Object.defineProperty(global, "ImageData", { value: PlainImageData, configurable: true, writable: true });
  try {
    return use();
  } finally {
    if (had) Object.defineProperty(global, "ImageData", had);
    else delete global.ImageData;
  }
}
