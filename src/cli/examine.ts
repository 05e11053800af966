// What a run's weights do on pictures that were not trained on, picture by picture. Knows no page.
import path from "node:path";
import type { TypedArray } from "../base/dtype.ts";
import type { BrokenSample } from "../data/feeds.ts";
import { DataLoader } from "../data/loader.ts";
import type { Module } from "../nn/module/module.ts";
import { encodePng } from "../picture/encode.ts";
import { filterPicture } from "../plot/filters.ts";
import type { Filters, Measured, Mistake } from "../report/report.ts";
import { evaluate } from "../train/evaluate.ts";
import type { RunFolder } from "../train/runFolder.ts";
import { heldOut } from "./heldOut.ts";
import { count } from "./terminal.ts";
import { dataUri, thumbnail } from "./thumbnail.ts";
import { defaultWorkers } from "./trainingData.ts";
import { loadClassifier } from "./weights.ts";

/** Mistakes that are shown. */
const mostMistakes = 24;

/** Where the pictures are, and how they are read. */
export interface ExamineOptions {
  readonly data: string;
  readonly limit: number | null;
  /** Pictures at a time. */
  readonly batchSize: number;
  readonly workers?: number | null;
  readonly onBroken?: (sample: BrokenSample) => void;
}

/** What was found. */
export interface Examination {
  readonly measured: Measured;
  readonly filters: Filters | null;
  /** Name of the network. */
  readonly model: string;
}

/** A wrong answer. */
interface Wrong {
  readonly index: number;
  readonly truth: number;
  readonly answer: number;
  readonly probability: number;
  readonly trueProbability: number;
  readonly loss: number;
}

/**
 * Measures the best weights where a test part was held back for the end; else the last ones, as the best were chosen by the same pictures. The
 * run's summary does the same.
 */
export async function examine(folder: RunFolder, options: ExamineOptions): Promise<Examination> {
  const { data, limit, batchSize, onBroken = () => {} } = options;
  const best = await loadClassifier(folder.path);
  const held = await heldOut(data, { split: "auto", limit }, best.info, best.file);
  const { pictures, part, chosenBy, transform } = held;
  const used = chosenBy ? await loadClassifier(folder.file("weights", "last.safetensors")) : best;
  const { network, info } = used;
  const loader = new DataLoader(pictures, {
    batchSize,
    onBroken,
    ...(transform && { transform: info.transforms, workers: options.workers ?? defaultWorkers() }),
  });
  const worst = new Worst();
  try {
    const normalization = info.transforms.normalize ?? undefined;
    const result = await evaluate(network, loader, {
      normalization,
      onLogits: (logits, labels, indices) => worst.add(logits, labels, indices),
    });
    const mistakes: Mistake[] = [];
    for (const wrong of worst.list) {
      const { index, truth, answer, probability, trueProbability, loss } = wrong;
      mistakes.push({
        name: "files" in pictures ? shortName(pictures.files[index]!) : `number ${index}`,
        picture: await thumbnail(() => pictures.picture(index)),
        truth: info.classes[truth]!,
        predicted: info.classes[answer]!,
        probability,
        trueProbability,
        loss,
      });
    }
    const measured: Measured = {
      weights: chosenBy
        ? `the last weights, of epoch ${info.epoch}`
        : `the weights of the best epoch, ${info.epoch}`,
      pictures: `the ${count(result.samples)} ${part === "test" ? "test" : "validation"} pictures of ${path.basename(data)}`,
      chosenBy,
      samples: result.samples,
      top1: result.top1,
      top5: result.top5,
      loss: result.loss,
      classes: info.classes,
      confusion: result.confusion,
      mistakes,
    };
    return { measured, filters: await firstFilters(network), model: info.model };
  } finally {
    loader.close();
  }
}

/** The wrong answers with the highest loss. */
class Worst {
  #found: Wrong[] = [];

  /** Shapes: logits `[n, classes]` row-major, labels and indices `[n]`. */
  add(logits: TypedArray, labels: TypedArray, indices: Int32Array): void {
    const classes = logits.length / labels.length;
    for (let i = 0; i < labels.length; i++) {
      const row = logits.subarray(i * classes, (i + 1) * classes);
      const truth = labels[i]!;
      let answer = 0;
      for (let c = 1; c < classes; c++) if (row[c]! > row[answer]!) answer = c;
      if (answer === truth) continue;
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += Math.exp(row[c]! - row[answer]!);
      const loss = Math.log(sum) + row[answer]! - row[truth]!; // −log softmax
      const wrong = { index: indices[i]!, truth, answer, loss };
      this.#found.push({ ...wrong, probability: 1 / sum, trueProbability: Math.exp(-loss) });
    }
    this.#found = this.#found.sort((a, b) => b.loss - a.loss || a.index - b.index).slice(0, mostMistakes);
  }

  /** Worst first. */
  get list(): readonly Wrong[] {
    return this.#found;
  }
}

/** The first convolution's weights, where it reads the picture itself. */
async function firstFilters(network: Module): Promise<Filters | null> {
  for (const [layer, parameter] of network.namedParameters()) {
    const { shape } = parameter;
    if (shape.length !== 4) continue;
    const picture = filterPicture(await parameter.data(), shape);
    return (
      picture && { layer, shape, width: picture.width, picture: dataUri("png", await encodePng(picture)) }
    );
  }
  return null;
}

/** A file with the folder that it lies in. */
function shortName(file: string): string {
  return file.split(/[\\/]/).slice(-2).join("/");
}
