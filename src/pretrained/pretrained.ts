// A network with the weights that come with the package, and what its pictures need.
import { OptionError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { loadWeights } from "../interop/loadWeights.ts";
import { openSource, type WeightSource } from "../interop/stored/source.ts";
import type { Module } from "../nn/module/module.ts";
import type { Picture } from "../picture/picture.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { decodeWeights } from "../train/checkpoint.ts";
import { withHeadOf } from "../train/finetune.ts";
import { type Compose, toTensor } from "../transforms/index.ts";
import { makeModel } from "../vision/index.ts";
import { type ModelCard, modelCard, type PretrainedName } from "./cards.ts";

/** What the network is to be used for. */
export interface PretrainedOptions {
  /** Names of other classes: the network then has a fresh head for them, to be trained, over the weights of all else. */
  readonly classes?: readonly string[];
  /** The file, for pages whose bundler does not take it along: its address, which may be relative to the page, or what `openWeights` takes else. */
  readonly source?: WeightSource;
}

/** A network with trained weights. */
export interface Pretrained {
  /** In evaluation mode; `model.train()` and `fit` change that. */
  readonly model: Module;
  /** Names of the classes, in the order of the logits. */
  readonly classes: readonly string[];
  /** Shape of one picture, `[channels, height, width]`. */
  readonly input: readonly number[];
  /** What brings any picture to the network's input: colours, size with the aspect ratio kept, and `Normalize`. */
  readonly transforms: Compose;
  readonly card: ModelCard;
  /** The network's input for pictures of any size and colours, `[n, channels, height, width]`. */
  preprocess(pictures: Picture | readonly Picture[]): Tensor;
}

/**
 * A network of the zoo with the weights that come with the package.
 *
 * ```ts
 * const { model, classes, preprocess } = await pretrained("lenet-mnist");
 * const logits = model.forward(preprocess(await decodeImage(bytes))); // [1, 10]
 * ```
 *
 * Reading is asynchronous: in Node the file is in the package, in browsers it is fetched from beside the bundle or taken from `source`. Throws OptionError
 * for a name that is unknown, FoveaError where the file can't be read, FormatError where it is damaged.
 */
export async function pretrained(name: PretrainedName, options: PretrainedOptions = {}): Promise<Pretrained> {
  checkOptions("pretrained", options, ["classes", "source"]);
  const card = modelCard(name);
  const { classes: own, source = card.file } = options;
  if (own && (own.length === 0 || new Set(own).size < own.length)) {
    throw new OptionError(
      `pretrained: classes must be different names, at least one; got ${JSON.stringify(own)}`,
    );
  }
  const { bytes, file } = await readAll(source, name);
  const { state, info } = decodeWeights(bytes, file);
  const { input, transforms } = info;
  const classes = own ?? info.classes;
  const model = makeModel(info.model, { classes: classes.length, input });
  await loadWeights(model, own ? withHeadOf(model, state) : state, { file });
  model.eval();
  return {
    model,
    classes,
    input,
    transforms,
    card,
    preprocess: (pictures) => {
      const list = Array.isArray(pictures) ? pictures : [pictures as Picture];
      return toTensor(
        list.map((picture) => transforms.forward(picture)),
        transforms,
      );
    },
  };
}

/** All bytes of a source, and its name. */
async function readAll(source: WeightSource, name: string): Promise<{ bytes: Uint8Array; file: string }> {
  const opened = await openSource(source, name);
  try {
    return { bytes: await opened.read(0, opened.size), file: opened.file };
  } finally {
    await opened.close();
  }
}
