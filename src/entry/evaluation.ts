// Entry of `fovea/transforms/evaluation`: for pages that only use a model, so without the rest of the library.
export * from "../transforms/evaluation.ts";
