// In a browser pictures that lie in files can't be reviewed: there are no folders, and the reader of files says so.

import { glanceAtFile } from "./glance.ts";
import type { PoolOptions } from "./pool.node.ts";

/** Looks at all files on the calling thread. */
export async function glanceAtFiles(
  paths: readonly string[],
  { limits, onGlance }: PoolOptions,
): Promise<void> {
  for (const [i, file] of paths.entries()) onGlance(i, await glanceAtFile(file, limits));
}
