// `fovea predict`: the classes of image files by saved weights.

import { FoveaError, OptionError } from "../base/errors.ts";
import { softmax } from "../nn/functional/index.ts";
import type { Module } from "../nn/module/module.ts";
import { decodeImage } from "../picture/image.ts";
import type { Picture } from "../picture/picture.ts";
import { noGrad } from "../tensor/gradmode.ts";
import type { ModelInfo } from "../train/checkpoint.ts";
import type { Invert } from "../train/preparePicture.ts";
import { command, deviceOptions, jsonOption, useDevice } from "./command.ts";
import { invertNote, invertOption, networkInput } from "./networkInput.ts";
import { flag, integer, text } from "./options.ts";
import { pictureFiles } from "./pictureFiles.ts";
import { percent, style } from "./terminal.ts";
import { loadClassifier, readBytes, weightsNote } from "./weights.ts";

/** What the network says of one picture. */
interface Prediction {
  readonly file: string;
  readonly inverted: boolean;
  /** The likeliest classes, best first. */
  readonly top: readonly { readonly class: string; readonly probability: number }[];
}

/** The command. */
export const predict = command({
  name: "predict",
  summary: "Say what is on pictures: the likeliest classes with their probabilities.",
  usage: "predict <weights> <picture|folder …> [options]",
  notes: [
    `${weightsNote} Pictures may be PNG, JPEG or WebP of any size, and a folder stands for all pictures in it; they are turned upright by EXIF and brought to the network by the transforms that are saved with the weights.`,
    invertNote,
    "With --json --lines there is a JSON object a line, a prediction or an error with its file, and pictures that can't be read do not make the exit code 1.",
  ],
  examples: [
    "fovea predict lenet-mnist digit.png",
    "fovea predict runs/classify/train/weights/best.safetensors digit.png",
    "fovea predict runs/classify/train *.png top=3 --json",
    "fovea predict runs/classify/train holiday/",
  ],
  options: {
    top: integer(3, "how many classes to name"),
    ...invertOption,
    from: text(null, "<file>", "a file that names further pictures, one a line"),
    lines: flag("with --json: a line for each picture as soon as it is seen"),
    ...deviceOptions,
    ...jsonOption,
  },
  run: async ({ values, operands }, { out, err }) => {
    const [where, ...named] = operands;
    const pictures = [...named, ...(await listed(values.from))];
    if (where === undefined || pictures.length === 0) {
      throw new OptionError(
        `predict takes a weights file and at least one image. Example: ${predict.examples[0]}`,
      );
    }
    const files = await pictureFiles(pictures);
    useDevice(values);
    const { network, info, file: weights } = await loadClassifier(where);
    const results: Prediction[] = [];
    const errors: { file: string; error: string }[] = [];
    const width = files.reduce((widest, { length }) => Math.max(widest, length), 0);
    const isByLine = values.json && values.lines;
    for (const file of files) {
      try {
        const picture = await decodeImage(await readBytes(file), { file });
        const result = await classify(network, info, picture, file, values);
        results.push(result);
        if (isByLine) out.write(`${JSON.stringify(result)}\n`);
        if (!values.json) out.write(`${line(result, width, (best) => style(out, "bold", best))}\n`);
      } catch (error) {
        if (!(error instanceof FoveaError)) throw error;
        errors.push({ file, error: error.message });
        if (isByLine) out.write(`${JSON.stringify({ file, error: error.message })}\n`);
        err.write(`${style(err, "red", "error:")} ${error.message}\n`);
      }
    }
    if (isByLine) return 0;
    if (values.json) out.write(`${JSON.stringify({ weights, model: info.model, results, errors })}\n`);
    else if (errors.length > 0 && files.length > 1) {
      err.write(`${errors.length} of ${files.length} pictures could not be read\n`);
    }
    return errors.length > 0 ? 1 : 0;
  },
});

/** The pictures that a file names. */
async function listed(file: string | null): Promise<string[]> {
  if (file === null) return [];
  const lines = new TextDecoder().decode(await readBytes(file)).split(/\r?\n/);
  return lines.filter((name) => name.trim() !== "");
}

async function classify(
  network: Module,
  info: ModelInfo,
  picture: Picture,
  file: string,
  { top, invert }: { top: number; invert: Invert },
): Promise<Prediction> {
  const { x, inverted } = networkInput(picture, info, invert);
  const probabilities = await noGrad(() => softmax(network.forward(x), 1)).data();
  const order = Array.from(info.classes, (_, i) => i).sort((a, b) => probabilities[b]! - probabilities[a]!);
  return {
    file,
    inverted,
    top: order.slice(0, top).map((i) => ({ class: info.classes[i]!, probability: probabilities[i]! })),
  };
}

function line({ file, top }: Prediction, width: number, emphasise: (best: string) => string): string {
  const [best, ...rest] = top.map((answer) => `${answer.class} ${percent(answer.probability)}`);
  return `${file.padEnd(width)}  ${[emphasise(best!), ...rest].join("  ")}`;
}
