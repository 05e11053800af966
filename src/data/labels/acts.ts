// What can be done to the labels of a folder, as the lines of its journal say it, and the rules that each line keeps. Knows no file system.
import { nearest, OptionError } from "../../base/errors.ts";

/** One act of labelling. Pictures are paths relative to the folder, with `/` between names; classes are called by their present names. */
export type LabelAct =
  /** A class is added. */
  | { readonly act: "class"; readonly class: string }
  /** A class has another name from here on; its pictures stay in it. */
  | { readonly act: "rename"; readonly class: string; readonly to: string }
  /** All pictures of a class go over to another one, and the class is gone. */
  | { readonly act: "merge"; readonly class: string; readonly into: string }
  /** A class is gone, and its pictures have no label. */
  | { readonly act: "remove"; readonly class: string }
  /** Pictures are of a class. Such as were skipped or dropped are so no longer. */
  | { readonly act: "label"; readonly class: string; readonly pictures: readonly string[] }
  /** Pictures have no label. */
  | { readonly act: "unlabel"; readonly pictures: readonly string[] }
  /** Pictures are put off; a label that they have stays. */
  | { readonly act: "skip"; readonly pictures: readonly string[] }
  /** Pictures are not used in training. */
  | { readonly act: "drop"; readonly pictures: readonly string[] }
  /** Pictures are neither skipped nor dropped any longer. */
  | { readonly act: "restore"; readonly pictures: readonly string[] }
  /** Labels that were in doubt were looked at, and stand. */
  | { readonly act: "keep"; readonly pictures: readonly string[] }
  /** The last act that is in force is taken back: the one with the number `of`. */
  | { readonly act: "undo"; readonly of: number }
  /** The act that was taken back last, with the number `of`, is in force again. */
  | { readonly act: "redo"; readonly of: number };

/** An act with its place in the journal. */
export interface LabelEntry {
  /** Counts up along the file. */
  readonly n: number;
  /** When it was done, ISO 8601. */
  readonly at: string;
  /** What the sender calls it: an act with an id that the journal has is not written again. */
  readonly id: string | null;
  readonly act: LabelAct;
}

/** Pictures that one act may name. */
export const mostPictures = 10_000;
/** Characters of a class's name and of a picture's path. */
const longestName = 120;
const longestPath = 2000;

/** The fields of each act beside its name. */
const fields: { readonly [A in LabelAct["act"]]: readonly string[] } = {
  class: ["class"],
  rename: ["class", "to"],
  merge: ["class", "into"],
  remove: ["class"],
  label: ["class", "pictures"],
  unlabel: ["pictures"],
  skip: ["pictures"],
  drop: ["pictures"],
  restore: ["pictures"],
  keep: ["pictures"],
  undo: ["of"],
  redo: ["of"],
};

/** What a number field, a class and a list of pictures have to be. */
const rules: Readonly<Record<string, (value: unknown) => unknown>> = {
  class: checkClassName,
  to: checkClassName,
  into: checkClassName,
  pictures: checkPictures,
  of: (value) => checkCount("of", value),
};

/** An act, checked: nothing but its own fields is taken over. Throws OptionError for what is none. */
export function checkAct(value: unknown): LabelAct {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new OptionError(
      `labels: an act is an object with "act"; got ${JSON.stringify(value) ?? "nothing"}`,
    );
  }
  const given = value as Readonly<Record<string, unknown>>;
  const name = String(given.act);
  if (!Object.hasOwn(fields, name)) {
    const near = nearest(name, Object.keys(fields));
    throw new OptionError(
      `labels: this version knows no act ${JSON.stringify(given.act) ?? "without a name"}${near ? `; did you mean "${near}"?` : "."} ` +
        `Known: ${Object.keys(fields).join(", ")}. A journal of a newer Fovea needs that version`,
    );
  }
  const act: Record<string, unknown> = { act: name };
  for (const field of fields[name as LabelAct["act"]]) act[field] = rules[field]!(given[field]);
  return act as unknown as LabelAct;
}

/**
 * The name of a class, checked. It is to be a folder's name on every system, as labels are exported to folders: no `\ / : * ? " < > |`, no control
 * characters, no dot or space at its ends, none of Windows' devices.
 */
export function checkClassName(name: unknown): string {
  const fail = (rule: string): never => {
    throw new OptionError(
      `labels: ${JSON.stringify(name) ?? "nothing"} is no name of a class: ${rule}. It becomes the name of a folder`,
    );
  };
  if (typeof name !== "string" || name === "") return fail("expected a text");
  if (name.length > longestName) fail(`at most ${longestName} characters`);
  if (/[\\/:*?"<>|]/.test(name) || hasControl(name)) fail('none of \\ / : * ? " < > | and no line breaks');
  if (/^[. ]|[. ]$/.test(name)) fail("no dot or space at its ends");
  if (/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name)) fail("Windows has a device of that name");
  return name.normalize("NFC");
}

/** The path of a picture, checked: relative, with `/`, and inside of the folder. */
export function checkPicturePath(path: unknown): string {
  const isText = typeof path === "string" && path !== "" && path.length <= longestPath && !hasControl(path);
  const parts = isText ? path.split("/") : [];
  const isInside = parts.length > 0 && parts.every((part) => part !== "" && part !== "." && part !== "..");
  if (isInside && !/^[A-Za-z]:|\\/.test(path as string)) return path as string;
  throw new OptionError(
    `labels: ${JSON.stringify(path) ?? "nothing"} is no path of a picture: expected one inside of the folder, relative to it, with / between names`,
  );
}

function checkPictures(value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > mostPictures) {
    throw new OptionError(
      `labels: pictures is a list of 1 to ${mostPictures} paths; got ${Array.isArray(value) ? value.length : JSON.stringify(value)}`,
    );
  }
  return [...new Set(value.map(checkPicturePath))];
}

/** A whole number from 1 on. */
export function checkCount(name: string, value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
  throw new OptionError(`labels: ${name} is a whole number from 1 on; got ${JSON.stringify(value)}`);
}

/** An id of the sender's, checked; null where there is none. */
export function checkId(id: unknown): string | null {
  if (id === undefined || id === null) return null;
  if (typeof id === "string" && /^[\w.-]{1,64}$/.test(id)) return id;
  throw new OptionError(
    `labels: an id has 1 to 64 letters, digits, "-", "_" or "."; got ${JSON.stringify(id)}`,
  );
}

function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++)
    if (text.charCodeAt(i) < 32 || text.charCodeAt(i) === 127) return true;
  return false;
}
