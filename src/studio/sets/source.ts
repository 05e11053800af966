// A set as a thread can be told of it, to open it there.
import type { SetSplit } from "../shared/sets.ts";

interface Named {
  readonly name: string;
  readonly classes: readonly string[];
  readonly splits: readonly SetSplit[];
}

/** A folder with its listing, or the samples of a public set in shared memory. */
export type SetSource =
  | (Named & {
      readonly kind: "folder";
      readonly folder: string;
      readonly names: readonly string[];
      readonly labels: readonly number[];
    })
  | (Named & {
      readonly kind: "known";
      readonly data: Uint8Array;
      readonly labels: Int32Array;
      readonly shape: readonly [channels: number, height: number, width: number];
    });
