// What the page and its compute worker say to each other. Knows neither of the two.
import type { ModelFacts, ModelRef, PictureFacts, PictureSource } from "./models.ts";

/** Numbers with a shape, row by row. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What a step of the network gave. */
export interface StepValues extends Values {
  /** Its place in `ModelFacts.steps`. */
  readonly step: number;
}

/** What can be asked, by name: the question and its answer. */
export interface Requests {
  /** Loads a model, where it is not loaded yet. */
  open: { readonly ask: { readonly model: ModelRef }; readonly answer: ModelFacts };
  /** Runs a picture through a model; the worker keeps what every step gave until the model runs the next. */
  run: {
    readonly ask: {
      readonly model: ModelRef;
      readonly picture: PictureSource;
      /** Steps whose output is sent along; null for all. */
      readonly steps: readonly number[] | null;
    };
    readonly answer: {
      readonly input: PictureFacts;
      /** One for each class. */
      readonly logits: Float32Array;
      readonly probabilities: Float32Array;
      readonly steps: readonly StepValues[];
      /** Time in the worker, ms. */
      readonly ms: number;
    };
  };
  /** What steps gave in the last run. */
  steps: {
    readonly ask: { readonly model: ModelRef; readonly steps: readonly number[] };
    readonly answer: readonly StepValues[];
  };
  /** Answers to several pictures, and the features that the last layer decides by. */
  features: {
    readonly ask: { readonly model: ModelRef; readonly pictures: readonly PictureSource[] };
    readonly answer: {
      /** `[n, classes]`. */
      readonly probabilities: Values;
      /** What the last dense layer works on, `[n, width]`; the logits where there is none. */
      readonly features: Values;
    };
  };
}

export type RequestName = keyof Requests;
export type Ask<K extends RequestName> = Requests[K]["ask"];
export type Answer<K extends RequestName> = Requests[K]["answer"];

/** A request, as it is posted. */
export type Request = {
  [K in RequestName]: {
    readonly type: "request";
    readonly id: number;
    readonly name: K;
    readonly ask: Ask<K>;
  };
}[RequestName];

/** What the page posts. */
export type ToWorker = Request | { readonly type: "cancel"; readonly id: number };

/** What the worker posts. */
export type FromWorker =
  | { readonly type: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly type: "error"; readonly id: number; readonly message: string }
  /** Share of a long request that is done. */
  | { readonly type: "progress"; readonly id: number; readonly share: number };
