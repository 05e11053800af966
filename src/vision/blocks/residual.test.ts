// The shortcut without parameters, and the networks that have it.
import assert from "node:assert/strict";
import { it } from "node:test";
import { arange, zeros } from "../../index.ts";
import { resnet20 } from "../models/index.ts";
import { BasicBlock, PaddedShortcut } from "./residual.ts";

it("a padded shortcut takes every other pixel, between channels of zeros", async () => {
  const x = arange(18).cast("float32").reshape([1, 2, 3, 3]);
  const y = new PaddedShortcut(2, 5, 2).forward(x);
  assert.deepEqual(y.shape, [1, 5, 2, 2]);
  const zero = [0, 0, 0, 0];
  assert.deepEqual([...(await y.data())], [...zero, 0, 2, 6, 8, 9, 11, 15, 17, ...zero, ...zero]);
});

it("a block with it adds what it gives, and has no parameters beside its convolutions'", async () => {
  const block = new BasicBlock(2, 4, { stride: 2, shortcut: "padding" }).eval();
  for (const conv of [block.conv1, block.conv2]) conv.weight.assign(zeros(conv.weight.shape));
  const x = arange(18).cast("float32").reshape([1, 2, 3, 3]);
  const wanted = await new PaddedShortcut(2, 4, 2).forward(x).data();
  assert.deepEqual([...(await block.forward(x).data())], [...wanted]);
  assert.equal([...block.namedParameters()].length, 6);
});

it("ResNet-20 with it has the paper's number of parameters and maps of the same sizes", () => {
  const net = resnet20({ shortcut: "padding" });
  assert.equal(
    net.parameters().reduce((sum, { size }) => sum + size, 0),
    269_722,
  );
  assert.deepEqual(net.forward(zeros([2, 3, 31, 32])).shape, [2, 10]);
});
