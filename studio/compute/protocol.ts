// What the page and its compute worker say to each other. Knows neither of the two.
import type { EvaluateAnswer, EvaluateAsk } from "./evaluate.ts";
import type { ModelFacts, ModelRef, PictureFacts, PictureSource } from "./models.ts";
import type { Spelling } from "./spell/spelling.ts";

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

/** What a unit sees of the input. */
export interface UnitSight {
  /** First and last row, first and last column of its receptive field; they may lie in the padding. Null where the input is no picture. */
  readonly rows: readonly [number, number] | null;
  readonly columns: readonly [number, number] | null;
  /** How much its value changes with each element of the normalised input, `[channels, height, width]`. */
  readonly gradient: Values;
}

/** What a class was seen by, as a map over the input. */
export type Explanation =
  | {
      readonly kind: "gradCam";
      /** The class that is explained. */
      readonly target: number;
      /** Dotted path of the layer. */
      readonly layer: string;
      /** `[height, width]`, in units of the score. */
      readonly map: Values;
    }
  | {
      readonly kind: "occlusion";
      readonly target: number;
      /** Side of the patch and way to the next, in pixels. */
      readonly size: number;
      readonly stride: number;
      /** `[height, width]`: how far the probability drops where the pixel is covered. */
      readonly map: Values;
    };

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
  /** The weights of a convolution of pictures. */
  filters: {
    readonly ask: { readonly model: ModelRef; readonly step: number };
    readonly answer: { readonly kernels: Values; readonly bias: Float32Array | null };
  };
  /** How a number of a step's output came about in the last run. */
  spell: {
    readonly ask: { readonly model: ModelRef; readonly step: number; readonly cell: readonly number[] };
    readonly answer: Spelling;
  };
  /** What a unit of a step sees of the last input. */
  unit: {
    readonly ask: { readonly model: ModelRef; readonly step: number; readonly cell: readonly number[] };
    readonly answer: UnitSight;
  };
  /** Grad-CAM of the last picture. */
  gradCam: {
    readonly ask: {
      readonly model: ModelRef;
      /** Dotted path of the layer; empty for the last one with maps. */
      readonly layer: string;
      /** Null for the likeliest class. */
      readonly target: number | null;
    };
    readonly answer: Explanation;
  };
  /** Occlusion of the last picture, which tells how far it is. */
  occlusion: {
    readonly ask: {
      readonly model: ModelRef;
      readonly target: number | null;
      /** Pixels of the network's input; null: by its size. */
      readonly size: number | null;
      readonly stride: number | null;
    };
    readonly answer: Explanation;
  };
  /** Measures a model on held-out pictures. */
  evaluate: { readonly ask: EvaluateAsk; readonly answer: EvaluateAnswer };
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
