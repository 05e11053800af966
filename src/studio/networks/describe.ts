// Everything that can be said of a network without running it. Takes up to seconds for large ones, so the server asks a thread of its own.
import fs from "node:fs";
import { UnsupportedError } from "../../base/errors.ts";
import { review } from "../../design/index.ts";
import { networkGraph, summary } from "../../inspect/index.ts";
import { decodeWeights } from "../../train/checkpoint.ts";
import { trainingBytes } from "../../train/memory.ts";
import { models } from "../../vision/index.ts";
import { outlineOf } from "../../vision/outline.ts";
import type {
  MemoryAnswer,
  NetworkAnswer,
  NetworkChoice,
  NetworkDescription,
  PlainSummary,
} from "../shared/networks.ts";

/** What is asked of the thread. */
export type Question =
  | { readonly about: "choice"; readonly choice: NetworkChoice }
  | { readonly about: "weights"; readonly file: string }
  | { readonly about: "memory"; readonly choice: NetworkChoice; readonly batch: number };

/** The answer. Throws FoveaError where the network does not take such pictures, or the file is damaged. */
export function answer(question: Question): NetworkAnswer | MemoryAnswer {
  switch (question.about) {
    case "choice":
      return describe(question.choice, { data: "", epoch: 0, accuracy: null });
    case "weights":
      return describeSaved(question.file);
    case "memory":
      return { bytes: memoryOf(question.choice, question.batch) };
  }
}

function describeSaved(file: string): NetworkAnswer {
  const { info } = decodeWeights(fs.readFileSync(file), file);
  const { model, input, data, epoch, accuracy } = info;
  if (!models.has(model)) return { kind: "own-network", model };
  return describe({ model, input, classes: info.classes.length }, { data, epoch, accuracy });
}

function describe(
  { model, input, classes }: NetworkChoice,
  origin: Pick<NetworkDescription, "data" | "epoch" | "accuracy">,
): NetworkDescription {
  const network = outlineOf(model, { classes, input });
  const { inputs, rows, totals } = summary(network, input);
  const plain: PlainSummary = {
    inputs,
    rows: rows.map(({ field, ...row }) => ({ ...row, field: field?.axes ?? null })),
    totals,
  };
  const graph = networkGraph(network, input);
  const findings = review(network, input, { classes, loss: "crossEntropy" });
  return { kind: "network", model, input, classes, ...origin, ...plain, graph, findings };
}

function memoryOf({ model, input, classes }: NetworkChoice, batch: number): number | null {
  try {
    return trainingBytes(outlineOf(model, { classes, input }), input, batch, { dtype: "uint8" });
  } catch (error) {
    if (error instanceof UnsupportedError) return null;
    throw error;
  }
}
