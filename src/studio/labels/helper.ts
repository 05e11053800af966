// What models can say of the pictures of a set; the studio does not know how they are asked.
import type { Suggestion, Suspect } from "../shared/labels.ts";

/** Work in progress elsewhere. */
export interface HelperJob<T> {
  /** Rejects with FoveaError where it failed, and where it was cancelled. */
  readonly result: Promise<T>;
  cancel(): void;
}

/** Is told how far the work has come. */
export type OnProgress = (done: number, total: number) => void;

/** Asks models. Results are by the pictures' paths within the folder. */
export interface LabelHelper {
  /** The class that the network of a run sees in each of some pictures. */
  suggest(
    task: { readonly run: string; readonly folder: string; readonly names: readonly string[] },
    onProgress: OnProgress,
  ): HelperJob<Readonly<Record<string, Suggestion>>>;
  /** Labels that are probably wrong, the most certain first, by networks that are trained with the settings of a run, where one is given. */
  doubt(
    task: { readonly run: string | null; readonly folder: string },
    onProgress: OnProgress,
  ): HelperJob<Readonly<Record<string, Suspect>>>;
}
