// How training is told of an augmentation: the command, and the file or the code where no preset says it. Knows no page.
import type { TransformJson } from "../../src/entry/transforms.ts";

/** What was chosen. */
export interface Chosen {
  /** What stands behind `data=`. */
  readonly data: string;
  readonly preset: string;
  readonly isPreset: boolean;
  readonly steps: readonly TransformJson[];
  /** Null where training takes the same by itself. */
  readonly size: number | null;
  readonly seed: number;
}

/** Name of the file with steps of one's own. */
export const recipeFile = "augment.json";

/** The command that trains so. */
export function commandOf({ data, preset, isPreset, size, seed }: Chosen): string {
  const options = [
    `data=${quoted(data)}`,
    `augment=${isPreset ? preset : recipeFile}`,
    ...(size === null ? [] : [`imgsz=${size}`]),
    ...(seed === 0 ? [] : [`seed=${seed}`]),
  ];
  return `fovea train ${options.join(" ")}`;
}

/** The file with the steps. */
export function fileOf({ steps }: Chosen): string {
  const lines = steps.map((step) => `    ${JSON.stringify(step)}`);
  return `{\n  "name": "Compose",\n  "transforms": [\n${lines.join(",\n")}\n  ]\n}\n`;
}

/** A word as shells take it. */
function quoted(text: string): string {
  return /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
