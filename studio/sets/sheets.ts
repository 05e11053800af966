// Thumbnails, loaded many at once and decoded off the page's thread; up to a number of bytes are kept. Knows no components.
import { mostOnSheet, type SetAnswer, sheetColumns, tilesHeader } from "../../src/studio/shared/sets.ts";
import { sheetOf } from "./api.ts";
import type { Piece } from "./piece.ts";
import { refreshSets } from "./setStore.ts";

interface Sheet {
  /** Kept so that the browser does not decode it again. */
  readonly image: HTMLImageElement;
  readonly bytes: number;
  readonly tiles: readonly (readonly [width: number, height: number])[];
}

interface Entry {
  sheet: Sheet | null;
  readonly loaded: Promise<Sheet | null>;
  readonly stop: AbortController;
  /** Thumbnails that wait for it. */
  users: number;
}

/** Bytes of sheets that are kept, as files: decoded ones are the browser's business. */
const mostBytes = 48 * 1024 * 1024;
/** Thumbnails of photographs on a sheet: the first is soon there. */
const usual = 32;
/** Pictures so small that a large sheet is drawn as soon. */
const smallSide = 64;

const entries = new Map<string, Entry>();
let bytes = 0;

/** A thumbnail that is there already; undefined where it has to be asked for. */
export function pieceAtOnce(set: SetAnswer, index: number, isAlone: boolean): Piece | null | undefined {
  const { from, count } = rangeOf(set, index, isAlone);
  const entry = entries.get(sheetOf(set, from, count));
  return entry?.sheet ? pieceOf(entry.sheet, set, index - from, count) : undefined;
}

/**
 * A thumbnail, with its neighbours on one sheet or alone. One whose signal is given is not waited for, and a sheet for which nobody waits is not loaded.
 */
export async function piece(
  set: SetAnswer,
  index: number,
  isAlone: boolean,
  signal: AbortSignal,
): Promise<Piece | null> {
  const { from, count } = rangeOf(set, index, isAlone);
  const address = sheetOf(set, from, count);
  const entry = entries.get(address) ?? begin(address);
  entry.users++;
  const leave = () => {
    if (--entry.users === 0 && !entry.sheet) {
      entry.stop.abort();
      if (entries.get(address) === entry) entries.delete(address);
    }
  };
  signal.addEventListener("abort", leave, { once: true });
  const sheet = await entry.loaded;
  signal.removeEventListener("abort", leave);
  // What was used last stands at the end.
  if (sheet && entries.delete(address)) entries.set(address, entry);
  return sheet && pieceOf(sheet, set, index - from, count);
}

function rangeOf(
  { names, side }: SetAnswer,
  index: number,
  isAlone: boolean,
): { from: number; count: number } {
  if (isAlone) return { from: index, count: 1 };
  const size = side <= smallSide ? mostOnSheet : usual;
  const from = index - (index % size);
  return { from, count: Math.min(size, names.length - from) };
}

function pieceOf({ image, tiles }: Sheet, { side }: SetAnswer, place: number, count: number): Piece | null {
  const [width, height] = tiles[place] ?? [0, 0];
  if (width === 0) return null;
  const columns = Math.min(sheetColumns, count);
  const left = (place % columns) * side + ((side - width) >> 1);
  const top = Math.floor(place / columns) * side + ((side - height) >> 1);
  const { src: sheet, naturalWidth: sheetWidth, naturalHeight: sheetHeight } = image;
  return { sheet, sheetWidth, sheetHeight, left, top, width, height };
}

function begin(address: string): Entry {
  const stop = new AbortController();
  const loaded = load(address, stop.signal).catch(() => null);
  const entry: Entry = { sheet: null, loaded, stop, users: 0 };
  entries.set(address, entry);
  void loaded.then((sheet) => {
    entry.sheet = sheet;
    if (sheet) keep(sheet);
    else if (entries.get(address) === entry) entries.delete(address);
  });
  return entry;
}

async function load(address: string, signal: AbortSignal): Promise<Sheet | null> {
  const response = await fetch(address, { signal });
  // The folder has changed: its numbers mean other pictures now.
  if (response.status === 409) void refreshSets();
  if (!response.ok) return null;
  const tiles = (response.headers.get(tilesHeader) ?? "").split(" ").map((size) => {
    const [width = 0, height = 0] = size.split("x").map(Number);
    return [width, height] as const;
  });
  const file = await response.blob();
  const image = new Image();
  image.src = URL.createObjectURL(file);
  await image.decode();
  return { image, tiles, bytes: file.size };
}

function keep(latest: Sheet): void {
  bytes += latest.bytes;
  for (const [address, { sheet }] of entries) {
    if (bytes <= mostBytes) break;
    if (!sheet || sheet === latest) continue;
    entries.delete(address);
    URL.revokeObjectURL(sheet.image.src);
    bytes -= sheet.bytes;
  }
}
