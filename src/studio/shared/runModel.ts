// A run as its events build it up. The server and the page go through the same steps, so they come to the same state.
import type { ActivationVitals } from "../../train/index.ts";
import type { EpochFigures, RunEvent, RunFacts, RunState, RunStatus, StepFigures } from "./protocol.ts";
import { Series } from "./series.ts";

/** Rows of the curves of layers: there is a column for each layer. */
const layerRows = 400;

/** The state of one run, to which events are added. */
export class RunModel {
  readonly id: string;
  status: RunStatus = "unfinished";
  message: string | null = null;
  facts: RunFacts | null = null;
  now: StepFigures | null = null;
  steps = new Series();
  epochs: EpochFigures[] = [];
  gradients = new Series(layerRows);
  ratios = new Series(layerRows);
  activations: readonly ActivationVitals[] = [];
  readonly findings: Extract<RunEvent, { type: "finding" }>["finding"][] = [];
  readonly heals: Extract<RunEvent, { type: "heal" }>[] = [];

  constructor(id: string) {
    this.id = id;
  }

  static from(state: RunState): RunModel {
    const model = new RunModel(state.id);
    model.status = state.status;
    model.message = state.message;
    model.facts = state.facts;
    model.now = state.now;
    model.steps = Series.from(state.steps);
    model.epochs = [...state.epochs];
    model.gradients = Series.from(state.gradients, layerRows);
    model.ratios = Series.from(state.ratios, layerRows);
    model.activations = state.activations;
    model.findings.push(...state.findings);
    model.heals.push(...state.heals);
    return model;
  }

  add(event: RunEvent): void {
    switch (event.type) {
      case "start": {
        const { type: _, from, ...facts } = event;
        this.facts = facts;
        this.#goBack(from, Math.floor(from / Math.max(1, facts.stepsPerEpoch)));
        break;
      }
      case "step": {
        const { type: _, ...figures } = event;
        const { epoch, step, steps, loss, accuracy, lr, samplesPerSecond } = figures;
        this.now = figures;
        this.steps.add((epoch - 1) * steps + step, { loss, accuracy, lr, samplesPerSecond });
        break;
      }
      case "epoch": {
        const { type: _, ...figures } = event;
        this.epochs = [...this.epochs.filter(({ epoch }) => epoch < figures.epoch), figures];
        break;
      }
      case "vitals":
        this.gradients.add(event.at, Object.fromEntries(event.layers.map((l) => [l.name, l.gradient])));
        this.ratios.add(event.at, Object.fromEntries(event.layers.map((l) => [l.name, l.ratio])));
        if (event.activations.length > 0) this.activations = event.activations;
        break;
      case "finding":
        this.findings.push(event.finding);
        break;
      case "heal":
        this.heals.push(event);
        break;
      case "status":
        this.status = event.status;
        this.message = event.message;
        break;
    }
  }

  toJSON(): RunState {
    const { id, status, message, facts, now, epochs, activations, findings, heals } = this;
    const [steps, gradients, ratios] = [this.steps, this.gradients, this.ratios].map((s) => s.toJSON());
    return {
      id,
      status,
      message,
      facts,
      now,
      steps: steps!,
      epochs,
      gradients: gradients!,
      ratios: ratios!,
      activations,
      findings,
      heals,
    };
  }

  /** A run that goes on from a state is what it was there. */
  #goBack(steps: number, epochs: number): void {
    for (const series of [this.steps, this.gradients, this.ratios]) series.truncate(steps);
    this.epochs = this.epochs.filter(({ epoch }) => epoch <= epochs);
  }
}
