// `fovea review`: what is wrong or wasteful in a network's design, without running it.

import { existsSync } from "node:fs";
import { FoveaError, nearest, OptionError } from "../base/errors.ts";
import { review as reviewOf, type Severity } from "../design/index.ts";
import { isPretrained, pretrainedNames } from "../pretrained/cards.ts";
import { models } from "../vision/index.ts";
import { command, jsonOption } from "./command.ts";
import { designText } from "./designView.ts";
import { describedNetwork, networkOptions } from "./networks.ts";
import { choice, integer, text } from "./options.ts";
import { weightsNote } from "./weights.ts";

/** Weights of findings at which the command fails. */
const failures: Readonly<Record<string, readonly Severity[]>> = {
  error: ["error"],
  warning: ["error", "warning"],
  note: ["error", "warning", "note"],
  never: [],
};

/** The command. */
export const review = command({
  name: "review",
  summary: "Say what is wrong or wasteful in a network's design, with numbers.",
  usage: "review [<name>|<weights>] [options]",
  notes: [
    `<name> is a network's name. ${weightsNote} They say themselves which network they are for. Nothing is computed, so large networks are reviewed at once.`,
    "Findings are errors (it can't learn what it is meant to), warnings (accuracy suffers, or much work is for nothing) and notes. docs/review.md has the rule of each.",
    "Exit codes: 0 no error was found, 1 there are errors, or what else fail= names, 2 wrong usage.",
  ],
  examples: [
    "fovea review lenet",
    "fovea review model=resnet18 imgsz=32 samples=50000",
    "fovea review model=vgg16 imgsz=224 fail=warning --json",
    "fovea review runs/classify/train",
  ],
  options: {
    ...networkOptions,
    samples: integer(null, "number of training samples"),
    loss: text("crossEntropy", "<name>", "loss that it is trained with, as nn.functional names it"),
    fail: choice(
      ["error", "warning", "note", "never"],
      "error",
      "the lightest finding that gives exit code 1",
    ),
    ...jsonOption,
  },
  run: async ({ values, operands, given }, { out }) => {
    const [operand, ...more] = operands;
    if (more.length > 0) {
      throw new OptionError(`review takes one network or weights file; got ${operands.join(" ")}`);
    }
    const isName = operand !== undefined && models.has(operand);
    if (isName && given.has("model")) {
      throw new OptionError(`review takes one network; got ${operand} and model=${values.model}`);
    }
    if (operand !== undefined && !isName && !isPretrained(operand) && !existsSync(operand)) {
      const near = nearest(operand, [...models.keys(), ...pretrainedNames]);
      const hint = near ? `. It is no network's name either; did you mean "${near}"?` : "";
      throw new FoveaError(`${operand} can't be read: there is no such file${hint}`);
    }
    const where = isName ? undefined : operand;
    const chosen = isName ? { ...values, model: operand } : values;
    const { name, origin, network, input, classes } = await describedNetwork(where, chosen, given);
    const { samples, loss } = values;
    const findings = reviewOf(network, input, { classes, loss, ...(samples !== null && { samples }) });
    if (values.json) {
      out.write(`${JSON.stringify({ model: name, input, classes, loss, samples, findings })}\n`);
    } else {
      const title = `${name}, ${classes} classes, pictures of ${input.join("×")}${origin}`;
      out.write(designText(findings, title, out));
    }
    return findings.some(({ severity }) => failures[values.fail]!.includes(severity)) ? 1 : 0;
  },
});
