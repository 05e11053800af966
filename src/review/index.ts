// The public face of reviews, which fovea/data exports along with the data sets.

export { type ContactSheetOptions, contactSheet, type SheetSample } from "./contactSheet.ts";
export {
  type Finding,
  type FindingCase,
  type FindingId,
  type FindingKind,
  findingKinds,
  type Severity,
} from "./findings.ts";
export {
  findLabelErrors,
  type LabelError,
  type LabelErrorOptions,
  type LabelErrors,
} from "./labelErrors.ts";
export { type LabelPageOptions, labelPage } from "./labelPage.ts";
export {
  type ClassNoise,
  type LabelNames,
  type LabelReport,
  type LabelSuspect,
  labelReport,
  suspectTable,
} from "./labelReport.ts";
export { type PageOptions, reviewPage } from "./page.ts";
export {
  type Review,
  type ReviewOptions,
  type ReviewParts,
  type ReviewProgress,
  type ReviewSource,
  reviewPictures,
} from "./review.ts";
