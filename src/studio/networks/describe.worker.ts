// The thread that describes one network and ends.
import { parentPort, workerData } from "node:worker_threads";
import "../../index.ts";
import { FoveaError } from "../../base/errors.ts";
import { answer, type Question } from "./describe.ts";

try {
  parentPort!.postMessage({ answer: answer(workerData as Question) });
} catch (error) {
  if (!(error instanceof FoveaError)) throw error;
  parentPort!.postMessage({ refusal: error.message });
}
