// Blocks and networks for pictures, the networks by name, and what is done to pictures before.

export * as transforms from "../transforms/index.ts";
export * from "./blocks/index.ts";
export * from "./models/index.ts";
export { type ModelEntry, type ModelOptions, makeModel, model, models } from "./zoo.ts";
