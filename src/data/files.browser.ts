// A browser has no file system to read data sets from; says so, and what to do.
import { UnsupportedError } from "../base/errors.ts";
import type { Files } from "./files.ts";
import { openAddress } from "./remoteFile.ts";

function unsupported(): never {
  throw new UnsupportedError(
    "a browser has no folders to read data sets from. Fetch the files, and give their bytes to readIdx() and idxDataset()",
  );
}

export const files: Files = {
  packageFolder: unsupported,
  cacheFolder: unsupported,
  findFirst: unsupported,
  read: unsupported,
  readNow: unsupported,
  list: unsupported,
  open: openAddress,
  withParts: unsupported,
  download: unsupported,
};
