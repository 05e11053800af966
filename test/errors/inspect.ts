// Mistakes in inspecting models.
import { nn, type Tensor, zeros } from "../../src/index.ts";
import {
  networkGraph,
  outline,
  receptiveField,
  receptiveFields,
  summary,
  trace,
} from "../../src/inspect/index.ts";
import { CifarResNet, LeNet } from "../../src/vision/index.ts";

class Reader extends nn.Module {
  forward(x: Tensor): Tensor {
    return x.sum().itemSync() > 0 ? x : x.neg();
  }
}

class Unused extends nn.Module {
  readonly head = new nn.Linear(2, 2);
  readonly aside = new nn.Linear(2, 2);
  forward(x: Tensor): Tensor {
    return this.head.forward(x);
  }
}

/** Calls that have to throw, by name. */
export const mistakes: Record<string, () => unknown> = {
  "summary of other channels": () => summary(new LeNet(), [3, 28, 28]),
  "summary of another size": () => summary(new LeNet(), [1, 32, 32]),
  "summary of a shape with batch": () => summary(new LeNet(), [1, 1, 28, 28]),
  "summary of a size of 0": () => summary(new LeNet(), [1, 28, 0]),
  "summary of no number": () => summary(new LeNet(), ["28"] as unknown as number[]),
  "summary of pictures as tokens": () => summary(new LeNet(), [1, 28, 28], { dtype: "int32" }),
  "summary dtypes": () => summary(new Unused(), [[2], [3]], { dtype: ["int32"] }),
  "summary batch": () => summary(new LeNet(), [1, 28, 28], { batch: 0 }),
  "outline of other channels": () => outline(new LeNet(), [3, 28, 28]),
  "trace of other channels": () => trace(new LeNet(), zeros([1, 3, 28, 28])),
  "trace of a model that hands its input on": () =>
    trace(new nn.Sequential(new nn.Identity()), zeros([1, 2])),
  "trace options": () => trace(new LeNet(), zeros([1, 1, 28, 28]), { layz: true } as object),
  "networkGraph option": () => networkGraph(new LeNet(), [1, 28, 28], { bach: 2 } as object),
  "networkGraph of another size": () => networkGraph(new LeNet(), [1, 32, 32]),
  "summary depth": () => summary(new LeNet(), [1, 28, 28], { depth: -1 }),
  "summary of a model that reads": () => summary(new Reader(), [3]),
  "receptiveField of an unknown layer": () =>
    receptiveField(new CifarResNet(20), [3, 32, 32], { layer: "layer1.0.con1" }),
  "receptiveField of a layer of nothing": () => receptiveField(new nn.ReLU(), [3, 32, 32], { layer: "conv" }),
  "receptiveField of a layer that is not called": () => receptiveField(new Unused(), [2], { layer: "aside" }),
  "receptiveFields of no axis": () => receptiveFields(new LeNet(), [1, 28, 28], { axes: [4] }),
};
