// What models say of the pictures of a set, by commands that run as processes of their own.
import { randomBytes } from "node:crypto";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { HelperJob, LabelHelper } from "../studio/labels/helper.ts";
import type { Suggestion, Suspect } from "../studio/shared/labels.ts";
import { fromYaml } from "../train/runFolder.ts";
import { dataLabels } from "./dataLabels.ts";
import { type StudioCommand, startCommand } from "./studioCommand.ts";

/** Settings of a run that tell what networks are trained and how; the others are about that run alone. */
const settings = [
  "model",
  "imgsz",
  "channels",
  "augment",
  "epochs",
  "batch",
  "optimizer",
  "lr0",
  "momentum",
  "weightDecay",
];

/** The helper. */
export const labelHelper: LabelHelper = {
  suggest({ run, folder, names }, onProgress) {
    return inFolder(async (own, begin) => {
      const list = path.join(own, "pictures.txt");
      await fs.writeFile(list, names.map((name) => `${path.join(folder, name)}\n`).join(""));
      const found: Record<string, Suggestion> = {};
      if (names.length === 0) return found;
      let done = 0;
      await begin(
        ["predict", run, `--from=${list}`, "--top=1", "--invert=no", "--json", "--lines"],
        (line) => {
          const { file, top } = JSON.parse(line) as { file: string; top?: readonly Suggestion[] };
          const [best] = top ?? [];
          if (best) found[nameOf(folder, file)] = best;
          onProgress(++done, names.length);
        },
      );
      return found;
    });
  },

  doubt({ run, folder }, onProgress) {
    return inFolder(async (own, begin) => {
      const options = run === null ? [] : await settingsOf(run);
      await begin(["data", "labels", folder, ...options, `--out=${own}`, "--exist-ok"], (line) => {
        const [, fold, folds] = /^fold (\d+) of (\d+)/.exec(line) ?? [];
        if (fold !== undefined) onProgress(Number(fold), Number(folds));
      });
      const { suspects } = JSON.parse(await fs.readFile(path.join(own, "label-errors.json"), "utf8")) as {
        suspects: readonly (Suspect & { readonly name: string })[];
      };
      return Object.fromEntries(
        suspects.map(({ name, given, suggested, score }) => [
          nameOf(folder, name),
          { given, suggested, score },
        ]),
      );
    });
  },
};

/** Does work with a folder that is gone afterwards; the command that is in progress ends where the work is cancelled. */
function inFolder<T>(
  work: (folder: string, begin: (...command: Parameters<typeof startCommand>) => Promise<void>) => Promise<T>,
): HelperJob<T> {
  let command: StudioCommand | null = null;
  let isCancelled = false;
  const folder = path.join(os.tmpdir(), `fovea-labels-${randomBytes(8).toString("hex")}`);
  const begin = (...given: Parameters<typeof startCommand>): Promise<void> => {
    command = startCommand(...given);
    if (isCancelled) command.cancel();
    return command.ended;
  };
  const result = fs
    .mkdir(folder, { mode: 0o700 })
    .then(() => work(folder, begin))
    .finally(() => fs.rm(folder, { recursive: true, force: true }));
  return {
    result,
    cancel: () => {
      isCancelled = true;
      command?.cancel();
    },
  };
}

async function settingsOf(run: string): Promise<string[]> {
  const known = fromYaml(await fs.readFile(path.join(run, "args.yaml"), "utf8"));
  return settings.flatMap((name) => {
    const value = known[name];
    const isGiven = name in dataLabels.options && value !== null && value !== undefined && value !== "auto";
    return isGiven ? [`--${name}=${String(value)}`] : [];
  });
}

/** The path of a picture within the folder, with `/`. */
function nameOf(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join("/");
}
