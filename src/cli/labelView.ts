// What label errors look like on a terminal.
import type { LabelReport } from "../review/labelReport.ts";
import { withoutRoot } from "../review/page.ts";
import { count, percent, style, type Terminal } from "./terminal.ts";

/** Suspects that are listed where somebody reads along; a pipe gets them all. */
const mostListed = 20;
/** Networks that are right less often know too little for their doubts to mean much. */
const leastAccuracy = 0.7;

/** The suspects, the most certain first, and the noise of each class. */
export function labelText(
  report: LabelReport,
  { root, accuracy }: { readonly root: string | null; readonly accuracy: number },
  out: Terminal,
): string {
  const { suspects, classes, pictures, noiseRate } = report;
  const summary = `probably wrong: ${count(suspects.length)} of ${count(pictures)} labels; estimated noise ${percent(noiseRate)}`;
  const listed = out.isLive ? suspects.slice(0, mostListed) : suspects;
  const left = suspects.length - listed.length;
  const list = table(
    ["picture", "given", "suggested", "score"],
    listed.map(({ name, given, suggested, score }) => [
      withoutRoot(name, root),
      given,
      suggested,
      score.toFixed(3),
    ]),
    out,
  );
  const noise = table(
    ["labelled as", "pictures", "wrong", "most often really"],
    classes.map(({ name, labels, noiseRate: own, mostOften }) => [
      name,
      count(labels),
      own === null ? "-" : percent(own),
      mostOften ?? "-",
    ]),
    out,
  );
  return [
    ...(suspects.length > 0 ? [list] : []),
    ...(left > 0 ? [style(out, "dim", `… and ${count(left)} more`)] : []),
    ...(suspects.length > 0 ? [""] : []),
    noise,
    "",
    style(out, "bold", summary),
    ...(accuracy < leastAccuracy ? [style(out, "yellow", cautionOf(accuracy))] : []),
    "",
  ].join("\n");
}

function cautionOf(accuracy: number): string {
  return `The networks agree with only ${percent(accuracy)} of the labels, so most of this may be their own errors: give more epochs, more pictures or another model`;
}

/** Rows under a head, each column as wide as its widest cell. */
function table(head: readonly string[], rows: readonly (readonly string[])[], out: Terminal): string {
  const cells = [head, ...rows].map((row) => row.map(shown));
  const widths = head.map((_, j) => cells.reduce((width, row) => Math.max(width, row[j]!.length), 0));
  const [first, ...lines] = cells.map((row) =>
    row
      .map((cell, j) => cell.padEnd(widths[j]!))
      .join("  ")
      .trimEnd(),
  );
  return [style(out, "bold", first!), ...lines].join("\n");
}

/** Text without characters that would steer the terminal. */
function shown(text: string): string {
  return text.replace(/\p{Cc}/gu, "\uFFFD");
}
