// The public sets that are on this machine, for the studio: each is read on a thread of its own. Nothing is downloaded.
import { Worker } from "node:worker_threads";
import { WorkerError } from "../base/errors.ts";
import { findSet } from "../data/publicSet.ts";
import type { KnownSet, LoadedSet } from "../studio/sets/places.ts";
import { cacheFolder } from "./cache.ts";
import { dataSets } from "./datasets.ts";

/** The sets. */
export function knownSets(): KnownSet[] {
  const cache = cacheFolder();
  return [...dataSets].flatMap(([name, { set }]) => {
    const isAlias = name !== set.name;
    if (isAlias || findSet(set, ["train", "test"], { cache }) === null) return [];
    const { train, test } = set.counts;
    return {
      name,
      length: train + test,
      shape: set.sampleShape as KnownSet["shape"],
      classes: set.classes,
      splits: [
        { name: "train", from: 0, count: train },
        { name: "test", from: train, count: test },
      ],
      load: () => loadOnThread(name),
    };
  });
}

function loadOnThread(name: string): Promise<LoadedSet> {
  return new Promise((resolve, reject) => {
    // The parent's own flags (test runner, loaders, inspector) are not for this thread.
    const worker = new Worker(new URL("./knownSets.worker.js", import.meta.url), {
      execArgv: [],
      name: `fovea ${name}`,
      workerData: name,
    });
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new WorkerError(`${name} was not read: exit code ${code}`)));
  });
}
