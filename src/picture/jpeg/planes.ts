// Where the samples of a picture's components are while it is decoded: planes in one memory, and behind them room for rows and pixels.
// Knows no coding.
import { UnsupportedError } from "../../base/errors.ts";
import type { Workspace } from "../vector/workspace.ts";
import { scanRoom } from "./bits.ts";
import { blockAddress, firstAddress, partBytes, writePlaces } from "./blockKernel.ts";
import { type JpegKernels, slack, workspace } from "./kernels.ts";
import type { Frame } from "./segments.ts";

/** The samples of one component. */
export interface Plane {
  readonly address: number;
  /** Bytes from row to row. */
  readonly stride: number;
}

/** The memory of one picture. */
export interface Planes extends Workspace<JpegKernels> {
  /** In the order of the frame. */
  readonly planes: readonly Plane[];
  /** A row of 16-bit sums, with room before it. */
  readonly sums: number;
  /** For each component a row at the picture's resolution. */
  readonly rows: readonly number[];
  readonly pixels: number;
  /** For each part of a baseline scan its tables; see blockKernel.ts. */
  readonly parts: readonly number[];
  /** Room for the data of one scan. */
  readonly scan: { readonly address: number; readonly bytes: number };
}

/** Room for a picture of so many bytes a pixel, the data of whose scans are no longer than `scanBytes` in the file. */
export function makePlanes(frame: Frame, channels: number, scanBytes: number): Planes {
  const { width, height, components, mostAcross, groupsAcross } = frame;
  let end = firstAddress;
  const room = (bytes: number): number => {
    const address = end;
    end = Math.ceil((end + bytes + slack) / 64) * 64;
    return address;
  };
  const rowBytes = groupsAcross * mostAcross * 8;
  const planes = components.map(({ planeBlocks, lineBlocks }) => ({
    address: room(64 * planeBlocks),
    stride: 8 * lineBlocks,
  }));
  const sums = room(2 * rowBytes) + slack / 2;
  const rows = components.map(() => room(rowBytes));
  const pixels = room(width * height * channels);
  const parts = components.map(() => room(partBytes));
  const scan = { address: room(scanRoom(scanBytes)), bytes: scanRoom(scanBytes) };
  try {
    const { kernels, bytes } = workspace(end);
    writePlaces(bytes);
    return { kernels, bytes, planes, sums, rows, pixels, parts, scan };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UnsupportedError(`JPEG: no memory for ${width} × ${height} pixels (${end} bytes)`);
  }
}

/** The frequencies of the block that `transformBlock` turns into samples; all 0, whatever a damaged file left there. */
export function blockOf(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, blockAddress, 64).fill(0);
}

/** Writes a block's samples; `isFlat` tells that there is nothing but the lowest frequency. Other frequencies are 0 again afterwards. */
export function transformBlock(
  { kernels }: Planes,
  { address, stride }: Plane,
  block: Int32Array,
  line: number,
  column: number,
  isFlat: boolean,
): void {
  const to = address + line * 8 * stride + column * 8;
  if (isFlat) kernels.flat(Math.min(255, Math.max(0, ((block[0]! + 4) >> 3) + 128)), to, stride);
  else kernels.transform(to, stride);
}
