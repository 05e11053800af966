// Entry of `fovea/transforms`: the room's part with the whole library behind it, so that tensors have their methods and a backend.
import "../index.ts";

export * from "../transforms/index.ts";
