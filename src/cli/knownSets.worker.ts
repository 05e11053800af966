// The script of a thread that reads a public set into shared memory, and ends.
import { parentPort, workerData } from "node:worker_threads";
import type { LoadedSet } from "../studio/sets/places.ts";
import { dataSets } from "./datasets.ts";

const { load } = dataSets.get(workerData as string)!;
const parts = await Promise.all([load("train"), load("test")]);
const data = new Uint8Array(new SharedArrayBuffer(parts.reduce((sum, part) => sum + part.data.length, 0)));
const labels = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
let [at, sample] = [0, 0];
for (const part of parts) {
  data.set(part.data, at);
  labels.set(part.labels, sample);
  at += part.data.length;
  sample += part.length;
}
parentPort!.postMessage({ data, labels } satisfies LoadedSet);
