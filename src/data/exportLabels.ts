// A folder's labels written out as class folders with copies of its pictures, for whoever knows no journal.
import { labelFiles } from "#labelFiles";
import { OptionError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { checkClassName } from "./labels/acts.ts";
import { copiesOf } from "./labels/folderExport.ts";
import { listPictures } from "./pictureListing.ts";

/** How labels are written out. */
export interface ExportLabelsOptions {
  /** Where the class folders go: a folder that is not there yet, or is empty. */
  readonly to: string;
  /** True writes into a folder with other things in it too, and replaces files that have the same names. Default false. */
  readonly existOk?: boolean;
  /** Is told of progress, in pictures. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What was written. */
export interface ExportedLabels {
  readonly to: string;
  readonly pictures: number;
  /** Pictures of each class by its name. */
  readonly classes: Readonly<Record<string, number>>;
  /** Pictures that stayed out: those without a label, and those that were dropped. */
  readonly unlabelled: number;
  readonly dropped: number;
}

/**
 * Copies the labelled pictures of a folder to `to/<class>/…`, or `to/{train,val,test}/<class>/…` where the folder has parts. The folder itself stays as it is. Copies go to a folder
 * beside `to` that gets its name when all are there, so that an export that was cut short is not taken for one. Throws OptionError for a place inside of the folder or around it, for one that
 * holds something and for classes whose names no folder can have, and what `listPictures` throws.
 */
export async function exportLabels(root: string, options: ExportLabelsOptions): Promise<ExportedLabels> {
  checkOptions("exportLabels", options, ["to", "existOk", "onProgress"]);
  const { to, existOk = false, onProgress = () => {} } = options;
  const { classes, parts, pictures, unlabelled, dropped } = await listPictures(root);
  for (const name of classes) checkClassName(name);
  const places = parts ? [...parts] : [["", pictures] as const];
  const bound = places.flatMap(([part, list]) =>
    list.map(({ file, label }) => ({ file, folder: `${part === "" ? "" : `${part}/`}${classes[label]!}` })),
  );
  if (bound.length === 0) throw new OptionError(`exportLabels: ${root} has no labelled picture`);
  await labelFiles.copyAll(root, to, { copies: copiesOf(bound), existOk, onProgress });
  const counts = new Map(classes.map((name) => [name, 0]));
  for (const { label } of pictures) counts.set(classes[label]!, counts.get(classes[label]!)! + 1);
  return {
    to,
    pictures: pictures.length,
    classes: Object.fromEntries(counts),
    unlabelled: unlabelled.length,
    dropped: dropped.length,
  };
}
