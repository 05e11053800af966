// How the page Model folds a network's graph and draws it: pure parts, on networks of the zoo.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import "../../src/index.ts";
import { type NetworkGraph, networkGraph } from "../../src/inspect/index.ts";
import { outlineOf } from "../../src/vision/outline.ts";
import { allGroups, foldedAtFirst, placeOf, viewOf } from "../../studio/model/fold.ts";
import { layered } from "../../studio/model/layout.ts";

const graphs = new Map<string, NetworkGraph>();
function graphOf(model: string, input: readonly number[]): NetworkGraph {
  const known = graphs.get(model) ?? networkGraph(outlineOf(model, { classes: 10, input }), input);
  graphs.set(model, known);
  return known;
}

const resnet = () => graphOf("resnet50", [3, 64, 64]);
const googlenet = () => graphOf("googlenet", [3, 64, 64]);

function draw(graph: NetworkGraph, folded: ReadonlySet<number>) {
  const view = viewOf(graph, folded);
  const boxes = view.items.map(({ key }) => ({ key, width: 100, height: 40 }));
  return { view, drawing: layered(boxes, view.links, { x: 20, y: 30 }) };
}

describe("folding", () => {
  it("a residual network begins with its blocks, each one item with its sums", () => {
    const graph = resnet();
    const folded = foldedAtFirst(graph);
    const { items, links } = viewOf(graph, folded);
    assert.equal(items.filter(({ group }) => group?.name === "Bottleneck").length, 16);
    assert.equal(
      items.flatMap(({ members }) => members).length,
      graph.nodes.length,
      "every node is in one item",
    );
    const places = new Map(items.map(({ key }, i) => [key, i]));
    for (const { from, to } of links) assert.ok(places.get(from)! < places.get(to)!);
  });

  it("open blocks have frames, folded ones have none", () => {
    const graph = resnet();
    assert.equal(viewOf(graph, new Set()).frames.length, graph.groups.length - 1);
    assert.equal(viewOf(graph, allGroups(graph)).frames.length, 0);
  });

  it("a layer is found in what is folded, and so is a block", () => {
    const graph = resnet();
    const layer = placeOf(graph, "layer2.1.conv2", allGroups(graph))!;
    assert.ok(viewOf(graph, layer.folded).items.some(({ key }) => key === layer.key));
    const block = placeOf(graph, "layer2.1", new Set())!;
    assert.ok(viewOf(graph, block.folded).items.some(({ key }) => key === block.key));
    assert.equal(placeOf(graph, "", new Set()), null);
  });
});

describe("drawing", () => {
  for (const [name, graph] of [
    ["resnet50", resnet],
    ["googlenet", googlenet],
  ] as const) {
    it(`${name}: nothing overlaps, and lines go down`, () => {
      const { view, drawing } = draw(graph(), new Set());
      const { places, rows, ways, width, height } = drawing;
      for (const { from, to } of view.links) assert.ok(rows.get(from)! < rows.get(to)!);
      for (const [a, { key }] of view.items.entries()) {
        const p = places.get(key)!;
        assert.ok(p.x >= 50 - 1e-6 && p.x <= width - 50 + 1e-6 && p.y >= 20 && p.y <= height - 20);
        for (const { key: other } of view.items.slice(a + 1)) {
          const q = places.get(other)!;
          assert.ok(
            Math.abs(p.x - q.x) >= 120 - 1e-6 || Math.abs(p.y - q.y) >= 70 - 1e-6,
            `${key} and ${other}`,
          );
        }
      }
      for (const way of ways) for (const [i, { y }] of way.slice(1).entries()) assert.ok(y >= way[i]!.y);
    });
  }

  it("the four branches of an inception block lie beside each other without a crossing", () => {
    const graph = googlenet();
    const { drawing, view } = draw(graph, new Set());
    const block = graph.nodes.filter(({ path }) => path.startsWith("inception3a."));
    const firstRow = Math.min(...block.map(({ id }) => drawing.rows.get(`n${id}`)!));
    const first = block.filter(({ id }) => drawing.rows.get(`n${id}`) === firstRow);
    assert.equal(first.length, 4);
    const inside = view.links.filter(({ from, to }) =>
      [from, to].every((key) => block.some(({ id }) => `n${id}` === key)),
    );
    const branchOf = (key: string) => graph.nodes[Number(key.slice(1))]!.path.split(".")[1];
    for (const { from, to } of inside) assert.equal(branchOf(from), branchOf(to));
  });

  it("a chain is one straight line", () => {
    const { drawing } = draw(graphOf("lenet", [1, 28, 28]), new Set());
    assert.deepEqual([...new Set([...drawing.places.values()].map(({ x }) => x))], [50]);
  });
});
