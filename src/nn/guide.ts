// Which output activation and loss suit a task; knows layers by name alone, so that only who asks loads it.

import { nearest, OptionError } from "../base/errors.ts";

/** Tasks that the guide knows. */
export type GuideTask = "regression" | "binary" | "multi-class" | "multi-label" | "count";

/** An answer of the guide. */
export interface Guide {
  readonly task: GuideTask;
  /** What turns the model's last numbers into predictions: a layer of `nn`, or `exp`. The loss takes the numbers before it. */
  readonly outputActivation: "Identity" | "Sigmoid" | "Softmax" | "exp";
  /** The loss, a class of `nn`. */
  readonly loss: "MSELoss" | "BCEWithLogitsLoss" | "CrossEntropyLoss" | "PoissonNLLLoss";
  /** The reason in two or three sentences. */
  readonly why: string;
  /** A program that trains a small model for the task. */
  readonly snippet: string;
}

/** The training program around what differs from task to task. */
function program(outputs: number, target: string, loss: string, predict: string): string {
  return `import { nn, noGrad, optim, tensor } from "fovea";

const x = tensor([[0, 0], [0, 1], [1, 0], [1, 1]]); // [N, features]
const y = ${target};
const model = new nn.Sequential(new nn.Linear(2, 8), new nn.ReLU(), new nn.Linear(8, ${outputs}));
const criterion = new nn.${loss}();
const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
for (let step = 0; step < 100; step++) {
  const loss = criterion.forward(model.forward(x), y);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
const prediction = noGrad(() => ${predict});
console.log(await prediction.toArray());
`;
}

const answers: Record<GuideTask, () => Omit<Guide, "task">> = {
  regression: () => ({
    outputActivation: "Identity",
    loss: "MSELoss",
    why:
      "A number may be anything, so nothing bounds the output. Least squares is maximum likelihood where errors are normal; " +
      "where a few targets are far off, HuberLoss or L1Loss follow them less.",
    snippet: program(
      1,
      "tensor([[0.5], [1.5], [2.5], [3.5]]); // [N, 1], numbers",
      "MSELoss",
      "model.forward(x)",
    ),
  }),
  binary: () => ({
    outputActivation: "Sigmoid",
    loss: "BCEWithLogitsLoss",
    why:
      "One number, squeezed into 0 … 1, is the probability of yes; binary cross-entropy is its maximum likelihood. " +
      "The loss has the sigmoid inside, where it can't overflow, so the model ends without one and predictions get it afterwards. " +
      "Where yes is rare, posWeight or FocalLoss help.",
    snippet: program(
      1,
      "tensor([[0], [1], [1], [0]]); // [N, 1], 0 or 1",
      "BCEWithLogitsLoss",
      "model.forward(x).sigmoid()",
    ),
  }),
  "multi-class": () => ({
    outputActivation: "Softmax",
    loss: "CrossEntropyLoss",
    why:
      "Exactly one class is right, so the outputs share one probability, which is what softmax does; cross-entropy is its maximum likelihood. " +
      "The loss has the softmax inside, so the model ends in plain numbers (logits), and their largest is the answer with or without it.",
    snippet: program(
      3,
      'tensor([0, 1, 1, 2], { dtype: "int32" }); // [N], class indices',
      "CrossEntropyLoss",
      "nn.softmax(model.forward(x), 1)",
    ),
  }),
  "multi-label": () => ({
    outputActivation: "Sigmoid",
    loss: "BCEWithLogitsLoss",
    why:
      "Any number of labels may hold at once, so each output is a yes-or-no question of its own, and softmax would let them compete. " +
      "The loss has the sigmoid inside; it averages over samples and labels.",
    snippet: program(
      3,
      "tensor([[0, 0, 1], [1, 0, 1], [1, 0, 0], [1, 1, 0]]); // [N, labels], 0 or 1",
      "BCEWithLogitsLoss",
      "model.forward(x).sigmoid()",
    ),
  }),
  count: () => ({
    outputActivation: "exp",
    loss: "PoissonNLLLoss",
    why:
      "Counts are whole, never negative, and scatter more where they are large, as in a Poisson distribution. " +
      "The model gives the logarithm of the expected count, which may be any number; exp() of it is the prediction.",
    snippet: program(
      1,
      "tensor([[0], [2], [3], [9]]); // [N, 1], counts",
      "PoissonNLLLoss",
      "model.forward(x).exp()",
    ),
  }),
};

/** Other names of tasks, written without spaces, hyphens and underscores. */
const spellings: Record<string, GuideTask> = {
  regression: "regression",
  binary: "binary",
  binaryclassification: "binary",
  multiclass: "multi-class",
  classification: "multi-class",
  singlelabel: "multi-class",
  multiclassclassification: "multi-class",
  multilabel: "multi-label",
  multilabelclassification: "multi-label",
  count: "count",
  counts: "count",
  counting: "count",
  poisson: "count",
};

/** The tasks that `guide` knows. */
export function guideTasks(): GuideTask[] {
  return Object.keys(answers) as GuideTask[];
}

/**
 * Which output activation and loss suit a task (`"regression"`, `"binary"`, `"multi-class"`, `"multi-label"` or `"count"`), why, and
 * a program to start from. Throws OptionError for another task, naming the nearest known.
 */
export function guide(task: string): Guide {
  const plain = task.toLowerCase().replaceAll(/[\s_-]/g, "");
  const known = Object.hasOwn(spellings, plain) ? spellings[plain] : undefined;
  if (known) return { task: known, ...answers[known]() };
  const near = nearest(plain, Object.keys(spellings));
  const hint = near ? ` Did you mean ${spellings[near]}?` : "";
  throw new OptionError(`guide: unknown task "${task}"; known are ${guideTasks().join(", ")}.${hint}`);
}
