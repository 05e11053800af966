// A strange picture on its way to a saved model: channels, size, and brightness turned round where the background is the other way.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Compose, Letterbox, RGB, ToTensor } from "../transforms/index.ts";
import { preparePicture } from "./index.ts";

const paper = (value: number, ink: number) => ({
  width: 4,
  height: 2,
  channels: 1,
  data: Uint8Array.from({ length: 8 }, (_, i) => (i === 5 ? ink : value)),
});
const coloured = {
  input: [3, 8, 8],
  background: 0,
  transforms: new Compose([new RGB(), new Letterbox(8), new ToTensor()]),
};

test("a picture gets the network's channels and size", () => {
  const { picture, wasInverted } = preparePicture(paper(20, 240), coloured);
  assert.deepEqual([picture.channels, picture.height, picture.width], [3, 8, 8]);
  assert.equal(wasInverted, false);
});

test("brightness is turned round where the border is the other way, or as it is asked", () => {
  const corner = (value: number, background: number, invert?: "auto" | "yes" | "no") => {
    const { picture, wasInverted } = preparePicture(paper(value, 128), { ...coloured, background }, invert);
    return [picture.data[0], wasInverted];
  };
  assert.deepEqual(corner(250, 0), [5, true]);
  assert.deepEqual(corner(250, 0.9), [250, false]);
  assert.deepEqual(corner(5, 1), [250, true]);
  assert.deepEqual(corner(120, 0), [120, false], "not more than half the range apart");
  assert.deepEqual(corner(250, 0, "no"), [250, false]);
  assert.deepEqual(corner(5, 0, "yes"), [250, true]);
});
