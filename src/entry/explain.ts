// Entry of `fovea/explain`: the room with the whole library behind it, so that tensors have their methods and a backend.
import "../index.ts";

export * from "../explain/index.ts";
