// A saved classifier, read from its file and ready to be used: a run's, any file's, or one that comes with the package.
import fs from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { FoveaError, nearest } from "../base/errors.ts";
import { loadWeights } from "../interop/loadWeights.ts";
import { WeightsError } from "../interop/model/report.ts";
import type { Module } from "../nn/module/module.ts";
import { isPretrained, modelCard, pretrainedNames } from "../pretrained/cards.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { decodeWeights, type ModelInfo } from "../train/checkpoint.ts";
import { makeModel } from "../vision/index.ts";

/** Larger files than this (bytes) are refused before they are read. */
const largestFile = 2 ** 31 - 1;

/** Bytes of a file; throws FoveaError with its path where it can't be read. */
export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    const stat = await fs.stat(file);
    if (stat.isDirectory()) throw new FoveaError(`${file} is a folder; give a file in it`);
    if (stat.size > largestFile)
      throw new FoveaError(`${file} has ${stat.size} bytes; at most ${largestFile} can be read`);
    return await fs.readFile(file);
  } catch (error) {
    if (error instanceof FoveaError) throw error;
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const reason = isMissing
      ? "there is no such file"
      : error instanceof Error
        ? error.message
        : String(error);
    throw new FoveaError(`${file} can't be read: ${reason}`);
  }
}

/** Gives a network the weights that a run saved. Throws WeightsError, with the file's name, where they are another network's. */
export async function takeWeights(
  network: Module,
  state: ReadonlyMap<string, Tensor>,
  file: string,
): Promise<void> {
  try {
    await loadWeights(network, state, { file });
  } catch (error) {
    if (!(error instanceof WeightsError)) throw error;
    throw new WeightsError(error.report, "give the weights of the same network");
  }
}

/** What `<weights>` of a command may be, for its notes. */
export const weightsNote = `<weights> is a .safetensors file that fovea train has saved, a run's folder, which stands for its best weights, or the name of weights that come with Fovea: ${pretrainedNames.join(", ")}.`;

/**
 * The weights file that is meant: a run's folder stands for its best weights, and the name of weights that come with the package for their file, unless there is
 * a file or folder of that name. Throws FoveaError for a name that is nearly one of those.
 */
export async function weightsFile(where: string): Promise<string> {
  if (await isA("folder", where)) {
    const best = path.join(where, "weights", "best.safetensors");
    if (await isA("file", best)) return best;
    throw new FoveaError(
      `${where} has no weights/best.safetensors; give the folder of a run that has, such as runs/classify/train, or a file`,
    );
  }
  if (await isA("file", where)) return where;
  if (isPretrained(where)) return fileURLToPath(modelCard(where).file);
  const near = nearest(where, pretrainedNames);
  if (near)
    throw new FoveaError(`${where} can't be read: there is no such file. Did you mean the weights ${near}?`);
  return where; // reading says that there is no such file
}

function isA(what: "file" | "folder", where: string): Promise<boolean> {
  return fs.stat(where).then(
    (stat) => (what === "file" ? stat.isFile() : stat.isDirectory()),
    () => false,
  );
}

/** A weights file that is read. */
export interface SavedWeights {
  readonly state: ReadonlyMap<string, Tensor>;
  readonly info: ModelInfo;
  readonly file: string;
}

/** Reads the weights that are meant; see `weightsFile`. */
export async function readWeights(where: string): Promise<SavedWeights> {
  const file = await weightsFile(where);
  return { ...decodeWeights(await readBytes(file), file), file };
}

/** The model of a weights file, in evaluation mode. */
export async function loadClassifier(
  where: string,
): Promise<{ network: Module; info: ModelInfo; file: string }> {
  const { state, info, file } = await readWeights(where);
  const network = makeModel(info.model, { classes: info.classes.length, input: info.input });
  await takeWeights(network, state, file);
  network.eval();
  return { network, info, file };
}
