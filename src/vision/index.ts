// Blocks and networks for pictures, and the networks by name.
export * from "./blocks/index.ts";
export * from "./models/index.ts";
export { type ModelEntry, type ModelOptions, makeModel, model, models } from "./zoo.ts";
