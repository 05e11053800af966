// `fovea convert`: weights of one format as a file of another, with names and element types changed where that is asked for.
import { OptionError } from "../base/errors.ts";
import {
  type ArrayToStore,
  type Layout,
  loadWeights,
  matchWeights,
  openWeights,
  type TensorFile,
  WeightsError,
} from "../interop/index.ts";
import { targetsOf, weightsOf } from "../interop/model/layout.ts";
import { renamed } from "../interop/model/names.ts";
import { ownTypes } from "../interop/stored/arrays.ts";
import type { Module } from "../nn/module/module.ts";
import { classifierFormat } from "../train/checkpoint.ts";
import { command, jsonOption } from "./command.ts";
import { nameOptions, nameRule } from "./nameMap.ts";
import { describedNetwork, networkOptions } from "./networks.ts";
import { text, type Values } from "./options.ts";
import { bytes, count, style } from "./terminal.ts";
import { checkFree, type FormatName, formatOf, stored, writeOptions, writeWeights } from "./weightFormats.ts";
import { weightsFile } from "./weights.ts";

const options = {
  ...writeOptions,
  ...nameOptions,
  root: text(null, "<keys>", "the dictionary of a checkpoint that is meant, by keys with dots between"),
  ...networkOptions,
  model: text(
    null,
    "<name>",
    "the network that the weights are for, so that Paddle's layout can be converted",
  ),
  ...jsonOption,
};

const wayOut =
  "give the network that they were saved from, its classes and pictures, and what its names are, such as map='s/^linear\\./fc./'";
const unconverted =
  "names and values are as they were; model= converts between Paddle's layout and PyTorch's";

/** The command. */
export const convert = command({
  name: "convert",
  summary: "Convert weights: safetensors, PyTorch, Paddle, NumPy; names, half precision, Paddle's layout.",
  usage: "convert <from> <to> [options]",
  notes: [
    "<from> is a file of any of these formats, which its content tells, or a run's folder, which stands for its best weights. Element types stay as they are where the new format has them, and become the wider type that they are read as where it has not. What a file says beside its tensors is kept by safetensors alone.",
    "Without model= names and values are copied. With it, or from weights that fovea train has saved and whose names stay, they have to fit the network, and the layout is converted: Paddle keeps the weights of dense layers transposed, calls the statistics of batch normalisation _mean and _variance, and does not count batches. A file of Paddle's is recognised by its shapes.",
  ],
  examples: [
    "fovea convert resnet20.th resnet20.safetensors strip-prefix=module.",
    "fovea convert resnet20.th half.safetensors dtype=float16",
    "fovea convert lenet.pdparams lenet.pt model=lenet",
    "fovea convert runs/classify/train lenet.npz",
  ],
  options,
  run: async ({ values, operands, given }, { out }) => {
    const [from, to, ...more] = operands;
    if (from === undefined || to === undefined || more.length > 0) {
      throw new OptionError(
        `convert takes the file to read and the file to write; got ${operands.length}. Example: ${convert.examples[0]}`,
      );
    }
    const format = formatOf(to, values.format);
    await checkFree(to, values["exist-ok"]);
    const file = await openWeights(
      await weightsFile(from),
      values.root === null ? {} : { root: values.root },
    );
    try {
      const network = await knownNetwork(file, values, given);
      const { arrays, shown } = network
        ? await throughNetwork(network, file, values, format)
        : await copied(file, values, format);
      if (shown !== null && !values.json) out.write(`${shown}\n`);
      const size = await writeWeights(to, format, arrays, metadataOf(file));
      const isOtherLayout = (format === "pdparams") !== (file.format === "paddle");
      const note = network === null && isOtherLayout ? unconverted : null;
      const facts = { from: file.file, to, format, tensors: arrays.size, bytes: size };
      if (values.json) {
        const tensors = Array.from(arrays, ([name, { dtype, shape, storedAs }]) => ({
          name,
          shape,
          storedAs: storedAs ?? ownTypes[dtype],
        }));
        out.write(`${JSON.stringify({ ...facts, tensors, note })}\n`);
        return 0;
      }
      out.write(`${style(out, "bold", to)}: ${format}, ${count(arrays.size)} tensors, ${bytes(size)}\n`);
      if (note !== null) out.write(`${note}\n`);
      return 0;
    } finally {
      await file.close();
    }
  },
});

/**
 * The network that the weights are for, where that is known: from the options, or from what fovea train has saved, unless that is to get
 * other names than the network's.
 */
async function knownNetwork(
  { metadata, file }: TensorFile,
  values: Values<typeof options>,
  given: ReadonlySet<string>,
): Promise<Module | null> {
  const isRenamed = values.map !== null || values["strip-prefix"] !== null;
  if (values.model === null && !isRenamed && metadata.get("format") === classifierFormat) {
    return (await describedNetwork(file, { ...values, model: "" }, given)).network;
  }
  if (values.model !== null) {
    return (await describedNetwork(undefined, { ...values, model: values.model }, given)).network;
  }
  const lonely = Object.keys(networkOptions).filter((name) => given.has(name));
  if (lonely.length > 0)
    throw new OptionError(`${lonely.join(", ")} need model=, the network that they are for`);
  if (values.map === "order")
    throw new OptionError("map=order needs model=, the network whose order is meant");
  return null;
}

/** What is to be written, and what has to be shown first. */
interface Converted {
  readonly arrays: ReadonlyMap<string, ArrayToStore>;
  readonly shown: string | null;
}

/** Tensor by tensor, under new names. */
async function copied(
  file: TensorFile,
  values: Values<typeof options>,
  format: FormatName,
): Promise<Converted> {
  const names = [...file.tensors.keys()];
  const rule = nameRule(values, names);
  const now = rule === null ? new Map(names.map((name) => [name, name])) : renamed(names, rule);
  const arrays = new Map<string, ArrayToStore>();
  for (const [name, tensor] of file.tensors) {
    arrays.set(now.get(name)!, stored(await tensor.read(), tensor.storedAs, values.dtype, format));
  }
  return { arrays, shown: null };
}

/** Into the network, and out of it in the layout of the new file. */
async function throughNetwork(
  network: Module,
  file: TensorFile,
  values: Values<typeof options>,
  format: FormatName,
): Promise<Converted> {
  const isByOrder = values.map === "order";
  if (isByOrder && values["strip-prefix"] !== null) {
    throw new OptionError("strip-prefix has no meaning with map=order, which looks at no names");
  }
  const map = isByOrder ? "order" : (nameRule(values, [...file.tensors.keys()]) ?? undefined);
  const report = await matchWeights(network, file, { map });
  if (!report.isComplete) throw new WeightsError(report, wayOut);
  await loadWeights(network, file, { map });
  const origin = new Map(report.matched.map(({ name, from }) => [name, from]));
  const layout: Layout = format === "pdparams" ? "paddle" : "pytorch";
  const loaded = await weightsOf(network, { layout });
  const arrays = new Map<string, ArrayToStore>();
  for (const { name, storedName } of targetsOf(network, layout)) {
    const array = loaded.get(storedName);
    const before = file.tensors.get(origin.get(name) ?? "")?.storedAs;
    if (array) arrays.set(storedName, stored(array, array.storedAs ?? before, values.dtype, format));
  }
  return { arrays, shown: isByOrder ? String(report) : null };
}

/** Without Paddle's own names of variables, which mean nothing elsewhere and are written anew for Paddle. */
function metadataOf({ metadata }: TensorFile): TensorFile["metadata"] {
  return new Map([...metadata].filter(([key]) => !key.startsWith("StructuredToParameterName@@")));
}
