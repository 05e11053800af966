// `fovea data`: the commands about data sets.
import type { CommandGroup } from "./command.ts";

/** The group. */
export const data: CommandGroup = {
  name: "data",
  summary:
    "Check pictures and their labels before training, and show them; list public data sets, and download them.",
  commands: new Map([
    ["list", async () => (await import("./dataList.ts")).dataList],
    ["get", async () => (await import("./dataGet.ts")).dataGet],
    ["check", async () => (await import("./dataCheck.ts")).dataCheck],
    ["labels", async () => (await import("./dataLabels.ts")).dataLabels],
    ["export", async () => (await import("./dataExport.ts")).dataExport],
    ["show", async () => (await import("./dataShow.ts")).dataShow],
  ]),
};
