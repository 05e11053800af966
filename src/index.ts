// The public face of Fovea; importing it gives tensors their methods and chooses the default backend.

import { createWasmBackend } from "./backend/wasm/backend.ts";
import { setDefaultBackend } from "./graph/engine.ts";

setDefaultBackend(() => createWasmBackend());

export { grad } from "./autograd/backward.ts";
export type { DType, TypedArray } from "./base/dtype.ts";
export * from "./base/errors.ts";
export type { Shape } from "./base/shape.ts";
export { getBackend, setBackend, withBackend } from "./graph/session.ts";
export * as nn from "./nn/index.ts";
export * from "./ops/index.ts";
export * as optim from "./optim/index.ts";
export { isGradEnabled, noGrad } from "./tensor/gradmode.ts";
export { manualSeed } from "./tensor/random.ts";
export { type NestedArray, Tensor, tensor } from "./tensor/tensor.ts";
export { createWasmBackend };
