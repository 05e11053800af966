// Receptive fields of known networks against the recurrence and the numbers of the literature.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nn, type Shape, type Tensor } from "../index.ts";
import { CifarResNet, LeNet, VGG } from "../vision/index.ts";
import { receptiveField, receptiveFields } from "./receptiveField.ts";

/** The sum of what two modules give. */
class Sum extends nn.Module {
  readonly parts: readonly [nn.Module, nn.Module];

  constructor(first: nn.Module, second: nn.Module) {
    super();
    this.parts = [first, second];
  }

  forward(x: Tensor): Tensor {
    return this.parts[0].forward(x).add(this.parts[1].forward(x));
  }
}

/** Like `receptiveField`, of one number where both axes agree. */
function fieldOf(model: nn.Module, shape: Shape, layer = ""): { field: number; jump: number; start: number } {
  const [rows, columns] = receptiveField(model, shape, { layer }).axes;
  const { field, jump, start } = rows!;
  assert.deepEqual([columns!.field, columns!.jump, columns!.start], [field, jump, start]);
  return { field, jump, start };
}

/** The recurrence of the literature: kernel and stride of each layer in turn. */
function recurrence(layers: readonly (readonly [number, number])[]): { field: number; jump: number } {
  let field = 1;
  let jump = 1;
  for (const [kernel, stride] of layers) {
    field += (kernel - 1) * jump;
    jump *= stride;
  }
  return { field, jump };
}

/** A residual network for large pictures, of few channels: `kernels` and strides of a block's convolutions. */
function residual(blocks: readonly number[], kernels: readonly number[], strided: number): nn.Module {
  const block = (stride: number) => {
    const convs = kernels.map(
      (kernel, i) =>
        new nn.Conv2d(1, 1, kernel, { stride: i === strided ? stride : 1, padding: kernel >> 1 }),
    );
    const shortcut = stride === 1 ? new nn.Identity() : new nn.Conv2d(1, 1, 1, { stride });
    return new Sum(new nn.Sequential(...convs), shortcut);
  };
  const stages = blocks.map(
    (count, i) =>
      new nn.Sequential(...Array.from({ length: count }, (_, n) => block(n === 0 && i > 0 ? 2 : 1))),
  );
  return new nn.Sequential(
    new nn.Conv2d(3, 1, 7, { stride: 2, padding: 3 }),
    new nn.MaxPool2d(3, { stride: 2, padding: 1 }),
    ...stages,
  );
}

describe("receptive fields of known networks", () => {
  it("LeNet: 5, 6, 14, 16, then all", () => {
    const fields = receptiveFields(new LeNet(), [1, 28, 28]);
    const shown = (key: "field" | "jump" | "centre") => fields.map(({ axes }) => axes[0]![key]).slice(1);
    assert.deepEqual(shown("field"), [5, 6, 14, 16, 28, 28, 28]);
    assert.deepEqual(shown("jump"), [1, 2, 2, 4, 0, 0, 0]);
    assert.deepEqual(shown("centre").slice(0, 4), [2, 2.5, 6.5, 7.5]);
  });

  it("VGG-16: 196 at conv5_3, 212 after pool5", () => {
    const model = new VGG(16, { width: 1 / 64 });
    assert.deepEqual(fieldOf(model, [3, 224, 224], "features.28"), { field: 196, jump: 16, start: -90 });
    const pooled = recurrence(
      [2, 2, 3, 3, 3].flatMap((n) => [...Array<[number, number]>(n).fill([3, 1]), [2, 2] as const]),
    );
    assert.deepEqual(pooled, { field: 212, jump: 32 });
    const { field, jump } = fieldOf(model, [3, 224, 224], "features");
    assert.deepEqual({ field, jump }, pooled);
    assert.ok(receptiveField(model, [3, 224, 224]).axes.every(({ inside }) => inside === 224));
  });

  it("ResNet-18: 435, ResNet-50 as first published: 483, with the stride in the 3×3: 427", () => {
    const known: [readonly number[], readonly number[], number, number][] = [
      [[2, 2, 2, 2], [3, 3], 0, 435],
      [[3, 4, 6, 3], [1, 3, 1], 0, 483],
      [[3, 4, 6, 3], [1, 3, 1], 1, 427],
    ];
    for (const [blocks, kernels, strided, field] of known) {
      const found = fieldOf(residual(blocks, kernels, strided), [3, 224, 224]);
      assert.deepEqual([found.field, found.jump], [field, 32]);
    }
  });

  it("ResNet-20 for small pictures, by the recurrence", () => {
    const stage = (stride: number) =>
      [[3, stride], ...Array<[number, number]>(5).fill([3, 1])] as [number, number][];
    const expected = recurrence([[3, 1], ...stage(1), ...stage(2), ...stage(2)]);
    const { field, jump } = fieldOf(new CifarResNet(20), [3, 32, 32], "layer3");
    assert.deepEqual({ field, jump }, expected);
  });
});
