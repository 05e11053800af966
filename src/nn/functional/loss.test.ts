// What losses promise besides PyTorch's values: their nodes, what they look at, and what they do with nothing.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Node } from "../../graph/node.ts";
import { nn, ShapeError, type Tensor, tensor, zeros } from "../../index.ts";

const { functional } = nn;
const int = (values: number[]) => tensor(values, { dtype: "int32" });
const logits = () =>
  tensor(
    [
      [1, 2, 0],
      [0, 1, 3],
      [2, 2, 2],
    ],
    { requiresGrad: true },
  );
const list = (x: Tensor) => Array.from(x.dataSync(), (value) => Number(value.toFixed(5)));

/** Names of the nodes below and including one, inputs before users. */
function names(node: Node): string[] {
  return [...node.inputs.flatMap(names), node.signature.name];
}

describe("crossEntropy", () => {
  it("of class indices is the fused kernel, a sum and a factor", () => {
    const plain = ["host", "host", "softmaxLoss", "sum", "scalar", "mul"];
    const found = names(nn.crossEntropy(logits(), int([0, 1, 2])).node);
    assert.deepEqual(found.slice(2), plain.slice(2));
    assert.deepEqual(names(new nn.CrossEntropyLoss().forward(logits(), int([0, 1, 2])).node), found);
  });

  it("builds on the fused kernel with weights and with targets left out", () => {
    const weight = tensor([1, 2, 3]);
    for (const options of [{ weight }, { ignoreIndex: 2 }, { weight, ignoreIndex: 2 }]) {
      assert.ok(names(nn.crossEntropy(logits(), int([0, 1, 2]), options).node).includes("softmaxLoss"));
    }
  });

  it("finds -100 among targets at hand, and a given ignoreIndex among those still to be computed", () => {
    const two = nn.crossEntropy(logits().slice(0, 0, 2), int([0, 1])).itemSync();
    const near = (actual: number) => assert.ok(Math.abs(actual - two) < 1e-6, `${actual} is not ${two}`);
    near(nn.crossEntropy(logits(), int([0, 1, -100])).itemSync());
    near(nn.crossEntropy(logits(), int([1, 2, -99]).sub(1), { ignoreIndex: -100 }).itemSync());
    near(nn.crossEntropy(logits(), tensor([0, 1, 255], { dtype: "uint8" }), { ignoreIndex: 255 }).itemSync());
  });

  it("gives ignored samples no gradient", () => {
    const x = logits();
    nn.crossEntropy(x, int([0, -100, 2]), { labelSmoothing: 0.1 }).backward();
    assert.deepEqual(list(x.grad!).slice(3, 6), [0, 0, 0]);
  });
});

describe("losses", () => {
  it("have no mean of nothing, and the sum 0", () => {
    const [none, classes] = [zeros([0, 3]), zeros([0], { dtype: "int32" })];
    assert.throws(() => functional.l1Loss(none, none), ShapeError);
    assert.equal(functional.l1Loss(none, none, { reduction: "sum" }).itemSync(), 0);
    assert.throws(() => functional.nllLoss(none, classes), ShapeError);
    assert.equal(functional.nllLoss(none, classes, { reduction: "sum" }).itemSync(), 0);
    assert.deepEqual(functional.nllLoss(none, classes, { reduction: "none" }).shape, [0]);
  });

  it("carry their factors in their state, as PyTorch names them", () => {
    const names = (loss: nn.Module) => [...loss.stateDict().keys()];
    const weight = tensor([1, 2]);
    assert.deepEqual(names(new nn.CrossEntropyLoss({ weight })), ["weight"]);
    assert.deepEqual(names(new nn.BCEWithLogitsLoss({ weight, posWeight: weight })), [
      "weight",
      "pos_weight",
    ]);
    assert.deepEqual(names(new nn.CrossEntropyLoss()), []);
  });

  it("take whole labels", () => {
    const x = tensor([0.3, -1]);
    const expected = list(functional.binaryCrossEntropyWithLogits(x, tensor([1, 0])));
    assert.deepEqual(list(functional.binaryCrossEntropyWithLogits(x, int([1, 0]))), expected);
  });

  it("have finite slopes at certainty", () => {
    for (const gamma of [0.5, 1, 2]) {
      const x = tensor([200, -200, 0], { requiresGrad: true });
      functional.sigmoidFocalLoss(x, tensor([1, 0, 1]), { gamma, reduction: "sum" }).backward();
      const rows = tensor(
        [
          [200, 0],
          [0, 0],
        ],
        { requiresGrad: true },
      );
      functional.softmaxFocalLoss(rows, int([0, 1]), { gamma }).backward();
      for (const value of [...list(x.grad!), ...list(rows.grad!)])
        assert.ok(Number.isFinite(value), `${value}`);
    }
    const p = tensor([0, 1], { requiresGrad: true });
    functional.binaryCrossEntropy(p, tensor([1, 0])).backward();
    assert.ok(Array.from(p.grad!.dataSync()).every(Number.isFinite));
  });
});

describe("activations", () => {
  it("keep their relative exactness near 0 and far below it", () => {
    const relative = (y: Tensor, expected: number[]) => {
      for (const [i, value] of Array.from(y.dataSync()).entries()) {
        assert.ok(Math.abs(value / expected[i]! - 1) < 2e-6, `${value} is not ${expected[i]}`);
      }
    };
    relative(functional.softplus(tensor([-20, -60, -80])), [-20, -60, -80].map(Math.exp));
    relative(
      functional.logSigmoid(tensor([20, 60])),
      [-20, -60].map((x) => -Math.exp(x)),
    );
    relative(functional.elu(tensor([-1e-4, -1e-9])), [Math.expm1(-1e-4), -1e-9]);
    relative(functional.mish(tensor([-30, -1e-8])), [-30 * Math.exp(-30), -0.6e-8]);
  });

  it("change whole numbers to float32", () => {
    assert.deepEqual(list(functional.leakyRelu(int([-2, 3]), 0.5)), [-1, 3]);
    assert.deepEqual(functional.hardswish(tensor([4], { dtype: "uint8" })).dtype, "float32");
  });
});
