// `fovea summary`: what a network is made of, layer by layer, without running it.

import { OptionError } from "../base/errors.ts";
import type { Shape } from "../base/shape.ts";
import { type Summary, summary as summaryOf } from "../inspect/index.ts";
import { Random, withRandom } from "../tensor/random.ts";
import { decodeWeights } from "../train/checkpoint.ts";
import { makeModel, model, models } from "../vision/index.ts";
import { command, jsonOption } from "./command.ts";
import { integer, text } from "./options.ts";
import { count, percent } from "./terminal.ts";
import { readBytes, weightsFile } from "./weights.ts";

/** Pictures that are tried where none were asked for. */
const usual: readonly Shape[] = [
  [3, 32, 32],
  [1, 28, 28],
  [3, 224, 224],
];

/** The command. */
export const summary = command({
  name: "summary",
  summary: "Show a network's layers: shapes, parameters, multiply-adds, memory, receptive fields.",
  usage: "summary [<weights>] [options]",
  notes: [
    "<weights> is a .safetensors file that fovea train has saved, or a run's folder; it says itself which network it is for. Nothing is computed, so large networks are shown at once.",
    "Multiply-adds count the products of convolutions and dense layers for one picture; field is what one unit sees of the picture, jump how far the fields of neighbours lie apart, in pixels.",
  ],
  examples: [
    "fovea summary model=lenet",
    "fovea summary model=resnet20 depth=1",
    "fovea summary model=vgg16 imgsz=224 classes=1000 --json",
    "fovea summary runs/classify/train",
  ],
  options: {
    model: text("lenet", "<name>", "network"),
    imgsz: text(null, "<n|HxW>", "size of the pictures; by default 32, or what the network takes"),
    channels: integer(null, "channels of the pictures; by default 3, or what the network takes"),
    classes: integer(10, "number of classes"),
    depth: integer(null, "show only layers that lie this deep; those inside are added up", { min: 0 }),
    ...jsonOption,
  },
  run: async ({ values, operands, given }, { out }) => {
    const [where, ...more] = operands;
    if (more.length > 0) throw new OptionError(`summary takes one weights file; got ${operands.join(" ")}`);
    if (where !== undefined && models.has(where)) {
      throw new OptionError(`summary takes networks as an option: model=${where}`);
    }
    const extra = (["model", "imgsz", "channels", "classes"] as const).filter((name) => given.has(name));
    if (where !== undefined && extra.length > 0) {
      throw new OptionError(`${extra.join(", ")} can't be chosen: the weights file says what it is for`);
    }
    const saved = where === undefined ? null : await readInfo(where);
    const name = saved?.model ?? values.model;
    const input = saved?.input ?? pictureShape(name, values.imgsz, values.channels);
    const classes = saved?.classes.length ?? values.classes;
    const network = withRandom(new Constant(0), () => makeModel(name, { classes, input }));
    const found = summaryOf(network, input, values.depth === null ? {} : { depth: values.depth });
    if (values.json) out.write(`${JSON.stringify({ model: name, classes, ...forScripts(found) })}\n`);
    else {
      const accuracy = saved?.accuracy == null ? "" : `, accuracy ${percent(saved.accuracy, 2)}`;
      const origin = saved ? `, trained on ${saved.data} for ${count(saved.epoch)} epochs${accuracy}` : "";
      out.write(`${name}, ${classes} classes${origin}\n${found}\n`);
    }
    return 0;
  },
});

/** Gives the same number again and again: parameters whose values do not matter are made at once. */
class Constant extends Random {
  override uniform(): number {
    return 0.5;
  }

  override normal(): number {
    return 0;
  }
}

async function readInfo(where: string) {
  const file = await weightsFile(where);
  return decodeWeights(await readBytes(file), file).info;
}

/** The pictures that were asked for, or the first usual ones that the network takes. */
function pictureShape(name: string, imgsz: string | null, channels: number | null): Shape {
  const { takes } = model(name);
  const size = imgsz === null ? null : /^(\d+)(?:x(\d+))?$/.exec(imgsz);
  const [height, width] = [Number(size?.[1]), Number(size?.[2] ?? size?.[1])];
  if (imgsz !== null && !(height > 0 && width > 0)) {
    throw new OptionError(`imgsz must be a size in pixels, such as 224 or 480x640; got "${imgsz}"`);
  }
  const shapes = usual.map(([c, h, w]) => [channels ?? c!, size ? height : h!, size ? width : w!] as const);
  return shapes.find((shape) => takes(...shape)) ?? shapes[0]!;
}

function forScripts({ inputs, rows, totals }: Summary) {
  return {
    inputs,
    rows: rows.map(({ field, ...row }) => ({ ...row, field: field?.axes ?? null })),
    totals,
  };
}
