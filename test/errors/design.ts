// Mistakes in reviewing designs.
import { review } from "../../src/design/index.ts";
import { nn, type Tensor } from "../../src/index.ts";
import { LeNet } from "../../src/vision/index.ts";

class Reader extends nn.Module {
  forward(x: Tensor): Tensor {
    return x.sum().itemSync() > 0 ? x : x.neg();
  }
}

/** Calls that have to throw, by name. */
export const mistakes: Record<string, () => unknown> = {
  "unknown option": () => review(new LeNet(), [1, 28, 28], { class: 10 } as object),
  classes: () => review(new LeNet(), [1, 28, 28], { classes: 0 }),
  samples: () => review(new LeNet(), [1, 28, 28], { samples: 0.5 }),
  "loss by its layer": () => review(new LeNet(), [1, 28, 28], { loss: "CrossEntropyLoss" }),
  "misspelt loss": () => review(new LeNet(), [1, 28, 28], { loss: "crossentropie" }),
  "loss that shares its name with a method": () => review(new LeNet(), [1, 28, 28], { loss: "constructor" }),
  "another size": () => review(new LeNet(), [1, 32, 32]),
  "a size of 0": () => review(new LeNet(), [1, 28, 0]),
  batch: () => review(new LeNet(), [1, 28, 28], { batch: 0 }),
  axes: () => review(new LeNet(), [1, 28, 28], { axes: [4] }),
  "a model that reads": () => review(new Reader(), [3]),
};
