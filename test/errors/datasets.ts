// Mistakes with data sets, their files, tables and toy sets.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { ArrayDataset } from "../../src/data/dataset.ts";
import {
  blobs,
  channelStatistics,
  cifar10,
  cifar100,
  circles,
  csvDataset,
  csvLabels,
  emnist,
  jsonlLabels,
  kmnist,
  line,
  mnist,
  moons,
  parseCsv,
  spirals,
  splitIndices,
} from "../../src/data/index.ts";

const text = <T>(value: string) => value as T;
const places = { cache: "/nowhere/cache" };
const root = "/nowhere/digits";
const pair = new ArrayDataset({ data: Uint8Array.of(1, 2), sampleShape: [1], labels: [0, 1] });

/** What a download says whose address no one answers, without the folder's name, which is another one each time. */
async function unreachable(): Promise<void> {
  const { download } = await import("../../src/data/download.node.ts");
  const folder = mkdtempSync(`${tmpdir()}/fovea-errors-`);
  const sum = { algorithm: "md5", value: "0".repeat(32) } as const;
  const urls = ["http://127.0.0.1:1/data.gz", "gopher://example/data.gz"];
  try {
    await download({ name: "data.gz", bytes: 5, sum, urls }, { folder });
  } catch (error) {
    if (error instanceof Error) error.message = error.message.replace(folder, "FOLDER");
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Calls that have to throw, by name. */
export const mistakes: Record<string, () => unknown> = {
  "not here": () => kmnist(places),
  "archive not here": () => cifar10(places),
  "wrong root": () => mnist({ root }),
  "wrong root of an archive": () => emnist({ root, split: "letters" }),
  "unknown option": () => mnist({ ...places, trian: false } as object),
  "unknown split": () => emnist({ split: text<"letters">("capitals") }),
  "unknown labels": () => cifar100({ labels: text<"fine">("middle") }),
  "download from nowhere": unreachable,
  "sample outside": () => pair.get(2),
  "share in percent": () => pair.split(80),
  "split option": () => splitIndices([0, 1], 0.5, { stratified: true } as object),
  "statistics of points": () => channelStatistics(moons()),
  "csv row": () => [...parseCsv("a,b\n1,2,3", { file: "table.csv" })],
  "csv quote": () => [...parseCsv('a,b\n1,"2', { file: "table.csv" })],
  "csv pixel": () => csvDataset("label,pixel0\n7,0.5", { file: "digits.csv" }),
  "csv shape": () => csvDataset("label,pixel0\n7,5", { file: "digits.csv", shape: [1, 28, 28] }),
  "csv label column": () => csvDataset("digit,pixel0\n7,5", { file: "digits.csv", label: "label" }),
  "csv class": () => csvDataset("bird,5", { file: "animals.csv", classes: ["cat", "dog"] }),
  "labels column": () => csvLabels("filename,label\na.png,cat", { file: "labels.csv" }),
  "labels twice": () => csvLabels("file_name,label\na.png,cat\na.png,dog", { file: "labels.csv" }),
  "jsonl key": () => jsonlLabels('{"file_name": "a.png", "lable": 1}', { file: "metadata.jsonl" }),
  "jsonl label": () => jsonlLabels('{"file_name": "a.png", "label": {}}', { file: "metadata.jsonl" }),
  "toy option": () => spirals({ samples: 100 } as object),
  "toy count": () => moons({ count: -5 }),
  "toy factor": () => circles({ factor: 2 }),
  "toy centers": () => blobs({ classes: 3, centers: [[0, 0]] }),
  "toy range": () => line({ range: [1, -1] }),
};
