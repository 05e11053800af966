// The graph of a network against its summary, and joins, branches and functions of known networks.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cat, nn, type Shape, type Tensor } from "../index.ts";
import { Random, withRandom } from "../tensor/random.ts";
import { makeModel, models, SqueezeExcitation } from "../vision/index.ts";
import { type NetworkGraph, networkGraph, summary } from "./index.ts";

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

const usual: readonly Shape[] = [
  [3, 32, 32],
  [1, 28, 28],
  [3, 64, 64],
];

/** A node as a line: its number, what it is, and what it reads. */
function lines({ nodes, edges }: NetworkGraph): string[] {
  return nodes.map(({ id, kind, name, path, outputs }) => {
    const read = edges.filter(({ to }) => to === id).map(({ from }) => from);
    const what = [kind, name, path && `(${path})`].filter((text) => text !== "").join(" ");
    return `${id} ${what} ${outputs.map((shape) => shape.join("×")).join(" ")} ← ${read.join(" ")}`;
  });
}

/** What has to hold for every graph of a model. */
function check(model: nn.Module, input: Shape): NetworkGraph {
  const graph = networkGraph(model, input);
  const { rows, totals } = summary(model, input);
  const { nodes, edges, groups, outputs } = graph;
  assert.deepEqual(JSON.parse(JSON.stringify(graph)), graph);

  // Layers are the summary's rows, and their sums its totals.
  for (const node of nodes.filter(({ isLayer }) => isLayer)) {
    const row = rows.find(({ path, call }) => path === node.path && call === node.call)!;
    const { name, parameters, trainable, multiplyAdds, outputs: shapes, field } = row;
    assert.deepEqual(
      [node.name, node.parameters, node.trainable, node.multiplyAdds, node.outputs, node.field],
      [name, parameters, trainable, multiplyAdds, shapes, field?.axes],
    );
  }
  assert.equal(
    nodes.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0),
    totals.multiplyAdds,
  );
  const called = rows.filter(({ call }) => call > 0).length;
  assert.equal(nodes.filter(({ isLayer }) => isLayer).length + groups.length, called);

  // It runs from the inputs to the outputs: nothing hangs in the air, and no edge goes back.
  const reads = (to: number) => edges.filter((edge) => edge.to === to);
  for (const { id, kind } of nodes) {
    assert.equal(reads(id).length === 0, kind === "input", lines(graph)[id]);
    if (!outputs.includes(id))
      assert.ok(
        edges.some(({ from }) => from === id),
        lines(graph)[id],
      );
  }
  for (const { from, to, shape } of edges) {
    assert.ok(from < to);
    assert.ok(nodes[from]!.outputs.length > 1 || nodes[from]!.outputs[0]!.join() === shape.join());
  }
  for (const { id, parent } of groups) assert.ok(parent === null ? id === 0 : parent < id);
  for (const { field, spans } of nodes) {
    assert.equal(spans.length, field.length);
    for (const [a, { start, field: length }] of field.entries()) {
      const [first, last] = spans[a]![0]!;
      assert.equal(first, start);
      if (spans[a]!.length === 1) assert.equal(last - first + 1, length);
    }
  }
  return graph;
}

describe("the graph of every network by name", () => {
  for (const [name, { takes }] of models) {
    it(name, () => {
      const input = usual.find(([c = 0, h = 0, w = 0]) => takes(c, h, w))!;
      check(
        quick(() => makeModel(name, { classes: 10, input })),
        input,
      );
    });
  }
});

describe("graphs of known networks", () => {
  it("LeNet: functions between layers are nodes, a reshape too", () => {
    const graph = networkGraph(
      quick(() => makeModel("lenet", { classes: 10, input: [1, 28, 28] })),
      [1, 28, 28],
    );
    assert.deepEqual(lines(graph), [
      "0 input 1×1×28×28 ← ",
      "1 convolution Conv2d (conv1) 1×6×24×24 ← 0",
      "2 activation sigmoid 1×6×24×24 ← 1",
      "3 pooling MaxPool2d (pool1) 1×6×12×12 ← 2",
      "4 activation sigmoid 1×6×12×12 ← 3",
      "5 convolution Conv2d (conv2) 1×16×8×8 ← 4",
      "6 pooling MaxPool2d (pool2) 1×16×4×4 ← 5",
      "7 convolution Conv2d (conv3) 1×120×1×1 ← 6",
      "8 shape reshape 1×120 ← 7",
      "9 dense Linear (fc1) 1×64 ← 8",
      "10 activation sigmoid 1×64 ← 9",
      "11 dense Linear (fc2) 1×10 ← 10",
    ]);
    assert.deepEqual(graph.nodes[7]!.window?.kernel, [4, 4]);
    assert.deepEqual(graph.nodes[6]!.spans[0], [
      [0, 15],
      [4, 19],
      [8, 23],
      [12, 27],
    ]);
  });

  it("ResNet: a sum of block and shortcut, strided and not", () => {
    const input = [3, 32, 32];
    const graph = networkGraph(
      quick(() => makeModel("resnet20", { classes: 10, input })),
      input,
    );
    const adds = graph.nodes.filter(({ kind }) => kind === "add");
    assert.equal(adds.length, 9);
    assert.deepEqual(
      adds.map(({ id }) => graph.edges.filter(({ to }) => to === id).length),
      new Array(9).fill(2),
    );
    const strided = graph.nodes.find(({ path }) => path === "layer2.0.conv1")!.window!;
    assert.deepEqual(
      [strided.kernel, strided.stride, strided.padding],
      [
        [3, 3],
        [2, 2],
        [1, 1],
      ],
    );
  });

  it("GoogLeNet: four branches of one picture, joined", () => {
    const input = [3, 64, 64];
    const graph = networkGraph(
      quick(() => makeModel("googlenet", { classes: 10, input })),
      input,
    );
    const joins = graph.nodes.filter(({ kind }) => kind === "concat");
    assert.equal(joins.length, 9);
    for (const { id, path } of joins) {
      const read = graph.edges.filter(({ to }) => to === id).map(({ from }) => graph.nodes[from]!.path);
      assert.deepEqual(read, [
        `${path}.branch1`,
        `${path}.branch2.1`,
        `${path}.branch3.1`,
        `${path}.branch4.1`,
      ]);
    }
  });

  it("MobileNetV2: as many groups as channels where it is depthwise", () => {
    const input = [3, 32, 32];
    const graph = networkGraph(
      quick(() => makeModel("mobilenet_v2", { classes: 10, input })),
      input,
    );
    const depthwise = graph.nodes.filter(({ window, outputs }) => window && window.groups === outputs[0]![1]);
    assert.equal(depthwise.length, 17);
  });

  it("an LSTM is one node, and says what it gives", () => {
    const graph = networkGraph(
      quick(() => makeModel("rowlstm", { classes: 10, input: [1, 28, 28] })),
      [1, 28, 28],
    );
    assert.deepEqual(lines(graph).slice(1), [
      "1 shape permute → reshape 1×28×28 ← 0",
      "2 recurrent LSTM (lstm) 1×28×128 1×1×128 1×1×128 ← 1",
      "3 shape slice → reshape 1×128 ← 2",
      "4 dense Linear (fc) 1×10 ← 3",
    ]);
  });
});

/** Each layer reads all before it. */
class Dense extends nn.Module {
  readonly layers = [new nn.Conv2d(4, 2, 3, { padding: 1 }), new nn.Conv2d(6, 2, 3, { padding: 1 })] as const;

  forward(x: Tensor): Tensor {
    const [first, second] = this.layers;
    const one = cat([x, first.forward(x)], 1);
    return cat([one, second.forward(one)], 1);
  }
}

/** Two inputs, a layer called twice, a dropout around which the input goes, and a gate. */
class Unusual extends nn.Module {
  readonly conv = new nn.Conv2d(2, 2, 3, { padding: 1 });
  readonly drop = new nn.Dropout();
  readonly up = new nn.ConvTranspose2d(2, 1, 4, { stride: 2, padding: 1 });
  readonly gate = new SqueezeExcitation(2, 1);

  forward(x: Tensor, z: Tensor): Tensor {
    const y = this.conv.forward(this.conv.forward(x).relu());
    const dropped = this.drop.forward(z);
    return this.up.forward(this.gate.forward(y.add(dropped))).add(z.mean([1, 2, 3]).reshape([-1, 1, 1, 1]));
  }
}

describe("graphs of unusual models", () => {
  it("calls of one layer, layers that hand on their input, several inputs and outputs", () => {
    const graph = networkGraph(new Unusual(), [
      [2, 6, 6],
      [2, 6, 6],
    ]);
    assert.deepEqual(lines(graph), [
      "0 input 1×2×6×6 ← ",
      "1 input 1×2×6×6 ← ",
      "2 convolution Conv2d (conv) 1×2×6×6 ← 0",
      "3 activation relu 1×2×6×6 ← 2",
      "4 convolution Conv2d (conv) 1×2×6×6 ← 3",
      "5 dropout Dropout (drop) 1×2×6×6 ← 1",
      "6 add add 1×2×6×6 ← 4 5",
      "7 pooling AdaptiveAvgPool2d (gate.avgpool) 1×2×1×1 ← 6",
      "8 convolution Conv2d (gate.fc1) 1×1×1×1 ← 7",
      "9 activation ReLU (gate.activation) 1×1×1×1 ← 8",
      "10 convolution Conv2d (gate.fc2) 1×2×1×1 ← 9",
      "11 activation Sigmoid (gate.scaleActivation) 1×2×1×1 ← 10",
      "12 multiply mul (gate) 1×2×6×6 ← 6 11",
      "13 convolution ConvTranspose2d (up) 1×1×12×12 ← 12",
      "14 other sum → mul → reshape 1×1×1×1 ← 5",
      "15 add add 1×1×12×12 ← 13 14",
    ]);
    assert.deepEqual(
      graph.nodes.flatMap(({ path, call, parameters }) => (path === "conv" ? [[call, parameters]] : [])),
      [
        [1, 38],
        [2, 0],
      ],
    );
    assert.deepEqual(graph.outputs, [15]);
    const { kernel, stride, padding, transposed } = graph.nodes[13]!.window!;
    assert.deepEqual([kernel, stride, padding, transposed], [[4, 4], [2, 2], [1, 1], true]);
  });

  it("a dense block reads all layers before", () => {
    assert.deepEqual(lines(check(new Dense(), [4, 5, 5])), [
      "0 input 1×4×5×5 ← ",
      "1 convolution Conv2d (layers.0) 1×2×5×5 ← 0",
      "2 concat cat 1×6×5×5 ← 0 1",
      "3 convolution Conv2d (layers.1) 1×2×5×5 ← 2",
      "4 concat cat 1×8×5×5 ← 2 3",
    ]);
  });

  it("a model that is one function", () => {
    class Half extends nn.Module {
      forward(x: Tensor): Tensor {
        return x.mul(0.5).relu();
      }
    }
    assert.deepEqual(lines(networkGraph(new Half(), [3])), [
      "0 input 1×3 ← ",
      "1 activation mul → relu 1×3 ← 0",
    ]);
  });
});
