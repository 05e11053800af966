// `fovea data check`: what would spoil training on a folder of pictures or a public set, as text, JSON or a page.
import fs from "node:fs/promises";
import path from "node:path";
import { OptionError } from "../base/errors.ts";
import type { ArrayDataset } from "../data/dataset.ts";
import { readPicture } from "../data/pictureDataset.ts";
import type { Picture } from "../picture/picture.ts";
import { reviewPage } from "../review/page.ts";
import { type ReviewSource, reviewPictures } from "../review/review.ts";
import { command, jsonOption } from "./command.ts";
import { dataSets } from "./datasets.ts";
import { flag, integer, text } from "./options.ts";
import { ReviewProgressView, reviewText } from "./reviewView.ts";
import { thumbnail } from "./thumbnail.ts";
import { isFolder } from "./trainingData.ts";

/** The command. */
export const dataCheck = command({
  name: "data check",
  summary: "Say what would spoil training: damaged files, twins, wrong labels, bad light.",
  usage: "data check <folder|name> [options]",
  notes: [
    "<folder> holds a folder of pictures for each class, by itself or within train, val and test. Every picture is read once; nothing is changed, and nothing is written unless report= asks for it. Public sets are known by name, as fovea data list shows them; their pictures are compared byte by byte only.",
    "Findings are errors (training fails or its figures are wrong), warnings (accuracy suffers) and notes. docs/data-check.md has the rule of each.",
    "Exit codes: 0 no error was found, 1 there are errors, 2 wrong usage.",
  ],
  examples: [
    "fovea data check photos",
    "fovea data check photos report=review.html",
    "fovea data check mnist --json",
  ],
  options: {
    report: text(null, "<file.html>", "write a page with thumbnails of what was found"),
    threads: integer(null, "threads that read pictures; by default one for each core, at most 8", {
      min: 0,
      max: 64,
    }),
    "exact-only": flag("look for equal pictures only, not for nearly equal ones"),
    ...jsonOption,
  },
  run: async ({ values, operands }, { out, err }) => {
    const [data, ...more] = operands;
    if (data === undefined || more.length > 0) {
      throw new OptionError(
        `data check takes one folder or data set; got ${operands.length}. Example: ${dataCheck.examples[0]}`,
      );
    }
    const opened = (await isFolder(data)) ? ofFolder(data) : await ofPublicSet(data);
    const view = new ReviewProgressView(err);
    const start = performance.now();
    const review = await reviewPictures(opened.source, {
      ...(values.threads !== null && { threads: values.threads }),
      near: !values["exact-only"],
      onProgress: (progress) => view.show(progress),
    }).finally(() => view.clear());
    const seconds = (performance.now() - start) / 1000;
    if (values.report !== null) {
      const page = await reviewPage(review, {
        name: opened.name,
        thumbnail: (file) => thumbnail(() => opened.picture(file)),
      });
      await fs.mkdir(path.dirname(values.report), { recursive: true });
      await fs.writeFile(values.report, page);
    }
    if (values.json) out.write(`${JSON.stringify(review)}\n`);
    else {
      out.write(reviewText(review, opened.name, seconds, out));
      if (values.report !== null) out.write(`The page is ${values.report}\n`);
    }
    return review.findings.some(({ severity }) => severity === "error") ? 1 : 0;
  },
});

/** Data to review, and where its pictures are by name. */
interface Opened {
  readonly name: string;
  readonly source: ReviewSource;
  readonly picture: (name: string) => Promise<Picture>;
}

function ofFolder(folder: string): Opened {
  const root = folder.replace(/(?<=.)[\\/]+$/, "");
  return { name: path.basename(path.resolve(root)), source: root, picture: (file) => readPicture(file) };
}

async function ofPublicSet(name: string): Promise<Opened> {
  const entry = dataSets.get(name)!;
  const [train, test] = await Promise.all([entry.load("train"), entry.load("test")]);
  const sets: Readonly<Record<string, ArrayDataset>> = { train, test };
  return {
    name,
    source: { train, test },
    picture: async (sample) => {
      const [part, number] = sample.split(" ");
      return sets[part!]!.picture(Number(number));
    },
  };
}
