// What a finding of the doctor looks like on a terminal, and what is done about it.
import type { HealEvent, RunFinding } from "../doctor/index.ts";
import { style, type Terminal } from "./terminal.ts";

const colours = { error: "red", warning: "yellow", note: "cyan" } as const;

/** A finding as it comes up, with what it rests on and, where it is the first of its kind, what to try. */
export function findingText(finding: RunFinding, isFirst: boolean, out: Terminal): string {
  const { severity, title, id, layer, evidence, fix } = finding;
  const head = `${style(out, colours[severity], severity)} ${style(out, "bold", title)} (${id})`;
  const seen = `  ${layer === "" ? "" : `${layer}: `}${evidence}`;
  const arrow = out.hasUnicode ? "→" : "->";
  return [...(isFirst ? [head] : []), seen, ...(isFirst ? [`  ${arrow} ${fix}`] : [])].join("\n");
}

/** What healing does. */
export function healText({ remedy, progress }: HealEvent): string {
  if (remedy === "stop") return `healing: the run ends after epoch ${progress.epoch}`;
  const where = progress.epoch === 0 ? "the start" : `the end of epoch ${progress.epoch}`;
  return `healing: back to ${where}, and on with a learning rate of ${progress.firstRate!.toPrecision(2)}`;
}
