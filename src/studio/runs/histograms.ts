// How weights and gradients are spread, epoch by epoch, from the event files of a run.
import { readEventHistograms } from "../../interop/index.ts";
import type { HistogramRow, LayerHistograms } from "../shared/protocol.ts";
import { eventFiles } from "./eventFiles.ts";

/** Rows of one tensor that are given: evenly spaced ones of longer runs, with the first and the last. */
const mostRows = 24;

/** All that a run has written. */
export async function histogramsOf(folder: string): Promise<LayerHistograms[]> {
  const found = new Map<string, Map<number, HistogramRow>>();
  for (const { name, bytes } of await eventFiles(folder)) {
    try {
      for (const event of readEventHistograms(bytes, name)) {
        if ("restart" in event) {
          for (const rows of found.values())
            for (const step of rows.keys()) if (step >= event.restart) rows.delete(step);
          continue;
        }
        const { tag, step, min, max, counts } = event;
        const rows = found.get(tag) ?? new Map();
        rows.set(step, { step, min, max, counts: [...counts] });
        found.set(tag, rows);
      }
    } catch {
      // A damaged file ends where it is damaged.
    }
  }
  return [...found].flatMap(([tag, rows]): LayerHistograms[] => {
    const [, kind, name = ""] = /^(weights|gradients)\/(.*)$/.exec(tag) ?? [];
    if (kind !== "weights" && kind !== "gradients") return [];
    return [{ kind, name, rows: spaced([...rows.values()].sort((a, b) => a.step - b.step)) }];
  });
}

function spaced<T>(rows: readonly T[]): T[] {
  if (rows.length <= mostRows) return [...rows];
  return Array.from(
    { length: mostRows },
    (_, i) => rows[Math.round((i * (rows.length - 1)) / (mostRows - 1))]!,
  );
}
