// Entry of `fovea/data`: the room with the whole library behind it, so that tensors have their methods and a backend.
import "../index.ts";

export * from "../data/index.ts";
export * from "../review/index.ts";
