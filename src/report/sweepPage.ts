// A sweep as one HTML page that needs nothing else: style and chart are inside, and there is no script. Knows no files.
import { escaped } from "../plot/markup.ts";
import { offlineDocument } from "../plot/offlineDocument.ts";
import type { ParallelChart } from "../plot/parallel.ts";
import { parallelStyle, parallelSvg } from "../plot/parallelSvg.ts";
import { section } from "./section.ts";
import { style } from "./style.ts";

/** What the page tells. */
export interface SweepReport {
  readonly name: string;
  /** Network and data. */
  readonly subject: string;
  /** Best accuracy, as text, and the trial that it is of; null where no trial came to one. */
  readonly best: { readonly accuracy: string; readonly trial: string } | null;
  /** How many trials ended in which way. */
  readonly counts: string;
  /** Trains with the best options. */
  readonly command: string;
  readonly chart: ParallelChart;
  /** The trials, best first. */
  readonly table: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
  /** What the options made of the accuracy, and how that is counted. */
  readonly mattered: {
    readonly head: readonly string[];
    readonly rows: readonly (readonly string[])[];
    readonly note: string;
  };
}

/** The page. All that comes from the sweep is escaped. */
export function sweepPage({
  name,
  subject,
  best,
  counts,
  command,
  chart,
  table,
  mattered,
}: SweepReport): string {
  const headline = best
    ? `<p class="headline"><strong>${escaped(best.accuracy)}</strong> of the validation pictures are recognised in ${escaped(best.trial)}, the best.</p>`
    : '<p class="headline">No trial has come to an accuracy.</p>';
  return offlineDocument({
    title: `${name}: ${subject}`,
    style: `${style}${parallelStyle}code { overflow-wrap: anywhere; }
`,
    header: `<p class="eyebrow">Sweep ${escaped(name)}</p>
<h1>${escaped(subject)}</h1>
${headline}
<p class="soft">${escaped(counts)} The trials were compared by these pictures, so the best one's accuracy on new ones may be a little lower.</p>`,
    main: `${section("Options and accuracy", `<p class="soft">Each line is a trial; the thick one is the best. Lines without an end failed. Point at a line to see which it is.</p><div class="wide">${parallelSvg(chart)}</div>`)}
${mattered.rows.length > 0 ? section("What mattered", `<p class="soft">${escaped(mattered.note)}</p>${tableOf(mattered)}`) : ""}
${best ? section("Train with the best options", `<p><code>${escaped(command)}</code></p>`) : ""}
${section("Trials", tableOf(table))}`,
  });
}

function tableOf({ head, rows }: SweepReport["table"]): string {
  const heads = head.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join("");
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`);
  return `<div class="wide"><table class="scores"><thead><tr>${heads}</tr></thead><tbody>${body.join("\n")}</tbody></table></div>`;
}
