// What a review of a design looks like on a terminal: findings of one kind together, the worst first.
import type { Finding, Severity } from "../design/index.ts";
import { style, type Terminal } from "./terminal.ts";

/** Layers of one kind of finding that are shown. */
const mostLayers = 4;

const colours: Readonly<Record<Severity, "red" | "yellow" | "cyan">> = {
  error: "red",
  warning: "yellow",
  note: "cyan",
};

/** The findings as text, and a line that sums up. */
export function designText(findings: readonly Finding[], title: string, out: Terminal): string {
  const lines = [style(out, "bold", title)];
  for (const group of groupsOf(findings)) lines.push("", ...groupLines(group, out));
  const worst = findings[0]?.severity;
  lines.push("", style(out, worst ? colours[worst] : "green", tally(findings)));
  return `${lines.join("\n")}\n`;
}

/** Findings of one rule, weight and remedy. */
function groupsOf(findings: readonly Finding[]): Finding[][] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.severity} ${finding.id} ${finding.fix}`;
    const group = groups.get(key) ?? [];
    group.push(finding);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function groupLines(group: readonly Finding[], out: Terminal): string[] {
  const { severity, id, title, why, fix, docs } = group[0]!;
  const times = group.length > 1 ? `: ${group.length}` : "";
  const shown = group
    .slice(0, mostLayers)
    .map(({ layer, evidence }) => `  ${layer === "" ? "" : `${layer}: `}${evidence}`);
  const more = group.length > mostLayers ? [`  … and ${group.length - mostLayers} more`] : [];
  const arrow = out.hasUnicode ? "→" : "->";
  return [
    `${style(out, colours[severity], severity)} ${style(out, "bold", title)} (${id})${times}`,
    ...shown,
    ...more.map((line) => style(out, "dim", line)),
    style(out, "dim", `  ${why}`),
    `  ${arrow} ${fix}`,
    style(out, "dim", `  ${docs}`),
  ];
}

/** How many findings there are of each weight, such as "1 error, 2 warnings, no notes". */
function tally(findings: readonly Finding[]): string {
  return (Object.keys(colours) as Severity[])
    .map((severity) => {
      const number = findings.filter((finding) => finding.severity === severity).length;
      return `${number === 0 ? "no" : number} ${severity}${number === 1 ? "" : "s"}`;
    })
    .join(", ");
}
