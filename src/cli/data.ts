// `fovea data`: the commands about data sets.
import type { CommandGroup } from "./command.ts";

/** The group. */
export const data: CommandGroup = {
  name: "data",
  summary: "Check and show pictures before training; list public data sets, and download them.",
  commands: new Map([
    ["list", async () => (await import("./dataList.ts")).dataList],
    ["get", async () => (await import("./dataGet.ts")).dataGet],
    ["check", async () => (await import("./dataCheck.ts")).dataCheck],
    ["show", async () => (await import("./dataShow.ts")).dataShow],
  ]),
};
