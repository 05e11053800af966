// `fovea summary`: what a network is made of, layer by layer, without running it.

import { OptionError } from "../base/errors.ts";
import { type Summary, summary as summaryOf } from "../inspect/index.ts";
import { models } from "../vision/index.ts";
import { command, jsonOption } from "./command.ts";
import { describedNetwork, networkOptions } from "./networks.ts";
import { integer } from "./options.ts";
import { weightsNote } from "./weights.ts";

/** The command. */
export const summary = command({
  name: "summary",
  summary: "Show a network's layers: shapes, parameters, multiply-adds, memory, receptive fields.",
  usage: "summary [<weights>] [options]",
  notes: [
    `${weightsNote} They say themselves which network they are for. Nothing is computed, so large networks are shown at once.`,
    "Multiply-adds count the products of convolutions and dense layers for one picture; field is what one unit sees of the picture, jump how far the fields of neighbours lie apart, in pixels.",
  ],
  examples: [
    "fovea summary model=lenet",
    "fovea summary model=resnet20 depth=1",
    "fovea summary model=vgg16 imgsz=224 classes=1000 --json",
    "fovea summary runs/classify/train",
  ],
  options: {
    ...networkOptions,
    depth: integer(null, "show only layers that lie this deep; those inside are added up", { min: 0 }),
    ...jsonOption,
  },
  run: async ({ values, operands, given }, { out }) => {
    const [where, ...more] = operands;
    if (more.length > 0) throw new OptionError(`summary takes one weights file; got ${operands.join(" ")}`);
    if (where !== undefined && models.has(where)) {
      throw new OptionError(`summary takes networks as an option: model=${where}`);
    }
    const { name, origin, network, input, classes } = await describedNetwork(where, values, given);
    const found = summaryOf(network, input, values.depth === null ? {} : { depth: values.depth });
    if (values.json) out.write(`${JSON.stringify({ model: name, classes, ...forScripts(found) })}\n`);
    else out.write(`${name}, ${classes} classes${origin}\n${found}\n`);
    return 0;
  },
});

function forScripts({ inputs, rows, totals }: Summary) {
  return {
    inputs,
    rows: rows.map(({ field, ...row }) => ({ ...row, field: field?.axes ?? null })),
    totals,
  };
}
