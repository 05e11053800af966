// Where the studio's sets lie: folders, and public sets that are on this machine. Opens none of them.
import { createHash } from "node:crypto";
import { realpathSync, statSync } from "node:fs";
import path from "node:path";
import type { SetSplit } from "../shared/sets.ts";

/** The samples of a public set, one after another: bytes `[length, ...shape]` in shared memory. */
export interface LoadedSet {
  readonly data: Uint8Array;
  readonly labels: Int32Array;
}

/** A public set that is on this machine; the studio does not know how they are found. */
export interface KnownSet {
  readonly name: string;
  readonly length: number;
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly classes: readonly string[];
  readonly splits: readonly SetSplit[];
  /** Reads it, on another thread. */
  load(): Promise<LoadedSet>;
}

/** Sets that a studio is opened with. */
export interface SetSources {
  /** Folders of pictures, the first of which is shown first. */
  readonly folders: readonly string[];
  readonly known: readonly KnownSet[];
  /** Names of public sets that were asked for: they go before what runs were trained on. */
  readonly asked?: readonly string[];
}

/** A set before it is opened. */
export type SetPlace =
  | { readonly kind: "folder"; readonly id: string; readonly name: string; readonly folder: string }
  | { readonly kind: "known"; readonly id: string; readonly name: string; readonly set: KnownSet };

/** The place of a folder; null where there is none. */
export function folderPlace(folder: string): SetPlace | null {
  try {
    const real = realpathSync(folder);
    if (!statSync(real).isDirectory()) return null;
    const name = path.basename(real);
    const sum = createHash("sha256").update(real).digest("hex").slice(0, 8);
    const plain = name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-+|-+$/g, "");
    return { kind: "folder", id: `${plain || "folder"}-${sum}`, name, folder: real };
  } catch {
    return null;
  }
}

/**
 * All sets: the folders, what runs were trained on (`data=` as it was typed, from this folder or from that of the project), and the public ones.
 */
export function placesOf(
  { folders, known, asked = [] }: SetSources,
  data: Iterable<string>,
  project: string,
): SetPlace[] {
  const names = new Set(known.map(({ name }) => name));
  const trained = [...data]
    .filter((name) => name !== "" && !names.has(name))
    .map((name) => folderPlace(name) ?? folderPlace(path.resolve(path.dirname(project), name)));
  const publics = known.map((set): SetPlace => ({ kind: "known", id: set.name, name: set.name, set }));
  const wanted = publics.filter(({ name }) => asked.includes(name));
  const places = [...folders.map(folderPlace), ...wanted, ...trained, ...publics];
  return [...new Map(places.flatMap((place) => (place ? [[place.id, place] as const] : []))).values()];
}
