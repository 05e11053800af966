// The public face of labels journals.
export type { LabelAct, LabelEntry } from "./acts.ts";
export type { JournalContent } from "./journalText.ts";
export {
  LabelJournal,
  type LabelJournalOptions,
  type NewAct,
  readLabels,
  type Written,
} from "./labelJournal.ts";
export { LabelState, type NumberedAct, type PictureFate } from "./labelState.ts";
