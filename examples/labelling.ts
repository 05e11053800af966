// Labels of a folder in its journal: `node dist/examples/labelling.js` labels new pictures, drops one, takes that back, and exports class folders.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { exportLabels, LabelJournal, listPictures } from "fovea/data";
import { encodePng } from "fovea/picture";

const home = await mkdtemp(path.join(tmpdir(), "fovea-labelling-"));
const folder = path.join(home, "photos");

/** A plain picture: bright ones are called disc here, dark ones square. */
const plain = (light: number) =>
  encodePng({ width: 8, height: 8, channels: 1, data: new Uint8Array(64).fill(light) });
for (const [name, light] of [
  ["disc", 220],
  ["square", 40],
] as const) {
  await mkdir(path.join(folder, name), { recursive: true });
  for (let i = 0; i < 4; i++) await writeFile(path.join(folder, name, `${i}.png`), await plain(light + i));
}
await writeFile(path.join(folder, "new-0.png"), await plain(210));
await writeFile(path.join(folder, "new-1.png"), await plain(215));

const journal = await LabelJournal.open(folder);
await journal.add([
  { act: "label", class: "disc", pictures: ["new-0.png", "new-1.png"] },
  { act: "drop", pictures: ["square/3.png"], id: "blurred-3" },
]);
await journal.add([{ act: "undo" }]); // the drop: each act of a list is one of its own
await journal.close();
const { classes, pictures, unlabelled, dropped } = await listPictures(folder);
console.log(
  `${pictures.length} pictures in ${classes.join(", ")}; ${unlabelled.length} without a label, ${dropped.length} dropped`,
);

const exported = await exportLabels(folder, { to: path.join(home, "by-class") });
console.log(JSON.stringify(exported.classes));
await rm(home, { recursive: true });
