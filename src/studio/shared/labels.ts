// What the studio's server and its page Label say to each other. The page plays the journal's acts itself, with the code that the library has for it.
import type { LabelAct, LabelEntry } from "../../data/labels/acts.ts";

export { checkClassName, type LabelAct, type LabelEntry, mostPictures } from "../../data/labels/acts.ts";
export { LabelState, type PictureFate } from "../../data/labels/labelState.ts";

/** The labels of a set before any act, and which acts there are. */
export interface LabelsAnswer {
  /** Changes with a new start of the server, and where another hand has changed the file: acts are then to be asked for from the first on. */
  readonly life: string;
  /** The number of the last act; 0 for none. */
  readonly last: number;
  /** Where the set lies. */
  readonly folder: string;
  /** Version of the set's list of pictures. */
  readonly version: string;
  /** Classes that the folder gives, sorted. */
  readonly folders: readonly string[];
  /** The class that the folder gives each picture, as an index of `folders`; -1 for none. */
  readonly own: readonly number[];
}

/** Acts after a number, the earliest first; not all of them where there are many. */
export interface ActsAnswer {
  readonly life: string;
  readonly last: number;
  readonly entries: readonly LabelEntry[];
}

/** An act that a page sends: undo and redo say which act they mean by its number, or by its id where that is not known yet. */
export type SentAct = { readonly id: string } & (
  | Exclude<LabelAct, { readonly act: "undo" | "redo" }>
  | { readonly act: "undo" | "redo"; readonly of: number | string }
);

/** What became of an act: its number in the journal, or why it can't be done. */
export type ActResult =
  | { readonly id: string; readonly n: number }
  | { readonly id: string; readonly problem: string };

export interface SentAnswer {
  readonly life: string;
  readonly results: readonly ActResult[];
}

/** Acts that are sent at once, at most, and entries that are given at once. */
export const mostSent = 50;
export const mostEntries = 2000;
/** Bytes of a request with acts. */
export const mostActBytes = 8 * 1024 * 1024;
/** Bytes of a picture that is added. */
export const mostPictureBytes = 64 * 1024 * 1024;

/** What was written by an export. */
export interface ExportAnswer {
  readonly to: string;
  readonly pictures: number;
}

/** What a model says of a picture without a label. */
export interface Suggestion {
  readonly class: string;
  readonly probability: number;
}

/** A label that is probably wrong. */
export interface Suspect {
  readonly given: string;
  readonly suggested: string;
  /** How sure that is, 0 … 1. */
  readonly score: number;
}

/** A line of an answer that takes long: how far it is, what came of it, or why nothing did. */
export type HelperLine<T> =
  | { readonly done: number; readonly total: number }
  | { readonly result: T }
  | { readonly problem: string };
