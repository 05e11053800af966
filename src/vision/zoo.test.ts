// The networks by name take what they say, nothing smaller, and every parameter of theirs learns.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nn, noGrad, optim, randn, type Shape, tensor, zeros } from "../index.ts";
import { Random, withRandom } from "../tensor/random.ts";
import { makeModel, models } from "./index.ts";

/** Gives the same numbers again and again, so that large networks are made at once. */
class Constant extends Random {
  override uniform(): number {
    return 0.5;
  }

  override normal(): number {
    return 0;
  }
}

/** The smallest pictures that a network takes, of several channels where it may have any. */
function least(name: string): Shape {
  const { takes } = models.get(name)!;
  const channels = takes(2, 28, 28) || takes(2, 64, 64) ? 2 : 1;
  for (let size = 1; size <= 64; size++) if (takes(channels, size, size)) return [channels, size, size];
  throw new Error(`${name} takes no picture up to 64×64`);
}

describe("every network by name", () => {
  for (const [name, { takes }] of models) {
    const input = least(name);
    it(`${name} takes ${input.join("×")}, as it says`, () => {
      const model = withRandom(new Constant(0), () => makeModel(name, { classes: 3, input })).eval();
      const [channels = 1, height = 1, width = 1] = input;
      const shapes = [input, [channels, height + 1, width + 2]].filter(([, h = 0, w = 0]) =>
        takes(channels, h, w),
      );
      for (const shape of shapes) {
        const fitting =
          shape === input || name !== "rowlstm" ? model : makeModel(name, { classes: 3, input: shape });
        const logits = noGrad(() => fitting.eval().forward(zeros([1, ...shape])));
        assert.deepEqual(logits.shape, [1, 3]);
        assert.ok(logits.dataSync().every(Number.isFinite));
      }
      if (height > 1) {
        const smaller = [channels, height - 1, width];
        assert.throws(() => makeModel(name, { classes: 3, input: smaller }), /takes pictures of/);
        assert.throws(() => model.forward(zeros([1, ...smaller])), { name: "ShapeError" });
      }
      globalThis.gc?.();
    });
  }
});

describe("every parameter learns", () => {
  const learners: [name: string, shape: Shape][] = [
    ["lenet", [1, 28, 28]],
    ["lenet5", [3, 32, 32]],
    ["nin", [3, 16, 16]],
    ["googlenet", [3, 33, 33]],
    ["mobilenet_v2", [3, 33, 40]],
    ["rowlstm", [2, 9, 7]],
    ["resnet18", [3, 33, 33]],
    ["resnet20", [1, 12, 12]],
    ["resnet50", [3, 33, 33]],
    ["vgg11_bn", [3, 32, 32]],
  ];
  for (const [name, input] of learners) {
    it(name, () => {
      const model = makeModel(name, { classes: 3, input });
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
      const loss = nn.crossEntropy(
        model.forward(randn([4, ...input])),
        tensor([0, 1, 2, 0], { dtype: "int32" }),
      );
      loss.backward();
      const norms = Array.from(model.namedParameters(), ([path, p]) => [path, p.grad?.abs().amax()] as const);
      optimizer.step();
      assert.ok(Number.isFinite(loss.itemSync()));
      for (const [path, norm] of norms) {
        assert.ok(norm, `${path} has no gradient`);
        assert.ok(norm.itemSync() > 0, `${path}: the gradient is ${norm.itemSync()}`);
      }
    });
  }
});
