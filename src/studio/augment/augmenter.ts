// What augmentation makes of pictures, as training does it; the studio does not know how training prepares data.
import type { Sheet } from "../sets/sheet.ts";
import type { SetSource } from "../sets/source.ts";
import type { AugmentAnswer, AugmentRequest } from "../shared/augment.ts";

/** Squares of outcomes, in rows of `sheetColumns`, and the picture's number in the training part; null where it is in none. */
export interface Outcomes {
  readonly sheet: Sheet;
  readonly number: number | null;
}

/** A set that is opened for training. */
export interface AugmentSession {
  /** The steps of an augmentation; null: those that training takes by itself. Throws FoveaError for unknown names. */
  preset(name: string | null, size: number | null): Promise<AugmentAnswer>;
  /** Throws FoveaError for steps outside their rules, and pictures that can't be read. */
  outcomes(request: AugmentRequest): Promise<Outcomes>;
  close(): Promise<void>;
}

/** Opens sets for training. */
export type OpenAugmentation = (source: SetSource) => AugmentSession;
