// What the studio's server and its pages say to each other about sets of pictures. Knows neither of the two.

/** Where the pictures of a set lie: in a folder, or in the files of a public set that is known by name. */
export type SetKind = "folder" | "known";

/** A set in a list. */
export interface SetSummary {
  /** One part of an address; the same each time the studio is opened. */
  readonly id: string;
  readonly name: string;
  readonly kind: SetKind;
  /** Whether labels can be changed. */
  readonly isEditable: boolean;
  /** Number of pictures. */
  readonly length: number;
  /** Number of classes. */
  readonly classes: number;
  /** Changes with anything of the set: pictures, classes, labels. */
  readonly state: string;
  /** Why the set can't be read; null where it can. */
  readonly problem: string | null;
}

/** A part of a set, such as train: pictures `from` up to `from + count`. */
export interface SetSplit {
  readonly name: string;
  readonly from: number;
  readonly count: number;
}

/** The parts that training divides a set into. */
export interface SetParts {
  readonly names: readonly string[];
  /** The part of each picture, by number; -1 for those in none. */
  readonly of: readonly number[];
  /** Whether any of them is drawn by chance, for want of a folder. */
  readonly isDrawn: boolean;
}

/** All pictures of a set, by number. */
export interface SetAnswer {
  readonly id: string;
  readonly name: string;
  readonly kind: SetKind;
  readonly isEditable: boolean;
  /** What stands behind `data=` to train on it. */
  readonly data: string;
  /** Changes when pictures are added, removed or renamed: numbers mean other pictures then. */
  readonly version: string;
  /** Changes with anything of the set: pictures, classes, labels. */
  readonly state: string;
  readonly classes: readonly string[];
  /** Path of each picture within the set; "" for sets in memory. */
  readonly names: readonly string[];
  /** The class of each picture; -1 for none. */
  readonly labels: readonly number[];
  /** Parts that the set comes divided into; none where they would be drawn. */
  readonly splits: readonly SetSplit[];
  /** Longer side of a thumbnail in pixels. */
  readonly side: number;
}

/** Thumbnails beside each other on a sheet, and on a sheet at most. */
export const sheetColumns = 8;
export const mostOnSheet = 128;

/**
 * Header of a sheet that says the size of each thumbnail, `128x96 0x0 …`: it stands in the middle of its square of `side` pixels, and what is 0x0 could not be read.
 */
export const tilesHeader = "Fovea-Tiles";
