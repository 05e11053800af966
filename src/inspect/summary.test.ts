// What a summary counts, and that model, updates, random numbers and backend stay as they were.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createReferenceBackend } from "../check/index.ts";
import { currentPlanner } from "../graph/engine.ts";
import {
  conv2d,
  grad,
  manualSeed,
  nn,
  noGrad,
  randn,
  type Tensor,
  tensor,
  withBackend,
  zeros,
} from "../index.ts";
import { withGrad } from "../tensor/gradmode.ts";
import { drawKey, Random, withRandom } from "../tensor/random.ts";
import { CifarResNet, LeNet, VGG } from "../vision/index.ts";
import { summary } from "./summary.ts";

/** Initial values without any cost: the figures do not depend on them. */
class Constant extends Random {
  override uniform(): number {
    return 0.5;
  }

  override normal(): number {
    return 0;
  }
}

const quick = <T>(make: () => T): T => withRandom(new Constant(0), make);

describe("summary counts", () => {
  it("LeNet as the notes do: 41,806 parameters, 279,040 multiply-adds", () => {
    const { rows, totals } = summary(new LeNet(), [1, 28, 28]);
    assert.deepEqual(
      rows.map(({ path, name, depth, parameters, multiplyAdds, bytes }) =>
        [path, name, depth, parameters, multiplyAdds, bytes].join(),
      ),
      [
        ",LeNet,0,0,0,40",
        "conv1,Conv2d,1,156,86400,13824",
        "pool1,MaxPool2d,1,0,0,3456",
        "conv2,Conv2d,1,2416,153600,4096",
        "pool2,MaxPool2d,1,0,0,1024",
        "conv3,Conv2d,1,30840,30720,480",
        "fc1,Linear,1,7744,7680,256",
        "fc2,Linear,1,650,640,40",
      ],
    );
    assert.deepEqual(rows[1]!.outputs, [[1, 6, 24, 24]]);
    const { parameters, trainable, frozen, parameterBytes, multiplyAdds, inputBytes, activationBytes } =
      totals;
    assert.deepEqual([parameters, trainable, frozen, parameterBytes], [41806, 41806, 0, 4 * 41806]);
    assert.deepEqual([multiplyAdds, inputBytes], [279040, 4 * 784]);
    assert.equal(activationBytes, 13824 + 3456 + 4096 + 1024 + 480 + 256 + 40);
  });

  it("in proportion to the batch, which may be part of the shape", () => {
    const model = new LeNet();
    const eight = summary(model, [1, 28, 28], { batch: 8 });
    assert.equal(eight.totals.multiplyAdds, 8 * 279040);
    assert.deepEqual(eight.rows.at(-1)!.outputs, [[8, 10]]);
    const whole = summary(model, [8, 1, 28, 28], { batch: null });
    assert.deepEqual(whole.totals, eight.totals);
    assert.equal(String(whole), String(eight));
  });

  it("VGG-16 as its papers do: 138,357,544 parameters, 15.47 G multiply-adds", () => {
    const { totals } = summary(
      quick(() => new VGG(16)),
      [3, 224, 224],
    );
    assert.equal(totals.parameters, 138_357_544);
    assert.equal(totals.multiplyAdds, 15_470_264_320);
  });

  it("ResNet-20 by its layers' formula", () => {
    const conv = (size: number, from: number, to: number, kernel: number) =>
      size ** 2 * from * to * kernel ** 2;
    const stage = (size: number, from: number, to: number) =>
      conv(size, from, to, 3) + 5 * conv(size, to, to, 3) + (from === to ? 0 : conv(size, from, to, 1));
    const expected = conv(32, 3, 16, 3) + stage(32, 16, 16) + stage(16, 16, 32) + stage(8, 32, 64) + 640;
    const { totals, rows } = summary(new CifarResNet(20), [3, 32, 32]);
    assert.equal(totals.multiplyAdds, expected);
    assert.equal(totals.parameters, 272_474);
    const sum = (key: "parameters" | "multiplyAdds") => rows.reduce((total, row) => total + row[key], 0);
    assert.deepEqual([sum("parameters"), sum("multiplyAdds")], [272_474, expected]);
    const stages = summary(new CifarResNet(20), [3, 32, 32], { depth: 1 }).rows;
    assert.deepEqual(
      stages.map(({ path }) => path),
      ["", "conv1", "bn1", "layer1", "layer2", "layer3", "avgpool", "fc"],
    );
    assert.equal(stages[4]!.multiplyAdds, stage(16, 16, 32));
    const all = summary(new CifarResNet(20), [3, 32, 32], { depth: 0 }).rows;
    assert.deepEqual([all.length, all[0]!.parameters, all[0]!.multiplyAdds], [1, 272_474, expected]);
  });

  it("the memory of one pass as the plan of a run has it", () => {
    const model = new CifarResNet(20).eval();
    const { totals } = summary(model, [3, 32, 32]);
    withBackend(createReferenceBackend(), () => {
      noGrad(() => model.forward(randn([1, 3, 32, 32]))).dataSync();
      assert.equal(totals.passBytes, currentPlanner().lastProgram!.arenaBytes);
    });
  });

  it("modules and parameters that come twice once, frozen ones apart, and lists those that are not called", () => {
    class Tied extends nn.Module {
      readonly first = new nn.Linear(4, 4);
      readonly second = new nn.Linear(4, 4, { bias: false });
      readonly alias = this.first;
      readonly aside = new nn.Sequential(new nn.Linear(2, 3), new nn.ReLU());
      readonly scale = new nn.Parameter(zeros([4]));

      constructor() {
        super();
        this.first.bias!.requiresGrad = false;
        (this.second as { weight: nn.Parameter }).weight = this.first.weight;
      }

      forward(x: Tensor): Tensor {
        const y = this.second.forward(this.first.forward(x).mul(this.scale));
        return this.alias.forward(y).matmul(x.transpose(-1, -2));
      }
    }
    const { rows, totals } = summary(new Tied(), [4, 4]);
    assert.deepEqual(
      rows.map(({ path, depth, call, parameters, trainable, shared, multiplyAdds }) =>
        [path, depth, call, parameters, trainable, shared, multiplyAdds].join(),
      ),
      [
        ",0,1,4,4,false,64",
        "first,1,1,20,16,false,64",
        "second,1,1,0,0,true,64",
        "first,1,2,0,0,true,64",
        "aside.0,1,0,9,9,false,0",
      ],
    );
    assert.deepEqual([totals.parameters, totals.trainable, totals.frozen], [33, 29, 4]);
    const table = String(summary(new Tied(), [4, 4]));
    assert.match(table, /first Linear +\[1, 4, 4\] +20 partly frozen +64 /);
    assert.match(table, /first Linear \(call 2\) +\[1, 4, 4\] +shared +64 /);
    assert.match(table, /aside\.0 Linear +not called +9\n/);
    assert.match(table, /33, 29 trainable, 4 frozen: 132 B/);
  });

  it("each input with each tap of a convolution that enlarges", () => {
    class Enlarge extends nn.Module {
      forward(x: Tensor): Tensor {
        const z = zeros([1, 1, 12, 12], { requiresGrad: true });
        const y = withGrad(true, () =>
          conv2d(z, zeros([2, 1, 4, 4]), null, { stride: 2 })
            .mul(x)
            .sum(),
        );
        return grad(y, [z])[0]!; // [1, 1, 12, 12] of x [1, 2, 5, 5]
      }
    }
    assert.equal(summary(new Enlarge(), [2, 5, 5]).totals.multiplyAdds, 5 * 5 * 2 * 4 * 4);
  });

  it("several inputs, integers, and outputs in arrays", () => {
    class Words extends nn.Module {
      readonly table = new nn.Parameter(zeros([11, 4]));
      readonly mix = new nn.Linear(4, 3);

      forward(tokens: Tensor, weights: Tensor): Tensor {
        const [n, t] = tokens.shape as [number, number];
        const rows = this.table.indexSelect(0, tokens.reshape([-1])).reshape([n, t, 4]);
        const y = this.mix.forward(rows.mul(weights));
        return [y, y.sum(1)] as unknown as Tensor;
      }
    }
    const { rows, totals, inputs } = summary(new Words(), [[6], [6, 1]], { dtype: ["int32", "float32"] });
    assert.deepEqual(
      inputs.map(({ shape, dtype }) => `${dtype} ${shape}`),
      ["int32 1,6", "float32 1,6,1"],
    );
    assert.deepEqual(rows[0]!.outputs, [
      [1, 6, 3],
      [1, 3],
    ]);
    assert.equal(totals.multiplyAdds, 6 * 4 * 3);
    assert.equal(totals.parameters, 44 + 15);
  });

  it("a network too deep for one graph, and one that does nothing", () => {
    class Deep extends nn.Module {
      readonly fc = new nn.Linear(2, 2);
      forward(x: Tensor): Tensor {
        let y = this.fc.forward(x);
        for (let i = 0; i < 5000; i++) y = y.add(1);
        return this.fc.forward(y);
      }
    }
    const { totals } = summary(new Deep(), [2]);
    assert.deepEqual([totals.multiplyAdds, totals.passBytes], [8, null]);
    const nothing = summary(new nn.Identity(), [3, 8, 8]).totals;
    assert.deepEqual([nothing.activationBytes, nothing.passBytes, nothing.multiplyAdds], [0, 0, 0]);
  });
});

describe("summary leaves everything as it was", () => {
  class Noisy extends nn.Module {
    readonly bn = new nn.BatchNorm2d(2);
    readonly dropout = new nn.Dropout(0.5);
    readonly count = new nn.Buffer(zeros([]));
    last: Tensor | null = null;

    forward(x: Tensor): Tensor {
      this.count.assign(this.count.add(1));
      this.last = nn.dropout(x, 0.5, true);
      return this.dropout.forward(this.bn.forward(this.last)).add(randn([2, 1, 1]));
    }
  }

  it("fields, training mode, buffers and waiting updates", () => {
    manualSeed(4);
    const model = new Noisy();
    model.dropout.training = false;
    const x = randn([3, 2, 4, 4]);
    model.forward(x); // its updates wait
    const { last } = model;
    const nodes = [...model.stateDict().values()].map(({ node }) => node);
    const keys = Object.keys(model).join();
    const compiled = currentPlanner().compiled;
    summary(model, [2, 4, 4]);
    assert.deepEqual([model.training, model.bn.training, model.dropout.training], [true, true, false]);
    assert.deepEqual([Object.keys(model).join(), model.last], [keys, last]);
    assert.ok(![model, model.bn, model.dropout].some((module) => Object.hasOwn(module, "forward")));
    assert.ok([...model.stateDict().values()].every(({ node }, i) => node === nodes[i]));
    assert.equal(currentPlanner().compiled, compiled);
    assert.equal(model.count.itemSync(), 1);
    assert.equal(model.bn.num_batches_tracked!.itemSync(), 1);
    assert.ok((model.bn.running_mean!.toArraySync() as number[]).every((mean) => mean !== 0));
  });

  it("random numbers", () => {
    const draw = (between: () => void) => {
      manualSeed(5);
      randn([3]);
      drawKey();
      between();
      return [...randn([3]).dataSync(), ...drawKey()];
    };
    const model = new Noisy();
    assert.deepEqual(
      draw(() => summary(model, [2, 4, 4])),
      draw(() => {}),
    );
  });

  it("also where the model throws, and where it reads values", () => {
    const model = new Noisy();
    assert.throws(() => summary(model, [3, 4, 4]), /BatchNorm2d "bn": expected/);
    assert.ok(!Object.hasOwn(model, "forward") && model.training && model.last === null);
    class Reader extends nn.Module {
      readonly bn = new nn.BatchNorm2d(2);
      forward(x: Tensor): Tensor {
        return x.mul(tensor([2]).add(1).itemSync()).mul(this.bn.forward(x).sum().itemSync());
      }
    }
    const reader = new Reader();
    reader.bn.forward(randn([2, 2, 3, 3]).add(5));
    const planner = currentPlanner();
    assert.throws(() => summary(reader, [2, 4, 4]), { name: "UnsupportedError", message: /reads values/ });
    assert.equal(currentPlanner(), planner);
    assert.equal(reader.bn.num_batches_tracked!.itemSync(), 1);
    assert.ok((reader.bn.running_mean!.toArraySync() as number[]).every((mean) => mean > 0.3));
    assert.equal(reader.forward(zeros([1, 2, 4, 4])).shape.length, 4);
  });
});
