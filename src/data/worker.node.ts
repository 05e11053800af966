// A thread that makes samples for a loader: takes jobs from its parent, one after another, and writes into the batch's shared memory.
import { parentPort, workerData } from "node:worker_threads";
import type { Compose } from "../transforms/compose.ts";
import { fromJSON } from "../transforms/index.ts";
import { PictureCache } from "./pictureCache.ts";
import { openSource } from "./pictureSource.ts";
import { SampleMaker } from "./sampleMaker.ts";
import type { BrokenRow, WorkerAnswer, WorkerJob, WorkerTask } from "./workers.ts";

const { source, pipeline, seed, shape, cache } = workerData as WorkerTask;
const maker = new SampleMaker({
  picture: openSource(source),
  pipeline: fromJSON(pipeline) as Compose,
  seed,
  shape,
  cache: cache && new PictureCache(cache),
});
const size = shape[0] * shape[1] * shape[2];

async function make({ indices, draws, epoch, target, from }: WorkerJob): Promise<WorkerAnswer> {
  const broken: BrokenRow[] = [];
  try {
    for (let i = 0; i < indices.length; i++) {
      const row = from + i;
      const made = maker.make({ index: indices[i]!, epoch, draw: draws[i]! }, target, row * size);
      const failure = made instanceof Promise ? await made : made;
      if (failure) broken.push({ row, message: failure.message });
    }
    return { broken };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

let last: Promise<void> = Promise.resolve();
parentPort!.on("message", (job: WorkerJob) => {
  last = last.then(async () => parentPort!.postMessage(await make(job)));
});
