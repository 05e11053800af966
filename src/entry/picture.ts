// Entry of `fovea/picture`: files and pixels alone, without tensors.
export * from "../picture/index.ts";
