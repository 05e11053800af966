// What a model and a picture are to the compute worker, as plain data.

/** A model that can be opened. */
export type ModelRef =
  /** The best weights of a run; `changed`: when its files last changed, so that a run in progress is read anew. */
  | { readonly kind: "run"; readonly id: string; readonly changed: number }
  /** Weights that come with the package. */
  | { readonly kind: "package"; readonly name: string }
  /** A network of the zoo with fresh weights. */
  | {
      readonly kind: "fresh";
      readonly network: string;
      /** Channels, height, width. */
      readonly input: readonly [number, number, number];
      readonly classes: number;
    };

/** A model reference as text: equal for equal models. */
export function keyOf(model: ModelRef): string {
  switch (model.kind) {
    case "run":
      return `run ${model.id} ${model.changed}`;
    case "package":
      return `package ${model.name}`;
    case "fresh":
      return `fresh ${model.network} ${model.input.join("x")} ${model.classes}`;
  }
}

/** A step of the network: a layer without layers in it, or a function between layers. */
export interface StepFacts {
  /** Dotted path of the layer, or of the module that calls the function; empty for the model itself. */
  readonly path: string;
  /** Name of the layer's class, or of the function. */
  readonly kind: string;
  readonly isLayer: boolean;
  /** Steps that it works on; -1 is the input. */
  readonly from: readonly number[];
  /** Shape of its output for one picture, without the batch axis. */
  readonly shape: readonly number[];
  /** Shape of its kernel, `[out, in / groups, height, width]`; null where it is no convolution of pictures. */
  readonly kernel: readonly number[] | null;
}

/** What is known of an open model. */
export interface ModelFacts {
  readonly network: string;
  readonly classes: readonly string[];
  /** Channels, height, width. */
  readonly input: readonly number[];
  /** Name of the data trained on; empty where it was not trained. */
  readonly data: string;
  /** Share of validation pictures that are classified rightly; null where it is not known. */
  readonly accuracy: number | null;
  readonly parameters: number;
  readonly steps: readonly StepFacts[];
  /** Threads that compute. */
  readonly threads: number;
}

/** A picture to be brought to the network. */
export type PictureSource =
  /** A file: PNG, JPEG or WebP. `invert`: whether brightness is turned round where the background is the other way than in the data trained on. */
  | { readonly kind: "file"; readonly bytes: Uint8Array; readonly invert: boolean }
  /** Pixels row by row, `[height, width, channels]`. */
  | {
      readonly kind: "pixels";
      readonly width: number;
      readonly height: number;
      readonly channels: number;
      readonly data: Uint8Array;
      readonly invert: boolean;
    }
  /** White ink on black, one channel; `asDigit`: fitted and centred as MNIST's digits are. */
  | {
      readonly kind: "drawing";
      readonly width: number;
      readonly height: number;
      readonly data: Uint8Array;
      readonly asDigit: boolean;
    };

/** What became of a picture on the way to the network. */
export interface PictureFacts {
  /** The network's input before it is normalised, row by row `[height, width, channels]`. */
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
  /** Size of the picture as it came. */
  readonly from: readonly [width: number, height: number];
  readonly wasInverted: boolean;
  readonly wasCentred: boolean;
  /** Names of the steps of the evaluation pipeline, in order. */
  readonly transforms: readonly string[];
}
