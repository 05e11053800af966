// What a training run leaves in its folder, and how it is taken up again.
import path from "node:path";
import type { Module } from "../nn/module/module.ts";
import type { EMA } from "../optim/averaging.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import {
  decodeState,
  encodeState,
  encodeWeights,
  type ModelInfo,
  type TrainingState,
} from "../train/checkpoint.ts";
import { CheckpointStore } from "../train/checkpointStore.ts";
import type { Progress } from "../train/events.ts";
import { RunFolder } from "../train/runFolder.ts";
import { takeWeights } from "./weights.ts";

/** An earlier run. */
export interface EarlierRun {
  readonly folder: RunFolder;
  readonly state: TrainingState;
  /** The checkpoint that the state is from. */
  readonly file: string;
  /** Newer checkpoints that were damaged. */
  readonly passedOver: readonly string[];
}

/** Opens the newest checkpoint of an earlier run that is whole. */
export async function openRun(where: string): Promise<EarlierRun> {
  const folder = await RunFolder.open(where);
  const { entry, bytes, passedOver } = await new CheckpointStore(folder.checkpoints).newest();
  const file = path.join(folder.checkpoints, entry.file);
  return { folder, state: decodeState(bytes, file), file, passedOver };
}

/** What is trained. */
export interface Trained {
  readonly network: Module;
  readonly optimizer: Optimizer<{ lr: number }>;
  readonly average: EMA | null;
}

/** Gives network, optimizer and average the values of an earlier run. Throws WeightsError, with the file's name, where they do not fit. */
export async function takeUp(
  { network, optimizer, average }: Trained,
  { state, file }: EarlierRun,
): Promise<void> {
  await takeWeights(network, state.model, file);
  optimizer.loadStateDict(state.optimizer);
  if (average && state.average) average.loadStateDict(state.average);
}

/** Saves a run as it goes on. */
export class RunFiles {
  readonly #folder: RunFolder;
  readonly #trained: Trained;
  readonly #info: (progress: Progress, accuracy: number | null) => ModelInfo;
  readonly #options: Readonly<Record<string, unknown>>;
  readonly #store: CheckpointStore;
  /** What those who listen to the run need to go on too. */
  notes: () => Readonly<Record<string, unknown>> = () => ({});

  constructor(
    folder: RunFolder,
    trained: Trained,
    info: (progress: Progress, accuracy: number | null) => ModelInfo,
    options: Readonly<Record<string, unknown>>,
  ) {
    this.#folder = folder;
    this.#trained = trained;
    this.#info = info;
    this.#options = options;
    this.#store = new CheckpointStore(folder.checkpoints);
  }

  /** For a run that begins: its first checkpoint, and none of another run. */
  async begin(progress: Progress): Promise<void> {
    await this.#store.clear();
    await this.checkpoint(progress);
  }

  /** The weights as they are evaluated: the average, where there is one. */
  async weights(progress: Progress, accuracy: number | null, isBest: boolean): Promise<void> {
    const { network, average } = this.#trained;
    average?.apply();
    const weights = await encodeWeights(network, this.#info(progress, accuracy)).finally(() =>
      average?.restore(),
    );
    if (isBest) await this.#folder.write(path.join("weights", "best.safetensors"), weights);
    await this.#folder.write(path.join("weights", "last.safetensors"), weights);
  }

  /** The whole state, to go on from. */
  async checkpoint(progress: Progress): Promise<void> {
    const { network: model, optimizer, average } = this.#trained;
    const notes = this.notes();
    const bytes = await encodeState({ model, optimizer, average, progress, options: this.#options, notes });
    await this.#store.save(bytes, progress);
  }
}
