// Optimizers.
export { Adam, type AdamOptions, AdamW } from "./adam.ts";
export { type Group, Optimizer, type State, type Update } from "./optimizer.ts";
export { SGD, type SGDOptions } from "./sgd.ts";
