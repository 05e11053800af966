// Rules on how a run begins: what goes into the network, and what its first answer costs.
import { rule } from "./findings.ts";

/** First loss, as a multiple of that of an even guess, from which it is told. */
const highLoss = 2;
/** Mean and spread of the inputs, in absolute terms, beyond which layers that are made for about 0 ± 1 suffer. */
const largeInput = 10;
const flatInput = 0.01;

export const startRules = [
  rule({
    id: "initial-loss",
    severity: "warning",
    title: "The first loss is far above chance",
    rule: `the first batch's cross-entropy is over ${highLoss} × ln(classes)`,
    why: "Before it has learned, a network should hold all classes for about equally likely, which costs ln(classes). A higher loss means large logits: the first epochs go into unlearning them.",
    fix: "Normalise the inputs, start the last layer with small weights, and check that the loss is a mean over the batch.",
    docs: "docs/doctor.md#initial-loss",
    automatic: null,
    when: ["step"],
    look: ({ steps, firstLoss, start }) => {
      const chance = start?.chanceLoss ?? null;
      if (steps !== 1 || firstLoss === null || chance === null || !(firstLoss > highLoss * chance)) return [];
      const { length } = start!.classes;
      return [
        {
          layer: "",
          evidence: `first loss ${firstLoss.toFixed(2)}; an even guess among ${length} classes costs ln ${length} = ${chance.toFixed(2)}`,
        },
      ];
    },
  }),
  rule({
    id: "input-scale",
    severity: "warning",
    title: "The inputs are not normalised",
    rule: `of the first batch the mean is beyond ±${largeInput}, or the standard deviation over ${largeInput} or under ${flatInput}`,
    why: "Initial weights and learning rates are made for inputs of about mean 0 and spread 1. Larger ones blow up the first layer's gradients, flat ones tell it nothing.",
    fix: "Bring bytes to 0 … 1 and end the transform with Normalize; pictureStatistics measures mean and spread.",
    docs: "docs/doctor.md#input-scale",
    automatic: null,
    when: ["vitals"],
    look: (_, { input }) => {
      if (!input) return [];
      const { mean, std } = input;
      if (Math.abs(mean) <= largeInput && std <= largeInput && std >= flatInput) return [];
      const evidence = `mean ${mean.toPrecision(3)}, standard deviation ${std.toPrecision(3)}`;
      return [{ layer: "", evidence, ...(std === 0 && { severity: "error" as const }) }];
    },
  }),
];
