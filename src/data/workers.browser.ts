// A page's own thread makes the samples: browsers decode pictures on threads of theirs already.
import { UnsupportedError } from "../base/errors.ts";
import type { Threads } from "./workers.ts";

export const threads: Threads = {
  missing: "loader threads need Node; a browser decodes pictures on threads of its own",
  parallelism: 0,
  start() {
    throw new UnsupportedError(`DataLoader: ${threads.missing}. Use workers: 0`);
  },
};
