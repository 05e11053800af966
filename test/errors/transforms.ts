// Mistakes in transforms of pictures and batches.

import { tensor, zeros } from "../../src/index.ts";
import type { Picture } from "../../src/picture/picture.ts";
import * as transforms from "../../src/transforms/index.ts";

const { functional } = transforms;

const pictureOf = (height: number, width: number, channels: number): Picture => ({
  height,
  width,
  channels,
  data: new Uint8Array(height * width * channels),
});
const rgb = pictureOf(20, 30, 3);

/** Gives another size and does not say so. */
class HalfTransform extends transforms.Transform<null> {
  override readonly name = "HalfTransform";

  override draw(): null {
    return null;
  }

  override apply(picture: Picture): Picture {
    return functional.resize(picture, [10, 15]);
  }

  protected override settings(): object {
    return {};
  }
}

/** Calls that have to throw, by name. */
export const mistakes: Record<string, () => unknown> = {
  "p above 1": () => new transforms.RandomHorizontalFlip(1.5),
  "p of a perspective": () => new transforms.RandomPerspective(0.5, -0.1),
  "distortionScale above 1": () => new transforms.RandomPerspective(2),
  "size negative": () => new transforms.Resize(-3),
  "size of three": () => new transforms.CenterCrop([3, 4, 5] as unknown as [number, number]),
  "maxSize beside a full size": () => new transforms.Resize([20, 30], { maxSize: 40 }),
  "maxSize below size": () => new transforms.Resize(20, { maxSize: 10 }),
  "interpolation unknown": () => new transforms.Resize(20, { interpolation: "cubic" as "bicubic" }),
  "option misspelt": () => new transforms.Resize(20, { antiAlias: true } as object),
  "interpolation of a warp": () =>
    new transforms.RandomRotation(10, { interpolation: "bicubic" as "bilinear" }),
  "crop larger than the picture": () => new transforms.RandomCrop(32).forward(rgb),
  "crop larger than padded": () => new transforms.RandomCrop(32, { padding: 2 }).forward(rgb),
  "padding negative": () => new transforms.Pad(-1),
  "padding of three": () => new transforms.Pad([1, 2, 3]),
  "paddingMode unknown": () => new transforms.Pad(1, { paddingMode: "wrap" as "edge" }),
  "reflect beyond the picture": () => functional.pad(rgb, 25, { paddingMode: "reflect" }),
  "fill above 255": () => new transforms.RandomRotation(10, { fill: 256 }),
  "fill of three on grey": () => functional.rotate(pictureOf(9, 9, 1), 10, { fill: [1, 2, 3] }),
  "scale of a crop reversed": () => new transforms.RandomResizedCrop(24, { scale: [1, 0.5] }),
  "ratio of zero": () => new transforms.RandomResizedCrop(24, { ratio: [0, 1] }),
  "degrees negative": () => new transforms.RandomRotation(-30),
  "degrees reversed": () => new transforms.RandomAffine([30, -30]),
  "translate in pixels": () => new transforms.RandomAffine(10, { translate: [4, 4] }),
  "shear of three": () => new transforms.RandomAffine(0, { shear: [1, 2, 3] }),
  "center of one": () => new transforms.RandomRotation(10, { center: [3] as unknown as [number, number] }),
  "brightness negative": () => new transforms.ColorJitter({ brightness: -0.5 }),
  "hue above half": () => new transforms.ColorJitter({ hue: 0.7 }),
  "colour with another name": () => new transforms.ColorJitter({ colour: 0.5 } as object),
  "bits above 8": () => new transforms.RandomPosterize(9),
  "threshold above 255": () => new transforms.RandomSolarize(300),
  "gamma of zero": () => new transforms.RandomGamma([0, 2]),
  "kernel even": () => new transforms.GaussianBlur(4),
  "kernel larger than the picture": () => new transforms.GaussianBlur(61).forward(rgb),
  "sigma of zero": () => new transforms.GaussianBlur(3, { sigma: 0 }),
  "quality of zero": () => new transforms.JPEG(0),
  "value unknown": () => new transforms.RandomErasing(0.5, { value: "noise" as "random" }),
  "erasing everything": () => new transforms.RandomErasing(0.5, { scale: [0.5, 1.5] }),
  "holes of zero": () => new transforms.Cutout(8, { holes: 0 }),
  "magnitude beyond the bins": () => new transforms.RandAugment({ magnitude: 31 }),
  "severity above 10": () => new transforms.AugMix({ severity: 11 }),
  "alpha in a picture": () => functional.horizontalFlip(pictureOf(4, 4, 4)),
  "bytes that do not fit": () => functional.invert({ ...rgb, data: new Uint8Array(7) }),
  "perspective of a line": () =>
    functional.perspective(
      rgb,
      [
        [0, 0],
        [29, 0],
        [29, 19],
        [0, 19],
      ],
      [
        [0, 0],
        [10, 0],
        [20, 0],
        [0, 19],
      ],
    ),
  "displacement of another size": () => functional.elastic(rgb, new Float32Array(8)),
  "a step of one's own without outputShape, into an array": () =>
    new HalfTransform().applyInto(rgb, null, new Uint8Array(rgb.data.length)),
  "a bilinear warp of an endless picture": () =>
    functional.affine(
      { width: 200_000, height: 1, channels: 1, data: new Uint8Array(200_000) },
      5,
      [0, 0],
      1,
      [0, 0],
      { interpolation: "bilinear" },
    ),
  "a class for a transform": () =>
    new transforms.Compose([transforms.RandomInvert as unknown as transforms.RandomInvert]),
  "a step after Normalize": () =>
    new transforms.Compose([new transforms.Normalize([0.5], [0.5]), new transforms.RandomErasing()]),
  "Normalize of bytes": () => new transforms.Normalize([123.7, 116.3, 103.5], [58.4, 57.1, 57.4]),
  "a step after a Compose with Normalize": () =>
    new transforms.Compose([
      new transforms.Compose([new transforms.Normalize([0.5], [0.5])]),
      new transforms.RandomInvert(),
    ]),
  "Normalize for RGB on grey": () =>
    transforms.toTensor(
      pictureOf(4, 4, 1),
      new transforms.Compose([new transforms.Normalize([0.5, 0.5, 0.5], [1, 1, 1])]),
    ),
  "Normalize by zero": () => new transforms.Normalize([0.5], [0]),
  "Normalize left to chance": () => new transforms.RandomApply([new transforms.Normalize([0.5], [0.5])]),
  "no steps": () => new transforms.RandomChoice([]),
  "shares for other steps": () =>
    new transforms.RandomChoice([new transforms.RandomInvert()], { p: [0.5, 0.5] }),
  "name unknown": () => transforms.fromJSON({ name: "RandomResizeCrop", size: 224 }),
  "argument unknown": () => transforms.fromJSON({ name: "RandomErasing", p: 0.5, scales: [0.1, 0.2] }),
  "value wrong in JSON": () => transforms.fromJSON({ name: "RandomHorizontalFlip", p: "half" }),
  "text that is no JSON": () => transforms.fromJSON("Resize(224)"),
  "sizes that differ": () => transforms.stackPictures([rgb, pictureOf(20, 31, 3)]),
  "MixUp without numClasses": () =>
    new transforms.MixUp().forward(zeros([2, 1, 4, 4]), tensor([0, 1], { dtype: "int32" })),
  "CutMix of other labels": () =>
    new transforms.CutMix({ numClasses: 3 }).forward(
      zeros([2, 1, 4, 4]),
      tensor([0, 1, 2], { dtype: "int32" }),
    ),
  "CutMix without a batch": () =>
    new transforms.CutMix({ numClasses: 3 }).forward(zeros([1, 4, 4]), tensor([0], { dtype: "int32" })),
  "alpha of zero": () => new transforms.MixUp({ alpha: 0 }),
};
