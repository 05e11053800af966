// Mistakes with labels and their journal.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { exportLabels, LabelJournal, LabelState, type NewAct, readLabels } from "../../src/data/index.ts";
import { FoveaError } from "../../src/index.ts";

const head = '{"format":"fovea-labels","version":1}';

/** What a folder with a journal of some lines throws; messages hold no path of this machine. */
async function inFolder(
  lines: readonly string[] | null,
  call: (folder: string) => Promise<unknown>,
): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "fovea-errors-"));
  try {
    if (lines) writeFileSync(path.join(folder, "labels.jsonl"), `${lines.join("\n")}\n`);
    await call(folder);
  } catch (error) {
    if (!(error instanceof FoveaError)) throw error;
    const shown = new FoveaError(error.message.replaceAll(folder, "photos"));
    shown.name = error.name;
    throw shown;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const read = (...lines: string[]) => inFolder(lines, readLabels);

async function add(folder: string, ...acts: object[]): Promise<void> {
  const journal = await LabelJournal.open(folder);
  try {
    await journal.add(acts as NewAct[]);
  } finally {
    await journal.close();
  }
}

const acts = (...all: object[]) => inFolder(null, (folder) => add(folder, ...all));

/** Calls that have to throw, by name. */
export const mistakes: Record<string, () => unknown> = {
  "damaged line": () => read(head, '{"n":1,"act":', '{"n":2,"at":"","act":"skip","pictures":["a.png"]}'),
  "another file": () => read('{"file_name":"a.png","label":"cat"}'),
  "later version": () => read('{"format":"fovea-labels","version":2}'),
  "later act": () => read(head, '{"n":1,"at":"","act":"rotate","pictures":["a.png"]}'),
  "misspelt act": () => acts({ act: "lable", class: "cat", pictures: ["a.png"] }),
  "number twice": () => read(head, ...[1, 2].map(() => '{"n":1,"at":"","act":"skip","pictures":["a.png"]}')),
  "undone twice": () => read(head, '{"n":1,"at":"","act":"undo","of":1}'),
  "nothing to undo": () => acts({ act: "undo" }),
  "class there": () => acts({ act: "class", class: "cat" }, { act: "class", class: "cat" }),
  "class gone": () =>
    acts(
      { act: "class", class: "tabby" },
      { act: "rename", class: "tabby", to: "tabbies" },
      { act: "label", class: "tabby", pictures: ["a.png"] },
    ),
  "class in itself": () => acts({ act: "merge", class: "cat", into: "cat" }),
  "class as a path": () => acts({ act: "class", class: "cat/tabby" }),
  "class without a name": () => acts({ act: "class" }),
  "picture outside": () => acts({ act: "skip", pictures: ["../a.png"] }),
  "no pictures": () => acts({ act: "drop", pictures: [] }),
  id: () => acts({ act: "skip", pictures: ["a.png"], id: "a b" }),
  "no such folder": () => LabelJournal.open("photos-of-nobody"),
  "open twice": () =>
    inFolder(null, async (folder) => {
      const journal = await LabelJournal.open(folder);
      await LabelJournal.open(folder).finally(() => journal.close());
    }),
  "another writer": () =>
    inFolder(null, async (folder) => {
      writeFileSync(path.join(folder, "labels.jsonl.studio-pc.812.lock"), "");
      await LabelJournal.open(folder);
    }),
  "option of a journal": () =>
    inFolder(null, (folder) => LabelJournal.open(folder, { clock: Date } as object)),
  "redo without undo": () => new LabelState().apply({ n: 1, act: { act: "redo", of: 4 } }),
  "export without labels": () =>
    inFolder([head, '{"n":1,"at":"","act":"class","class":"cat"}'], (folder) =>
      exportLabels(folder, { to: "out" }),
    ),
  "export into itself": () =>
    inFolder([head, '{"n":1,"at":"","act":"label","class":"cat","pictures":["a.png"]}'], async (folder) => {
      writeFileSync(path.join(folder, "a.png"), "");
      await exportLabels(folder, { to: path.join(folder, "out") });
    }),
  "export option": () => exportLabels("photos", { into: "out" } as never),
};
