// Mistakes with event files.
import { EventWriter } from "../../src/interop/index.ts";

const events = () => new EventWriter(() => {});
const picture = { width: 2, height: 2, channels: 1, data: new Uint8Array(3) };

/** Calls that have to throw, by name. */
export const mistakes: Record<string, () => unknown> = {
  "unknown option": () => new EventWriter(() => {}, { buffer: 1 } as object),
  "buffer below 0": () => new EventWriter(() => {}, { bufferBytes: -1 }),
  "scalar without a tag": () => events().scalar("", 1, 1),
  "scalar between steps": () => events().scalar("train/loss", 1, 1.5),
  "histogram before the first step": () => events().histogram("weights", [1], -1),
  "image of too few bytes": () => events().image("first", picture, 1),
  "restart at no number": () => events().restart(Number.NaN),
};
