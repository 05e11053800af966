// What stands on an item of the graph, and in lists of figures.
import type { FieldAxis, GraphNode, GraphNodeKind, GraphWindow } from "../../src/studio/shared/networks.ts";
import { count } from "../format.ts";
import type { Item } from "./fold.ts";
import { type Key, t } from "./texts.ts";

export const kindTexts: Readonly<Record<GraphNodeKind, Key>> = {
  input: "kindInput",
  convolution: "kindConvolution",
  dense: "kindDense",
  recurrent: "kindRecurrent",
  normalization: "kindNormalization",
  activation: "kindActivation",
  pooling: "kindPooling",
  dropout: "kindDropout",
  add: "kindAdd",
  concat: "kindConcat",
  multiply: "kindMultiply",
  shape: "kindShape",
  other: "kindOther",
};

/** Kinds that are small signs rather than boxes with texts. */
const signs: Partial<Readonly<Record<GraphNodeKind, string>>> = { add: "+", multiply: "×", concat: "‖" };

/** The sign of a join; null for what is a box. */
export function signOf({ group, members }: Item): string | null {
  return group ? null : (signs[members[0]!.kind] ?? null);
}

/** The kind of an item, for its colour. */
export function kindOf({ group, members }: Item): GraphNodeKind | "group" {
  return group ? "group" : members[0]!.kind;
}

/** The first line of an item: what it is. */
export function titleOf({ group, members }: Item): string {
  if (group) return group.name;
  const { kind, name, window } = members[0]!;
  const what = kind === "input" ? t("kindInput") : name;
  return window ? `${what} ${windowText(window)}` : what;
}

/** The second line: where it is, and how large. */
export function lineOf({ group, members }: Item): string {
  const [first] = members;
  const path = group ? group.path : first!.isLayer ? first!.path : "";
  const parameters = members.reduce((sum, node) => sum + node.parameters, 0);
  const parts = [
    ...(path === "" ? [] : [path]),
    ...(group ? [t("layersInside", { count: members.filter(({ isLayer }) => isLayer).length })] : []),
    ...(parameters > 0 ? [short(parameters)] : []),
  ];
  return parts.join(" · ");
}

/** What is read out of an item besides what stands on it. */
export function spokenMore(item: Item, findings: number): string {
  const { group, members } = item;
  const kind = group ? t("kindGroup") : t(kindTexts[members[0]!.kind]);
  const parts = [kind, shapeText(outputOf(item))];
  if (findings > 0) parts.push(t("found", { count: findings }));
  return `, ${parts.join(", ")}`;
}

/** The shape of what an item gives. */
export function outputOf({ members }: Item): readonly number[] {
  return members.at(-1)!.outputs[0] ?? [];
}

/** A window in a few characters, such as `3×3 /2`. */
export function windowText({ kernel, stride }: GraphWindow): string {
  const size = kernel.join("×");
  if (stride.every((step) => step === 1)) return size;
  return `${size} /${stride[0] === stride[1] ? stride[0] : stride.join("×")}`;
}

/** A shape without the batch axis. */
export function shapeText(shape: readonly number[]): string {
  return shape.slice(1).join("×");
}

/** A number in a few characters, such as `1.2 M`. */
export function short(value: number): string {
  for (const [size, unit] of [
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const) {
    if (value >= size) return `${(value / size).toFixed(value < 10 * size ? 1 : 0)} ${unit}`;
  }
  return count(value);
}

/** Bytes as text. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const power = Math.min(3, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 2 ** (10 * power)).toFixed(1)} ${["B", "KiB", "MiB", "GiB"][power]}`;
}

/** One number where all axes agree, as they do for square kernels, else one for each. */
export function perAxis(axes: readonly FieldAxis[], value: (axis: FieldAxis) => number): string {
  const values = axes.map((axis) => String(Number(value(axis).toFixed(2))));
  return new Set(values).size === 1 ? values[0]! : values.join("×");
}

/** A pair of sizes as one number where they agree. */
export function pairText([rows, columns]: readonly [number, number]): string {
  return rows === columns ? String(rows) : `${rows}×${columns}`;
}

/** Channels that a node reads, of a convolution over pictures. */
export function isDepthwise({ window, outputs }: GraphNode): boolean {
  return window !== null && window.groups > 1 && window.groups === outputs[0]?.[1];
}
