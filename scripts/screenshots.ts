// Draws the pictures of Fovea Studio for docs/images: opens its pages in Chromium, light in English and dark in Chinese, and stores what they show as
// WebP; of all pages, or of those that are named: `npm run screenshots -- data`. Needs Chromium and a font with Chinese characters.
import { shootData } from "./screenshots/data.ts";
import { shootInspect } from "./screenshots/inspect.ts";
import { shootLabel } from "./screenshots/label.ts";
import { shootMistakes } from "./screenshots/mistakes.ts";
import { shootModel } from "./screenshots/model.ts";
import { shootTrain } from "./screenshots/train.ts";

const pages: Readonly<Record<string, () => Promise<void>>> = {
  data: shootData,
  label: shootLabel,
  model: shootModel,
  train: shootTrain,
  inspect: shootInspect,
  mistakes: shootMistakes,
};

const named = process.argv.slice(2);
for (const name of named.length > 0 ? named : Object.keys(pages)) {
  const shootPage = pages[name];
  if (!shootPage) throw new Error(`no page ${name}; known are ${Object.keys(pages).join(", ")}`);
  await shootPage();
}
