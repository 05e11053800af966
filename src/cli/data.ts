// `fovea data`: the commands about data sets.
import type { CommandGroup } from "./command.ts";

/** The group. */
export const data: CommandGroup = {
  name: "data",
  summary: "List public data sets, and download them.",
  commands: new Map([
    ["list", async () => (await import("./dataList.ts")).dataList],
    ["get", async () => (await import("./dataGet.ts")).dataGet],
  ]),
};
