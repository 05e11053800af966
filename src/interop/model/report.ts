// What came of matching a file's tensors with a model's, as lists and in words.
import { FoveaError, nearest } from "../../base/errors.ts";
import { formatShape, type Shape, sameShape, sizeOf } from "../../base/shape.ts";
import type { Layout, Target } from "./layout.ts";
import type { Entry, Match } from "./match.ts";
import { commonPrefix } from "./names.ts";

/** A tensor that goes into the model. */
export interface MatchedTensor {
  /** Its name in the model. */
  readonly name: string;
  /** Its name in the file. */
  readonly from: string;
  /** Its shape in the model. */
  readonly shape: Shape;
  /** True for a dense layer's weight of Paddle's, which is turned. */
  readonly isTransposed: boolean;
}

/** A tensor that only one side has. */
export interface LoneTensor {
  /** Its name there. */
  readonly name: string;
  /** What `map` made of its name; the name itself for the model's. */
  readonly as: string;
  readonly shape: Shape;
  /** The likeliest name of the other side that is left over too, of the same shape where there is one; null where none is near. */
  readonly nearest: string | null;
}

/** A tensor whose shape is not the model's. */
export interface ReshapedTensor {
  readonly name: string;
  readonly from: string;
  /** Its shape in the model. */
  readonly shape: Shape;
  /** Its shape in the file. */
  readonly found: Shape;
  /** What the difference means. */
  readonly why: string;
}

/** Names that a message lists of each kind, at most. */
const mostListed = 12;

/** What `loadWeights` did, or what `matchWeights` says that it would do; `String(report)` is a table. */
export class WeightsReport {
  /** The file, or what stands for it. */
  readonly file: string;
  /** The class of the model. */
  readonly model: string;
  readonly layout: Layout;
  /** What all names in the file began with and the model's did not, such as `module.`; it was left out. "" for nothing. */
  readonly prefix: string;
  readonly matched: readonly MatchedTensor[];
  /** What the model has and the file lacks. */
  readonly missing: readonly LoneTensor[];
  /** What the file has and the model lacks, by the names in the file. */
  readonly unexpected: readonly LoneTensor[];
  readonly reshaped: readonly ReshapedTensor[];
  /** Counters (`num_batches_tracked`) that the file lacks and that stay as they are, which is no mistake. */
  readonly kept: readonly string[];
  /** Names in the file that `map` left out. */
  readonly leftOut: readonly string[];

  constructor(
    { file, model, layout, prefix, names }: ReportPlace,
    { pairs, reshaped, missing, unexpected, kept }: Match<Entry>,
  ) {
    this.file = file;
    this.model = model;
    this.layout = layout;
    this.prefix = prefix;
    this.leftOut = [...names].flatMap(([name, now]) => (now === null ? [name] : []));
    this.matched = pairs.map(({ target: { name, tensor, isTransposed }, entry }) => {
      return { name, from: entry.name, shape: tensor.shape, isTransposed };
    });
    this.kept = kept.map(({ name }) => name);
    const ours = missing.map(({ name, storedShape }) => ({ name, as: name, shape: storedShape }));
    const theirs = unexpected.map(({ name, shape }) => ({ name, as: names.get(name) ?? name, shape }));
    this.missing = missing.map(({ name, tensor }, i) => {
      return { name, as: name, shape: tensor.shape, nearest: nearestOf(ours[i]!, theirs) };
    });
    this.unexpected = theirs.map((tensor) => ({ ...tensor, nearest: nearestOf(tensor, ours) }));
    this.reshaped = reshaped.map(({ target, entry }) => {
      const { name, tensor } = target;
      return {
        name,
        from: entry.name,
        shape: tensor.shape,
        found: entry.shape,
        why: whyReshaped(target, entry),
      };
    });
  }

  /** True where nothing is missing, unexpected or of another shape. */
  get isComplete(): boolean {
    return this.missing.length + this.unexpected.length + this.reshaped.length === 0;
  }

  /** What does not fit, in one line; "" where everything does. */
  get problems(): string {
    const one = ({ name, as, shape, nearest: near }: LoneTensor, what: string) =>
      `${name}${as === name ? "" : ` as ${as}`} ${formatShape(shape)}${near === null ? "" : ` (${what} ${near}?)`}`;
    const parts = [
      listed(
        "missing",
        this.missing.map((tensor) => one(tensor, "in the file:")),
      ),
      listed(
        "unexpected",
        this.unexpected.map((tensor) => one(tensor, "in the model:")),
      ),
      listed(
        "of another shape",
        this.reshaped.map(({ name, shape, found, why }) => {
          return `${name} ${formatShape(shape)}, not ${formatShape(found)}${why && ` (${why})`}`;
        }),
      ),
    ];
    return parts.filter((part) => part !== "").join("; ");
  }

  /** A rule that would bring most names together; null where none is seen. */
  get hint(): string | null {
    const inFile = commonPrefix(this.unexpected.map(({ name }) => name));
    const inModel = commonPrefix(this.missing.map(({ name }) => name));
    const ours = new Set(this.missing.map(({ name }) => name.slice(inModel.length)));
    const shared = this.unexpected.filter(({ name }) => ours.has(name.slice(inFile.length)));
    if (inFile === inModel || shared.length === 0 || 2 * shared.length < ours.size) return null;
    const rules = [
      inFile && `{ stripPrefix: ${JSON.stringify(inFile)} }`,
      inModel && `{ addPrefix: ${JSON.stringify(inModel)} }`,
    ].filter((rule) => rule !== "");
    return rules.length > 1 ? `[${rules.join(", ")}]` : rules[0]!;
  }

  /** One line for each tensor, and a sentence about each thing that was done or is wrong. */
  toString(): string {
    const width = Math.max(0, ...this.matched.map(({ name }) => name.length));
    const lines = this.matched.map(({ name, from, shape, isTransposed }) => {
      return `${name.padEnd(width)} ← ${from} ${formatShape(shape)}${isTransposed ? ", transposed" : ""}`;
    });
    const said = [
      `${this.matched.length} tensors of ${this.file} for ${this.model}`,
      this.prefix && `names without ${this.prefix}`,
      this.layout === "paddle" ? "in Paddle's layout" : "",
      this.kept.length > 0 ? `${this.kept.length} num_batches_tracked are not in the file and stay` : "",
      this.leftOut.length > 0 ? `${this.leftOut.length} left out by map` : "",
      this.problems,
    ];
    return [...lines, said.filter((part) => part !== "").join("; ")].join("\n");
  }
}

interface NamedShape {
  readonly name: string;
  readonly as: string;
  readonly shape: Shape;
}

/** What a report is about. */
export interface ReportPlace {
  readonly file: string;
  readonly model: string;
  readonly layout: Layout;
  readonly prefix: string;
  /** What names in the file became; null for those that were left out. */
  readonly names: ReadonlyMap<string, string | null>;
}

/** Weights that are not those of the model; nothing was loaded. */
export class WeightsError extends FoveaError {
  override name = "WeightsError";
  /** All names and shapes, also those that the message leaves out. */
  readonly report: WeightsReport;

  constructor(report: WeightsReport, wayOut = wayOutOf(report)) {
    const what = report.problems || "there is no tensor to load";
    super(`${report.file}: the weights do not fit ${report.model}; ${what}. Nothing was loaded: ${wayOut}`);
    this.report = report;
  }
}

function wayOutOf({ hint, matched, missing, unexpected }: WeightsReport): string {
  const map = hint === null ? "give a map from the file's names to the model's" : `try map: ${hint}`;
  const model = "give the model that they were saved from";
  const first = missing.length + unexpected.length > 0 ? map : model;
  if (matched.length > 0) return `${first}, or pass strict: false to load what fits (${matched.length})`;
  return first === model ? model : `${map}, or ${model}`;
}

/** The name that is likeliest to mean the same tensor: the only one of its shape and last part, or else the nearest. */
function nearestOf(tensor: NamedShape, others: readonly NamedShape[]): string | null {
  const leafOf = (name: string) => name.slice(name.lastIndexOf(".") + 1);
  const alike = others.filter(({ shape }) => sameShape(shape, tensor.shape));
  const [only, ...more] = alike.filter(({ as }) => leafOf(as) === leafOf(tensor.as));
  if (only && more.length === 0) return only.name;
  const byName = (list: readonly NamedShape[]) => {
    const near = nearest(
      tensor.as,
      list.map(({ as }) => as),
    );
    return list.find(({ as }) => as === near)?.name ?? null;
  };
  return byName(alike) ?? byName(others);
}

function whyReshaped({ tensor, storedShape, isTransposed }: Target, { shape }: Entry): string {
  if (!isTransposed && shape.length === 2 && sameShape(shape.toReversed(), tensor.shape)) {
    return 'it is the transpose, as Paddle keeps dense layers: layout: "paddle" turns it';
  }
  if (isTransposed && sameShape(shape, tensor.shape)) {
    return 'it is not transposed, as Paddle would have it: layout: "pytorch" takes it as it is';
  }
  if (shape.length === storedShape.length) {
    const axes = shape.flatMap((size, axis) => (size === storedShape[axis] ? [] : [axis]));
    if (axes.length === 1 && axes[0] === 0) return `made for ${shape[0]} outputs, not ${storedShape[0]}`;
    if (axes.length === 1 && axes[0] === 1) return `made for ${shape[1]} inputs, not ${storedShape[1]}`;
  }
  return sizeOf(shape) === sizeOf(storedShape) ? "as many elements in another form" : "";
}

function listed(what: string, items: readonly string[]): string {
  if (items.length === 0) return "";
  const more = items.length > mostListed ? ` and ${items.length - mostListed} more` : "";
  return `${what}: ${items.slice(0, mostListed).join(", ")}${more}`;
}
