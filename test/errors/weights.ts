// Mistakes with files of weights.
import {
  type ArrayToStore,
  encodeNpy,
  encodeNpz,
  encodePaddle,
  encodePyTorch,
  encodeSafetensors,
  loadWeights,
  openWeights,
  readWeights,
} from "../../src/interop/index.ts";
import { Linear } from "../../src/nn/layers/index.ts";
import { BasicBlock } from "../../src/vision/index.ts";
import { dictionary, tensor, torchZip } from "../support/pickles.ts";

const floats: ArrayToStore = { dtype: "float32", shape: [2], data: Float32Array.of(1, 1e6) };
const named = (array: ArrayToStore) => new Map([["conv.weight", array]]);
const checkpoint = torchZip(
  dictionary({ model: dictionary({ w: tensor() }), ema: dictionary({ w: tensor() }) }),
);
const text = (content: string) => new TextEncoder().encode(content);
const file = "model.pt";
const matrix = (...shape: number[]): ArrayToStore => {
  return { dtype: "float32", shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) };
};
const dense = (weight: string, ...shape: number[]) =>
  new Map([
    [weight, matrix(...shape)],
    ["bias", matrix(3)],
  ]);

/** Calls that have to throw, by name. */
export const mistakes: Record<string, () => unknown> = {
  "unknown option": () => openWeights(checkpoint, { strip: true } as object),
  "a root that is not there": () => openWeights(checkpoint, { file, root: "emma" }),
  "no such file": () => openWeights("weights/none.safetensors"),
  "text instead of weights": () => openWeights(text("learning rate: 0.1"), { file }),
  "a page instead of weights": () => openWeights(text("<html>Not found</html>"), { file }),
  "a whole model": () => openWeights(torchZip(text("c__main__\nNet\n)\x81")), { file }),
  "a storage that is missing": () => openWeights(torchZip(dictionary({ w: tensor({ key: "9" }) })), { file }),
  "a tensor outside of its storage": () =>
    openWeights(torchZip(dictionary({ w: tensor({ offset: 4 }) })), { file }),
  "a tensor that repeats itself": () =>
    readWeights(torchZip(dictionary({ w: tensor({ shape: [1e9], strides: [0] }) })), { file }),
  "a shape that is not the array's": () => encodePyTorch(named({ ...floats, shape: [3] })),
  "a float beyond half precision": () => encodeSafetensors(named(floats), new Map(), { floats: "F16" }),
  "bfloat16 for NumPy": () => encodeNpy({ ...floats, storedAs: "BF16" }),
  "floats as whole numbers": () => encodePyTorch(named({ ...floats, storedAs: "I8" })),
  "unsigned numbers for Paddle": () =>
    encodePaddle(named({ dtype: "int32", shape: [1], data: Int32Array.of(1), storedAs: "U32" })),
  "an archive's name that leads elsewhere": () => encodeNpz(new Map([["../w", floats]])),
  "names that are not the model's": () => loadWeights(new Linear(2, 3), dense("weigth", 3, 2), { file }),
  "a prefix that the model lacks": () =>
    loadWeights(
      new Linear(2, 3),
      new Map([
        ["body.fc.weight", matrix(3, 2)],
        ["body.fc.bias", matrix(3)],
      ]),
      { file },
    ),
  "a name that map changed": () =>
    loadWeights(new Linear(2, 3), dense("weight", 3, 2), { file, map: { addPrefix: "fc." } }),
  "weights of another width": () => loadWeights(new Linear(2, 3), dense("weight", 3, 4), { file }),
  "weights of Paddle in another file": () => loadWeights(new Linear(2, 3), dense("weight", 2, 3), { file }),
  "weights of which nothing fits": () =>
    loadWeights(new Linear(2, 3), new Map([["w", matrix(7)]]), { file, strict: false }),
  "a rule that is none": () =>
    loadWeights(new Linear(2, 3), dense("weight", 3, 2), { map: { strip: "fc." } as never }),
  "two names that become one": () =>
    loadWeights(new Linear(2, 3), dense("weight", 3, 2), { map: () => "weight" }),
  "a layout that is none": () =>
    loadWeights(new Linear(2, 3), dense("weight", 3, 2), { layout: "keras" as never }),
  "a shortcut that is none": () => new BasicBlock(2, 4, { shortcut: "zeros" as never }),
};
