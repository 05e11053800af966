// Entry of `fovea/inspect`: the room with the whole library behind it, so that tensors have their methods and a backend.
import "../index.ts";

export * from "../inspect/index.ts";
