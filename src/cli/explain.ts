// `fovea explain`: what a saved network's answer for a picture rests on, as a map over the picture.
import { nearest, OptionError } from "../base/errors.ts";
import { gradCam, integratedGradients, occlusion, saliency } from "../explain/index.ts";
import { softmax } from "../nn/functional/index.ts";
import type { Module } from "../nn/module/module.ts";
import { encodePng } from "../picture/encode.ts";
import { decodeImage } from "../picture/image.ts";
import { noGrad } from "../tensor/gradmode.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { command, deviceOptions, jsonOption, useDevice } from "./command.ts";
import { explanationPicture } from "./explanationPicture.ts";
import { invertNote, invertOption, networkInput } from "./networkInput.ts";
import { choice, flag, integer, text } from "./options.ts";
import { ReviewProgressView } from "./reviewView.ts";
import { percent, style, type Terminal } from "./terminal.ts";
import { loadClassifier, readBytes, weightsNote } from "./weights.ts";
import { writeAside } from "./writeAside.ts";

const methods = ["gradcam", "occlusion", "saliency", "integrated"] as const;
type Method = (typeof methods)[number];

/** Classes that an error lists, at most. */
const mostNamed = 12;

/** A map over the network's input, `[1, H, W]`. */
interface Explanation {
  readonly map: Tensor;
  /** What the numbers of the map are. */
  readonly unit: string;
  /** The layer whose maps were weighted; null for the methods without. */
  readonly layer: string | null;
}

/** The command. */
export const explain = command({
  name: "explain",
  summary: "Show what an answer rests on: a map over the picture of what speaks for a class.",
  usage: "explain <weights> <picture> [options]",
  notes: [
    `${weightsNote} The picture may be PNG, JPEG or WebP of any size.`,
    "gradcam: where a layer found what speaks for the class, coarse but robust. occlusion: how far the probability drops where a patch is covered. saliency: which pixels the score answers to most. integrated: what each pixel adds to the score, against the mean of the pictures trained on. A map shows what the network looks at, not whether that is a good reason.",
    "The picture that is written has the network's input on the left and the map over it on the right; where a file of that name exists, a number is added.",
    invertNote,
  ],
  examples: [
    "fovea explain lenet-mnist digit.png",
    "fovea explain runs/classify/train photo.jpg method=occlusion target=cat",
    "fovea explain lenet-mnist digit.png layer=conv2 out=conv2.png --json",
  ],
  options: {
    method: choice(methods, "gradcam", "how the map is made"),
    layer: text(null, "<path>", "of gradcam: the layer, by its dotted path; by default the last with a map"),
    target: text(null, "<class>", "the class that is explained, by name or number; by default the likeliest"),
    size: integer(null, "of occlusion: pixels that a patch covers; by default an eighth of the side"),
    out: text("explain.png", "<file.png>", "where the picture goes"),
    "exist-ok": flag("write the picture although its file exists"),
    top: integer(3, "how many classes to name"),
    ...invertOption,
    ...deviceOptions,
    ...jsonOption,
  },
  run: async ({ values, operands }, { out, err }) => {
    const [where, file, ...more] = operands;
    if (where === undefined || file === undefined || more.length > 0) {
      throw new OptionError(
        `explain takes a weights file and one picture; got ${operands.length}. Example: ${explain.examples[0]}`,
      );
    }
    if (!/\.png$/i.test(values.out)) throw new OptionError(`out is a .png file; got "${values.out}"`);
    checkMethod(values);
    useDevice(values);
    const { network, info, file: weights } = await loadClassifier(where);
    const picture = await decodeImage(await readBytes(file), { file });
    const { x, shown, inverted } = networkInput(picture, info, values.invert);
    const probabilities = noGrad(() => softmax(network.forward(x), 1)).dataSync();
    const order = Array.from(info.classes, (_, i) => i).sort((a, b) => probabilities[b]! - probabilities[a]!);
    const target = values.target === null ? order[0]! : classIndex(values.target, info.classes);
    const answer = (i: number) => ({ class: info.classes[i]!, probability: probabilities[i]! });
    const top = order.slice(0, values.top).map(answer);

    const { map, unit, layer } = await explained(values, network, x, target, err);
    const [, height, width] = map.shape as [number, number, number];
    const heat = { width, height, values: map.dataSync() };
    const most = Float64Array.from(heat.values).reduce((a, b) => Math.max(a, b), 0);
    const title = `${values.method}: ${answer(target).class} ${percent(answer(target).probability)}`;
    const drawn = await encodePng(explanationPicture(shown, heat, title));
    const written = await writeAside(values.out, drawn, values["exist-ok"]);
    if (values.json) {
      const facts = { weights, model: info.model, file, inverted, method: values.method, layer };
      const found = { target: answer(target), top, map: { width, height, most, unit }, picture: written };
      out.write(`${JSON.stringify({ ...facts, ...found })}\n`);
      return 0;
    }
    out.write(`${file}  ${top.map((one) => `${one.class} ${percent(one.probability)}`).join("  ")}\n`);
    const at = layer === null ? "" : ` at ${layer}`;
    out.write(`${values.method} of ${style(out, "bold", answer(target).class)}${at}: ${written}\n`);
    out.write(`the map's largest value is ${most.toPrecision(3)}, ${unit}\n`);
    if (most === 0) out.write("nothing in this map speaks for the class\n");
    return 0;
  },
});

/** Throws OptionError for options of one method that are given for another. */
function checkMethod({
  method,
  layer,
  size,
}: {
  method: Method;
  layer: string | null;
  size: number | null;
}): void {
  if (layer !== null && method !== "gradcam") {
    throw new OptionError(`layer is for method=gradcam; ${method} looks at the whole network`);
  }
  if (size !== null && method !== "occlusion") throw new OptionError("size is for method=occlusion");
}

async function explained(
  { method, layer, size }: { method: Method; layer: string | null; size: number | null },
  network: Module,
  x: Tensor,
  target: number,
  err: Terminal,
): Promise<Explanation> {
  switch (method) {
    case "gradcam": {
      const found = gradCam(network, x, { target, ...(layer !== null && { layer }) });
      return { map: found.map, unit: "in units of the score", layer: found.layer };
    }
    case "saliency":
      return {
        map: saliency(network, x, { target }).map,
        unit: "score for a step of 1 of the input",
        layer: null,
      };
    case "integrated":
      return {
        map: integratedGradients(network, x, { target }).map,
        unit: "in units of the score",
        layer: null,
      };
    case "occlusion": {
      const view = new ReviewProgressView(err);
      const onProgress = (progress: { done: number; total: number }) =>
        progress.done > 0 && view.show(progress);
      const options = { target, onProgress, ...(size !== null && { size }) };
      const { map } = await occlusion(network, x, options).finally(() => view.clear());
      return { map, unit: "drop of the probability", layer: null };
    }
  }
}

/** A class by its name, or else by its number. */
function classIndex(target: string, classes: readonly string[]): number {
  const named = classes.indexOf(target);
  if (named >= 0) return named;
  const index = /^\d+$/.test(target) ? Number(target) : -1;
  if (index >= 0 && index < classes.length) return index;
  const near = nearest(
    target,
    classes.filter((name) => name.length > 2),
  );
  const known = classes.slice(0, mostNamed).map((name, i) => `${i} ${name}`);
  const more = classes.length > mostNamed ? `, … ${classes.length - 1} ${classes.at(-1)}` : "";
  throw new OptionError(
    `target: there is no class "${target}"; ${near ? `did you mean "${near}"? ` : ""}Known: ${known.join(", ")}${more}`,
  );
}
