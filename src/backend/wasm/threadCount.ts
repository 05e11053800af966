// How many threads a backend uses.
import { OptionError, UnsupportedError } from "../../base/errors.ts";
import type { WasmFeatures } from "./features.ts";

const defaultThreads = 8;
const mostThreads = 64;

/**
 * What was asked for, or one for each core and at most 8. Throws OptionError outside of 1 to 64, UnsupportedError for more than one where memory can't be
 * shared.
 */
export function chooseThreads(asked: number | undefined, features: WasmFeatures): number {
  if (asked === undefined) return features.threads ? Math.min(features.parallelism, defaultThreads) : 1;
  if (!Number.isInteger(asked) || asked < 1 || asked > mostThreads) {
    throw new OptionError(`wasm: threads must be a whole number from 1 to ${mostThreads}; got ${asked}`);
  }
  if (asked > 1 && !features.threads) {
    throw new UnsupportedError(
      `wasm: ${asked} threads need shared memory and a thread that may wait. Run in a Worker of a page that is ` +
        "cross-origin isolated (COOP and COEP headers), or use threads: 1",
    );
  }
  return asked;
}
