// Pictures in the compute worker: from what the page has to what the network takes.
import { decodeImage, type Picture } from "../../src/entry/picture.ts";
import { type PreparedPicture, preparePicture } from "../../src/entry/train.ts";
import { toTensor } from "../../src/entry/transforms.ts";
import type { Tensor } from "../../src/index.ts";
import { centredDigit } from "./digit.ts";
import type { PictureFacts, PictureSource } from "./models.ts";
import type { OpenModel } from "./openModel.ts";

/** A picture that is ready, and what was done to it. */
export interface Prepared {
  readonly picture: Picture;
  readonly facts: PictureFacts;
}

/** Throws FormatError for files that are no pictures. */
export async function prepared(model: OpenModel, source: PictureSource): Promise<Prepared> {
  const { from, centred, ready } = await brought(model, source);
  const { width, height, channels, data } = ready.picture;
  return {
    picture: ready.picture,
    facts: {
      ...{ width, height, channels },
      data: Uint8Array.from(data),
      from: [from.width, from.height],
      wasInverted: ready.wasInverted,
      wasCentred: centred,
      transforms: model.transforms.transforms.map(({ name }) => name),
    },
  };
}

/** Pictures as a batch, normalised: `[n, channels, height, width]`. */
export function batchOf(model: OpenModel, pictures: readonly Picture[]): Tensor {
  return toTensor(pictures, model.transforms);
}

async function brought(
  model: OpenModel,
  source: PictureSource,
): Promise<{ from: Picture; centred: boolean; ready: PreparedPicture }> {
  const like = { input: model.facts.input, background: model.background, transforms: model.transforms };
  if (source.kind === "drawing") {
    const { width, height, data } = source;
    const from = { width, height, channels: 1, data };
    const [, rows = 28, columns = 28] = like.input;
    const picture = source.asDigit ? centredDigit(from, columns, rows) : from;
    return { from, centred: source.asDigit, ready: preparePicture(picture, like, "no") };
  }
  const from = source.kind === "file" ? await decodeImage(source.bytes) : source;
  return { from, centred: false, ready: preparePicture(from, like, source.invert ? "auto" : "no") };
}
