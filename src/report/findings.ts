// What the doctor found in a run, as part of a page.
import type { Healing, RunFinding } from "../doctor/index.ts";
import { escaped } from "../plot/markup.ts";

/** Layers of one kind of finding that are named; the others are counted. */
const mostCases = 6;

/** Findings of one kind together, in the order in which the first of them came; a sentence where there are none. */
export function findingList(findings: readonly RunFinding[]): string {
  if (findings.length === 0) {
    return '<p class="good">Layers, curves and answers were watched throughout; nothing was found.</p>';
  }
  const kinds = new Map<string, RunFinding[]>();
  for (const finding of findings) {
    const key = `${finding.severity} ${finding.id}`;
    kinds.set(key, [...(kinds.get(key) ?? []), finding]);
  }
  return `<div class="findings">${[...kinds.values()].map(kind).join("\n")}</div>`;
}

function kind(findings: readonly RunFinding[]): string {
  const [{ id, severity, title, why, fix }] = findings as readonly [RunFinding];
  const cases = findings.slice(0, mostCases).map(({ layer, evidence, epoch, step, healed }) => {
    const where = layer === "" ? "" : `<code>${escaped(layer)}</code> `;
    const done = healed ? ` <span class="good">${healedText(healed)}</span>` : "";
    return `<li>${where}${escaped(evidence)} <span class="soft">${when(epoch, step)}</span>${done}</li>`;
  });
  if (findings.length > mostCases)
    cases.push(`<li class="soft">… and ${findings.length - mostCases} more</li>`);
  return `<div class="finding ${severity}">
<h3><span class="badge">${severity}</span> ${escaped(title)} <span class="soft">${id}</span></h3>
<ul>${cases.join("")}</ul>
<p class="soft">${escaped(why)}</p>
<p class="fix">${escaped(fix)}</p>
</div>`;
}

function healedText({ remedy, epoch, rate }: Healing): string {
  if (remedy === "stop") return "the run was ended";
  const where = epoch === 0 ? "the start" : `epoch ${epoch}`;
  return `healed: back to ${where}, and on with a rate of ${rate?.toPrecision(2)}`;
}

function when(epoch: number, step: number): string {
  if (epoch === 0) return "before training";
  return step === 0 ? `after epoch ${epoch}` : `epoch ${epoch}, step ${step}`;
}
