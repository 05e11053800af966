// A browser has no folders to keep labels in; says so.
import { UnsupportedError } from "../../base/errors.ts";
import type { LabelFiles } from "./store.ts";

function unsupported(): never {
  throw new UnsupportedError("a browser has no folders to keep labels in. Apply acts to a LabelState");
}

export const labelFiles: LabelFiles = {
  read: unsupported,
  openAlone: unsupported,
  copyAll: unsupported,
  join: unsupported,
};
