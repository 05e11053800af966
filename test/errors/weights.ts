// Mistakes with files of weights.
import {
  type ArrayToStore,
  encodeNpy,
  encodeNpz,
  encodePaddle,
  encodePyTorch,
  encodeSafetensors,
  openWeights,
  readWeights,
} from "../../src/interop/index.ts";
import { dictionary, tensor, torchZip } from "../support/pickles.ts";

const floats: ArrayToStore = { dtype: "float32", shape: [2], data: Float32Array.of(1, 1e6) };
const named = (array: ArrayToStore) => new Map([["conv.weight", array]]);
const checkpoint = torchZip(
  dictionary({ model: dictionary({ w: tensor() }), ema: dictionary({ w: tensor() }) }),
);
const text = (content: string) => new TextEncoder().encode(content);
const file = "model.pt";

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
};
