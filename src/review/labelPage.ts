// Suspects with their pictures, and the noise of each class, as one HTML page that needs nothing else. Knows no files; pictures come from a function.
import { escaped } from "../plot/markup.ts";
import type { LabelReport, LabelSuspect } from "./labelReport.ts";
import { type PageOptions, withoutRoot } from "./page.ts";
import { framed, number } from "./pageFrame.ts";
import { percent } from "./samples.ts";

/** Suspects that are shown; the others are counted. */
const mostShown = 200;

/** What a page shows beside the report. */
export interface LabelPageOptions extends PageOptions {
  /** The folder that names begin with, which is left out of them; null for none. */
  readonly root: string | null;
}

/** The page. All that comes from the data set, names of files and classes too, is escaped. */
export async function labelPage(
  report: LabelReport,
  { name, root, thumbnail }: LabelPageOptions,
): Promise<string> {
  const { suspects, pictures, noiseRate } = report;
  const figures: string[] = [];
  for (const suspect of suspects.slice(0, mostShown)) {
    figures.push(figure(suspect, root, await thumbnail(suspect.name)));
  }
  const more =
    suspects.length > mostShown
      ? `<p class="small">and ${number(suspects.length - mostShown)} more, in the table beside this page</p>`
      : "";
  const shown = `<section class="card">
<h2>Suspects<span class="count">${number(suspects.length)}</span></h2>
<p>Models that had not seen these pictures say otherwise than their labels; the most certain come first. Look at each before you change it: a model errs too.</p>
<div class="cases">${figures.join("")}</div>${more}
</section>`;
  return framed({
    title: `Labels of ${name}`,
    lead: `Probably wrong: ${number(suspects.length)} of ${number(pictures)} labels; estimated noise ${percent(noiseRate)}.`,
    main: `${suspects.length === 0 ? '<p class="clean">No label looks wrong.</p>' : shown}
${noise(report)}`,
  });
}

function figure(
  { name, given, suggested, score }: LabelSuspect,
  root: string | null,
  uri: string | null,
): string {
  const shown = escaped(withoutRoot(name, root));
  const picture = uri === null ? "" : `<img src="${escaped(uri)}" alt="">`;
  return `<div class="case"><figure title="${shown}">${picture}<figcaption>${shown}</figcaption></figure><p class="detail">${escaped(given)} → ${escaped(suggested)}, ${score.toFixed(2)}</p></div>`;
}

function noise({ classes }: LabelReport): string {
  const most = Math.max(...classes.map(({ noiseRate }) => noiseRate ?? 0));
  const rows = classes.map(({ name, labels, noiseRate, mostOften }) => {
    const share = noiseRate === null ? "no pictures" : percent(noiseRate);
    const width = most > 0 ? ((100 * (noiseRate ?? 0)) / most).toFixed(1) : "0";
    return `<tr><th scope="row">${escaped(name)}</th><td class="figure">${number(labels)}</td><td class="figure">${share}</td><td>${escaped(mostOften ?? "")}</td><td class="bar"><span style="width:${width}%"></span></td></tr>`;
  });
  return `<section class="card">
<h2>Noise of each class</h2>
<table><thead><tr><th>labelled as</th><th class="figure">pictures</th><th class="figure">wrong</th><th>most often really</th><th></th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table>
</section>`;
}
