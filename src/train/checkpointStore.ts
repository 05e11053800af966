// The checkpoints of a run on disk: each whole or not there, with a manifest of check sums; the last ones are kept. Node only; knows no models.
import { createHash } from "node:crypto";
import * as fs from "node:fs/promises";
import path from "node:path";
import { FormatError, FoveaError } from "../base/errors.ts";
import { writeAtomically } from "./runFolder.ts";

/** A checkpoint as the manifest lists it. */
export interface CheckpointEntry {
  /** Name within the folder. */
  readonly file: string;
  readonly bytes: number;
  /** SHA-256 in hexadecimal. */
  readonly sha256: string;
  /** Epochs done, and steps of the next. */
  readonly epoch: number;
  readonly step: number;
}

/** What was found when a folder of checkpoints was opened. */
export interface OpenedCheckpoint {
  readonly entry: CheckpointEntry;
  readonly bytes: Uint8Array;
  /** Newer ones that were damaged, and why they were passed over. */
  readonly passedOver: readonly string[];
}

const manifestName = "manifest.json";
/** Names of checkpoints; others in the folder are left alone. */
const checkpointName = /^epoch-(\d{5,})-step-(\d{6,})\.safetensors$/;
const temporaryName = /^\..*\.tmp$/;

/** Checkpoints in a folder of their own. */
export class CheckpointStore {
  readonly folder: string;
  readonly #keep: number;

  /** `keep`: how many of the newest are kept. */
  constructor(folder: string, { keep = 2 }: { readonly keep?: number } = {}) {
    this.folder = folder;
    this.#keep = keep;
  }

  /** Makes the folder, and removes what a killed process left half written. */
  async prepare(): Promise<void> {
    await fs.mkdir(this.folder, { recursive: true });
    for (const name of await fs.readdir(this.folder)) {
      if (temporaryName.test(name)) await fs.rm(path.join(this.folder, name), { force: true });
    }
  }

  /** Removes all checkpoints, for a run that begins anew. */
  async clear(): Promise<void> {
    await this.prepare();
    for (const name of await fs.readdir(this.folder)) {
      if (name === manifestName || checkpointName.test(name)) await fs.rm(path.join(this.folder, name));
    }
  }

  /**
   * Writes a checkpoint, then the manifest that names it, then removes the oldest. Killed at any moment, it leaves at least the one before. Throws
   * FoveaError where it can't be written; what was there is unchanged then.
   */
  async save(
    bytes: Uint8Array,
    { epoch, step }: { readonly epoch: number; readonly step: number },
  ): Promise<CheckpointEntry> {
    const file = `epoch-${String(epoch).padStart(5, "0")}-step-${String(step).padStart(6, "0")}.safetensors`;
    const entry = { file, bytes: bytes.length, sha256: sumOf(bytes), epoch, step };
    await writeAtomically(path.join(this.folder, file), bytes);
    const before = (await this.#manifest()).filter((older) => older.file !== file);
    const entries = [...before, entry].sort(byAge).slice(-this.#keep);
    await writeAtomically(
      path.join(this.folder, manifestName),
      `${JSON.stringify({ checkpoints: entries }, null, 2)}\n`,
    );
    const named = new Set(entries.map((kept) => kept.file));
    for (const name of await fs.readdir(this.folder)) {
      if (checkpointName.test(name) && !named.has(name))
        await fs.rm(path.join(this.folder, name), { force: true });
    }
    return entry;
  }

  /**
   * The newest checkpoint that is whole by the manifest's sum. One that the manifest does not know yet, because the process was killed in between, counts
   * as not written. Throws FormatError where there are checkpoints and none is whole, FoveaError where there are none.
   */
  async newest(): Promise<OpenedCheckpoint> {
    await this.prepare();
    const entries = [...(await this.#manifest())].sort(byAge).reverse();
    const passedOver: string[] = [];
    for (const entry of entries) {
      const file = path.join(this.folder, entry.file);
      const bytes = await fs.readFile(file).catch((error: NodeJS.ErrnoException) => error);
      if (bytes instanceof Error)
        passedOver.push(`${file}: ${bytes.code === "ENOENT" ? "it is missing" : bytes.message}`);
      else if (bytes.length !== entry.bytes || sumOf(bytes) !== entry.sha256) {
        passedOver.push(
          `${file}: its content is not what was written (${bytes.length} bytes, ${entry.bytes} by the manifest)`,
        );
      } else
        return { entry, bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), passedOver };
    }
    if (passedOver.length > 0) {
      throw new FormatError(`no checkpoint is whole: ${passedOver.join("; ")}`, { file: this.folder });
    }
    throw new FoveaError(`${this.folder}: there is no checkpoint; the run had not saved one yet`);
  }

  /** The entries that make sense; a manifest that is missing or damaged has none. */
  async #manifest(): Promise<CheckpointEntry[]> {
    const text = await fs.readFile(path.join(this.folder, manifestName), "utf8").catch(() => "");
    try {
      const { checkpoints } = JSON.parse(text) as { checkpoints: unknown };
      return Array.isArray(checkpoints) ? checkpoints.filter(isEntry) : [];
    } catch {
      return [];
    }
  }
}

function byAge(a: CheckpointEntry, b: CheckpointEntry): number {
  return a.epoch - b.epoch || a.step - b.step;
}

function sumOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function isEntry(value: unknown): value is CheckpointEntry {
  if (typeof value !== "object" || value === null) return false;
  const { file, bytes, sha256, epoch, step } = value as Partial<CheckpointEntry>;
  return (
    typeof file === "string" &&
    checkpointName.test(file) &&
    typeof sha256 === "string" &&
    [bytes, epoch, step].every((number) => Number.isInteger(number) && number! >= 0)
  );
}
