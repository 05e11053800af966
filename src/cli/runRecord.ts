// What a run leaves to look at, written as it goes on: TensorBoard's events, the same as JSON lines, the first batch, and in the end a report.
import fs from "node:fs/promises";
import os from "node:os";
import { FoveaError } from "../base/errors.ts";
import type { AttendedEvent, RunFinding } from "../doctor/index.ts";
import { EventWriter, eventFileName } from "../interop/index.ts";
import type { Module } from "../nn/module/module.ts";
import { encodeJpeg } from "../picture/encode.ts";
import type { EpochEvent, StartEvent, StepEvent, VitalsEvent } from "../train/events.ts";
import type { FitData } from "../train/fitOptions.ts";
import type { RunFolder } from "../train/runFolder.ts";
import { environment } from "./environment.ts";
import { firstBatch } from "./firstBatch.ts";
import { reportFiles, writeReport } from "./reportFiles.ts";
import type { Terminal } from "./terminal.ts";

/** Points of the curves of steps in an epoch, at most: more can't be told apart on a screen. */
const pointsPerEpoch = 100;
/** Quality of the first batch as JPEG. */
const batchQuality = 92;

/** What is recorded. */
export interface Recorded {
  readonly folder: RunFolder;
  readonly network: Module;
  readonly data: FitData;
  readonly seed: number;
  /** Whether a report is made at the end. */
  readonly report: boolean;
}

/** Writes down the events of one run. */
export class RunRecord {
  readonly #run: Recorded;
  readonly #err: Terminal;
  #events: EventWriter | null = null;
  /** Steps that make one point, and what was summed up since the last. */
  #every = 1;
  #gathered = { loss: 0, steps: 0 };
  #stepsPerEpoch = 0;
  #lastStep = 0;

  constructor(run: Recorded, err: Terminal) {
    this.#run = run;
    this.#err = err;
  }

  /** Writes down an event; after the last one the report is made, which needs the run's other files. */
  async add(event: AttendedEvent): Promise<void> {
    switch (event.type) {
      case "start":
        return this.#start(event);
      case "step":
        return this.#step(event);
      case "epoch":
        return this.#epoch(event);
      case "vitals":
        return this.#vitals(event);
      case "finding":
        return this.#finding(event.finding);
      case "heal": {
        const { type, remedy, finding, progress } = event;
        return this.#line(type, { remedy, finding: finding.id, progress });
      }
      case "interrupted":
        await this.#line(event.type, { progress: event.progress });
        return this.flush();
      case "end": {
        const { type, val, ...rest } = event;
        const { answers: _answers, ...figures } = val;
        await this.#line(type, { ...rest, val: { ...figures, confusion: [...val.confusion] } });
        await this.flush();
        if (this.#run.report) await this.#report();
        return;
      }
    }
  }

  /** Resolves when all that is known stands in the files. */
  async flush(): Promise<void> {
    await this.#events?.flush();
  }

  async #start(event: StartEvent): Promise<void> {
    const { folder, data, seed } = this.#run;
    const { type, ...facts } = event;
    const { from, stepsPerEpoch } = facts;
    const done = from.epoch * stepsPerEpoch + from.step;
    if (this.#events) {
      // The run has gone back: what came after belongs to the attempt that was given up.
      this.#events.restart(done + 1);
      this.#gathered = { loss: 0, steps: 0 };
      return this.#line(type, facts);
    }
    if (done === 0) await removeEarlier(folder);
    else await endLine(folder.file("events.jsonl"));
    const file = folder.file(`${eventFileName(os.hostname())}.${process.pid}`);
    const events = new EventWriter((bytes) => fs.appendFile(file, bytes));
    this.#events = events;
    this.#every = Math.max(1, Math.ceil(stepsPerEpoch / pointsPerEpoch));
    this.#stepsPerEpoch = stepsPerEpoch;
    this.#lastStep = done;
    await this.#line(type, { ...facts, environment: environment() });
    if (done > 0) {
      events.restart(done + 1);
      return;
    }
    const sheet = await firstBatch(data, seed);
    if (!sheet) return;
    await folder.write("train_batch0.jpg", encodeJpeg(sheet, batchQuality));
    await events.image("train_batch0", sheet, 0);
  }

  #step({ epoch, step, steps, loss, lr }: StepEvent): void {
    const gathered = this.#gathered;
    gathered.loss += loss;
    gathered.steps++;
    this.#lastStep = (epoch - 1) * this.#stepsPerEpoch + step;
    if (gathered.steps < this.#every && step < steps) return;
    this.#events!.scalar("train/loss", gathered.loss / gathered.steps, this.#lastStep);
    this.#events!.scalar("lr/pg0", lr, this.#lastStep);
    this.#gathered = { loss: 0, steps: 0 };
  }

  /** Sizes of gradients, and of updates as shares of the weights. */
  #vitals({ epoch, step, parameters }: VitalsEvent): void {
    const at = (epoch - 1) * this.#stepsPerEpoch + step;
    for (const { name, weight, gradient, update } of parameters) {
      if (gradient !== null) this.#events!.scalar(`gradient/${name}`, gradient, at);
      if (weight > 0) this.#events!.scalar(`update_ratio/${name}`, update / weight, at);
    }
  }

  async #finding(finding: RunFinding): Promise<void> {
    await this.#line("finding", { ...finding });
  }

  async #epoch({ type, progress: _progress, val, ...event }: EpochEvent): Promise<void> {
    const events = this.#events!;
    const step = this.#lastStep;
    events.scalar("train/accuracy", event.trainAccuracy, step);
    events.scalar("val/loss", val.loss, step);
    events.scalar("metrics/accuracy_top1", val.top1, step);
    events.scalar("metrics/accuracy_top5", val.top5, step);
    for (const [name, parameter] of this.#run.network.namedParameters()) {
      events.histogram(`weights/${name}`, await parameter.data(), step);
      if (parameter.grad) events.histogram(`gradients/${name}`, await parameter.grad.data(), step);
    }
    const { confusion: _confusion, answers: _answers, ...figures } = val; // the end has the matrix; in each epoch it would be most of the file
    await this.#line(type, { ...event, val: figures });
    await events.flush();
  }

  /** A report that can't be made is told, and leaves the run as it is: what was trained is saved. */
  async #report(): Promise<void> {
    const { folder } = this.#run;
    try {
      await writeReport(folder);
    } catch (error) {
      if (!(error instanceof FoveaError || (error instanceof Error && "syscall" in error))) throw error;
      this.#err.write(
        `no report was made: ${error.message}. The run is complete; fovea report ${folder.path} tries again\n`,
      );
    }
  }

  async #line(event: string, content: object): Promise<void> {
    const time = new Date().toISOString();
    await fs.appendFile(
      this.#run.folder.file("events.jsonl"),
      `${JSON.stringify({ event, time, ...content })}\n`,
    );
  }
}

/** A line that was cut short, as the process was killed while it wrote, is left as it is; what follows begins on a line of its own. */
async function endLine(file: string): Promise<void> {
  const text = await fs.readFile(file, "utf8").catch(() => "");
  if (text !== "" && !text.endsWith("\n")) await fs.appendFile(file, "\n");
}

/** A folder that is used again has the files of the run before. */
async function removeEarlier(folder: RunFolder): Promise<void> {
  const names = await fs.readdir(folder.path);
  const own = new Set(["events.jsonl", "train_batch0.jpg", ...reportFiles]);
  for (const name of names) {
    if (own.has(name) || name.startsWith("events.out.tfevents.")) await fs.rm(folder.file(name));
  }
}
