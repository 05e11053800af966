// `fovea export`: the weights of a run as a file that PyTorch, Paddle, NumPy or safetensors read.
import path from "node:path";
import { OptionError } from "../base/errors.ts";
import { openWeights, weightsOf } from "../interop/index.ts";
import { command, jsonOption } from "./command.ts";
import { choice, text } from "./options.ts";
import { bytes, count, style } from "./terminal.ts";
import { checkFree, type FormatName, formatOf, stored, writeOptions, writeWeights } from "./weightFormats.ts";
import { loadClassifier } from "./weights.ts";

/** How the owner of a format reads it. */
const readers: Readonly<Record<FormatName, (file: string) => string>> = {
  safetensors: (file) => `safetensors.torch.load_file("${file}")`,
  pt: (file) => `model.load_state_dict(torch.load("${file}", weights_only=True))`,
  pdparams: (file) => `model.set_state_dict(paddle.load("${file}"))`,
  npz: (file) => `numpy.load("${file}")`,
  npy: (file) => `numpy.load("${file}")`,
};

/** The command. */
export const exportWeights = command({
  name: "export",
  summary: "Export a run's weights for PyTorch, Paddle, NumPy or as safetensors.",
  usage: "export <run> format=<format> [options]",
  notes: [
    "<run> is a run's folder, or a .safetensors file that fovea train has saved. The same network written in PyTorch, with the names of torchvision, loads .pt by name; written in Paddle it loads .pdparams by name, whose dense weights are transposed and whose statistics are called _mean and _variance, as Paddle has them.",
    "Without out the file goes beside the weights and is called after the network.",
  ],
  examples: [
    "fovea export runs/classify/train format=pt",
    "fovea export runs/classify/train format=safetensors dtype=float16 weights=last",
    "fovea export runs/classify/train out=lenet.pdparams --json",
  ],
  options: {
    out: text(null, "<file>", "where the file goes"),
    weights: choice(["best", "last"], "best", "which weights of the run"),
    ...writeOptions,
    ...jsonOption,
  },
  run: async ({ values, operands, given }, { out }) => {
    const [where, ...more] = operands;
    if (where === undefined || more.length > 0) {
      throw new OptionError(
        `export takes one run's folder; got ${operands.length}. Example: ${exportWeights.examples[0]}`,
      );
    }
    if (values.out === null && values.format === "auto") {
      throw new OptionError(`export needs a format. Example: ${exportWeights.examples[0]}`);
    }
    const isFile = where.endsWith(".safetensors");
    if (isFile && given.has("weights"))
      throw new OptionError(`weights can't be chosen: ${where} is a file already`);
    const source = isFile ? where : path.join(where, "weights", `${values.weights}.safetensors`);
    const { network, info, file } = await loadClassifier(source);
    const to = values.out ?? path.join(path.dirname(file), `${info.model}.${values.format}`);
    const format = formatOf(to, values.format);
    await checkFree(to, values["exist-ok"]);
    const arrays = await weightsOf(network, { layout: format === "pdparams" ? "paddle" : "pytorch" });
    for (const [name, array] of arrays) arrays.set(name, stored(array, array.storedAs, values.dtype, format));
    const saved = await openWeights(file);
    await saved.close();
    const size = await writeWeights(to, format, arrays, saved.metadata);
    if (values.json) {
      const facts = { weights: file, model: info.model, to, format, tensors: arrays.size, bytes: size };
      out.write(`${JSON.stringify(facts)}\n`);
      return 0;
    }
    out.write(
      `${style(out, "bold", to)}: ${info.model} as ${format}, ${count(arrays.size)} tensors, ${bytes(size)}\n${readers[format](to)}\n`,
    );
    return 0;
  },
});
