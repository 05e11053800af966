// `fovea inspect`: what is in a file of weights, tensor by tensor.
import { OptionError } from "../base/errors.ts";
import { formatShape, sizeOf } from "../base/shape.ts";
import { openWeights, type StoredTensor, type TensorFile } from "../interop/index.ts";
import { command, jsonOption } from "./command.ts";
import { text, toggle } from "./options.ts";
import { type TensorStatistics, tensorStatistics } from "./tensorStatistics.ts";
import { bytes, count, printable, style, type Terminal } from "./terminal.ts";
import { weightsFile } from "./weights.ts";

/** Entries of the metadata that are listed, and the characters of each. */
const shownMetadata = { entries: 20, characters: 100 };
const columns = ["min", "max", "mean", "std", "zeros", "NaN", "inf"] as const;
const columnWidth = 11;

/** The command. */
export const inspect = command({
  name: "inspect",
  summary: "Show what is in a file of weights: tensors, shapes, types, statistics, metadata.",
  usage: "inspect <file> [options]",
  notes: [
    "<file> is safetensors, PyTorch (.pt, .pth, .th), Paddle (.pdparams), .npy or .npz, whatever it is called, or a run's folder, which stands for its best weights. Nothing in it is run. min, max, mean and std are of the finite values; NaN and infinities are counted.",
    "Tensors are read one after the other; with stats=false only their names are, which is quick for files of any size.",
  ],
  examples: [
    "fovea inspect model.pt",
    "fovea inspect runs/classify/train",
    "fovea inspect model.safetensors stats=false --json",
    "fovea inspect checkpoint.pth root=optimizer.state",
  ],
  options: {
    stats: toggle("read the tensors and show what their values are like"),
    root: text(null, "<keys>", "the dictionary of a checkpoint that is meant, by keys with dots between"),
    ...jsonOption,
  },
  run: async ({ values, operands }, { out }) => {
    const [where, ...more] = operands;
    if (where === undefined || more.length > 0) {
      throw new OptionError(
        `inspect takes one file; got ${operands.length}. Example: ${inspect.examples[0]}`,
      );
    }
    const file = await openWeights(
      await weightsFile(where),
      values.root === null ? {} : { root: values.root },
    );
    try {
      if (values.json) out.write(`${JSON.stringify(await forScripts(file, values.stats))}\n`);
      else await print(file, values.stats, out);
      return 0;
    } finally {
      await file.close();
    }
  },
});

async function forScripts(opened: TensorFile, withStats: boolean) {
  const { file, format, size, root, prefix } = opened;
  const tensors = [];
  for (const tensor of opened.tensors.values()) {
    const { name, shape, storedAs, byteLength } = tensor;
    const stats = withStats ? await statisticsOf(tensor) : undefined;
    tensors.push({ name, shape, storedAs, bytes: byteLength, ...(stats !== undefined && { stats }) });
  }
  const plain = ([key, value]: readonly [string, unknown]) => [
    key,
    typeof value === "bigint" ? String(value) : value,
  ];
  const metadata = Object.fromEntries(Array.from(opened.metadata, plain));
  return { file, format, size, root, prefix, metadata, tensors };
}

async function print(file: TensorFile, withStats: boolean, out: Terminal): Promise<void> {
  const tensors = [...file.tensors.values()];
  const elements = tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const facts = [
    file.format,
    bytes(file.size),
    `${count(tensors.length)} tensors`,
    `${count(elements)} values`,
    file.root && `found in ${file.root}`,
    file.prefix && `all names begin with ${file.prefix}`,
  ];
  out.write(`${style(out, "bold", file.file)}: ${facts.filter((fact) => fact !== "").join(", ")}\n`);
  printMetadata(file, out);
  if (tensors.length === 0) return;
  const widths = [
    Math.max(6, ...tensors.map(({ name }) => printable(name).length)),
    Math.max(4, ...tensors.map(({ storedAs }) => storedAs.length)),
    Math.max(5, ...tensors.map(({ shape }) => formatShape(shape).length)),
  ];
  const row = (cells: readonly string[], size: string, numbers: readonly string[]) => {
    const left = cells.map((cell, i) => cell.padEnd(widths[i]!)).join("  ");
    return `${left}  ${size.padStart(8)}${numbers.map((text) => text.padStart(columnWidth)).join("")}\n`;
  };
  out.write(`\n${row(["tensor", "type", "shape"], "bytes", withStats ? columns : [])}`);
  const spoilt: string[] = [];
  for (const tensor of tensors) {
    const stats = withStats ? await statisticsOf(tensor) : undefined;
    if (stats && stats.nan + stats.infinite > 0) spoilt.push(printable(tensor.name));
    const cells = [printable(tensor.name), tensor.storedAs, formatShape(tensor.shape)];
    out.write(row(cells, bytes(tensor.byteLength), stats === undefined ? [] : numbersOf(stats)));
  }
  if (spoilt.length > 0) {
    out.write(
      `\n${style(out, "red", `values that are not finite in ${spoilt.length} tensors`)}: ${spoilt.join(", ")}\n`,
    );
  }
}

function printMetadata({ metadata }: TensorFile, out: Terminal): void {
  const entries = [...metadata].slice(0, shownMetadata.entries);
  for (const [key, value] of entries) {
    const whole = String(value);
    const cut = whole.length > shownMetadata.characters;
    const shown = cut ? `${whole.slice(0, shownMetadata.characters)}…` : whole;
    out.write(`  ${printable(key)}: ${printable(shown)}\n`);
  }
  if (metadata.size > entries.length)
    out.write(`  and ${count(metadata.size - entries.length)} more; --json has all\n`);
}

/** Null for element types that have no dtype here. */
async function statisticsOf(tensor: StoredTensor): Promise<TensorStatistics | null> {
  return tensor.dtype === null ? null : tensorStatistics((await tensor.read()).data);
}

function numbersOf(stats: TensorStatistics | null): string[] {
  if (stats === null) return columns.map(() => "-");
  const { min, max, mean, std, zeros, nan, infinite } = stats;
  return [...[min, max, mean, std].map(short), ...[zeros, nan, infinite].map(count)];
}

/** Four digits, in at most ten characters. */
function short(value: number | null): string {
  if (value === null) return "-";
  const isPlain = value === 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e6);
  return isPlain ? String(Number(value.toPrecision(4))) : value.toExponential(2);
}
