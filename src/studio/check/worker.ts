// The script of a thread that checks one set, tells how far it is, and ends.
import { parentPort, workerData } from "node:worker_threads";
import { ArrayDataset } from "../../data/dataset.ts";
import { PictureDataset } from "../../data/pictureDataset.ts";
import { type Finding, type FindingId, type Review, reviewPictures } from "../../review/index.ts";
import type { SetSource } from "../sets/source.ts";
import type { CheckCase, CheckResult } from "../shared/check.ts";

/** What the thread sends. */
export type CheckMessage =
  | { readonly done: number; readonly total: number }
  | { readonly result: CheckResult }
  | { readonly failure: string };

/** Cases of a finding that are shown at most. */
const mostCases = 1000;
/** Time between two messages on the progress, ms. */
const tellEvery = 200;
/** What is said of classes and parts, which pictures without labels do not have. */
const ofClasses: ReadonlySet<FindingId> = new Set(["tiny-class", "class-imbalance", "brightness-by-class"]);

const source = workerData as SetSource;
const send = (message: CheckMessage) => parentPort!.postMessage(message);

try {
  send({ result: resultOf(await review()) });
} catch (error) {
  send({ failure: error instanceof Error ? error.message : String(error) });
}

function review(): Promise<Review> {
  let told = 0;
  const onProgress = ({ done, total }: { done: number; total: number }) => {
    if (performance.now() - told < tellEvery) return;
    told = performance.now();
    send({ done, total });
  };
  if (source.kind === "known") {
    const { data, labels, shape, classes, splits } = source;
    const size = shape[0] * shape[1] * shape[2];
    const [train, test] = splits.map(({ from, count }) => {
      const to = from + count;
      const part = { data: data.subarray(from * size, to * size), labels: labels.subarray(from, to) };
      return new ArrayDataset({ ...part, sampleShape: shape, classes });
    });
    return reviewPictures({ train: train!, test: test ?? null }, { onProgress });
  }
  if (source.classes.length > 0) return reviewPictures(source.folder, { onProgress });
  const pictures = source.names.map((name) => ({ file: `${source.folder}/${name}`, label: 0 }));
  return reviewPictures(new PictureDataset({ pictures, classes: [""] }), { onProgress });
}

function resultOf({ findings, pictures, readable, sizes, normalize }: Review): CheckResult {
  const numberOf = numbers();
  const isLabelled = source.classes.length > 0;
  const shown = findings.filter(({ id }) => isLabelled || !ofClasses.has(id));
  return {
    pictures,
    readable,
    sizes,
    normalize,
    findings: shown.map((finding) => ({ ...finding, cases: casesOf(finding, numberOf) })),
  };
}

function casesOf({ cases }: Finding, numberOf: (file: string) => number | null): CheckCase[] {
  return cases.slice(0, mostCases).map(({ files, detail }) => {
    const known = files.map((file) => ({ file, number: numberOf(file) }));
    return {
      pictures: known.flatMap(({ number }) => number ?? []),
      files: known.flatMap(({ file, number }) => (number === null ? [withoutFolder(file)] : [])),
      detail,
    };
  });
}

/** The number of a picture by its name in the review; null for what is none of the set. */
function numbers(): (file: string) => number | null {
  if (source.kind === "known") {
    return (name) => {
      const [part, number] = name.split(" ");
      const split = source.splits.find((one) => one.name === part);
      return split ? split.from + Number(number) : null;
    };
  }
  const byName = new Map(source.names.map((name, i) => [name, i]));
  return (file) => byName.get(withoutFolder(file)) ?? null;
}

function withoutFolder(file: string): string {
  if (source.kind === "known") return file;
  return file.startsWith(`${source.folder}/`) ? file.slice(source.folder.length + 1) : file;
}
