// Entry of `fovea/review`: the room of design reviews with the whole library behind it, so that tensors have their methods and a backend.
import "../index.ts";

export * from "../design/index.ts";
