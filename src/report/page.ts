// A run as one HTML page that needs nothing else: style and pictures are inside, and there is no script. Knows no files.
import { chartSvg } from "../plot/chartSvg.ts";
import { escaped } from "../plot/markup.ts";
import { offlineDocument } from "../plot/offlineDocument.ts";
import { type ClassScores, confusionScores } from "../train/metrics.ts";
import { findingList } from "./findings.ts";
import {
  chartsOf,
  type Filters,
  type Measured,
  type Mistake,
  mostForTop5,
  mostTableClasses,
  type RunReport,
} from "./report.ts";
import { section } from "./section.ts";
import { style } from "./style.ts";

/** Classes in the table of scores; the others are counted. */
const mostScores = 100;
/** Confusions that are listed. */
const mostPairs = 10;

/** Shade of a cell, in per cent, from which its number needs the other ink. */
const strongFrom = 60;

/** The page. All that comes from the run, names of files and classes too, is escaped. */
export function reportPage(run: RunReport): string {
  return offlineDocument({
    title: `${run.name}: ${run.model} on ${run.data}`,
    style,
    header: `<p class="eyebrow">Training run ${escaped(run.name)}</p>
<h1>${escaped(run.model)} on ${escaped(run.data)}</h1>
${headline(run.measured)}`,
    main: `${curves(run)}
${run.findings ? section("What was noticed", findingList(run.findings)) : ""}
${confusion(run)}
${scores(run.measured)}
${mistakes(run.measured)}
${filters(run.filters)}
${list("Settings", run.settings)}
${list("Where it ran", run.environment)}`,
  });
}

function headline({ top1, top5, loss, weights, pictures, samples, chosenBy, classes }: Measured): string {
  const choice = chosenBy
    ? "The epochs were compared by these pictures too, so the accuracy of pictures never seen before may be a little lower."
    : "Nothing was chosen by these pictures, so this is what to expect of new ones of the same kind.";
  const tiles: [string, string][] = [
    ["Mistakes", `${number(Math.round((1 - top1) * samples))} of ${number(samples)}`],
    ["Top-5 accuracy", percent(top5)],
    ["Mean loss", loss.toFixed(4)],
    ["Classes", number(classes.length)],
  ];
  if (classes.length <= mostForTop5) tiles.splice(1, 1);
  const cells = tiles.map(([label, value]) => `<div><dt>${label}</dt><dd>${value}</dd></div>`).join("");
  return `<p class="headline"><strong>${percent(top1)}</strong> of ${escaped(pictures)} are recognised by ${escaped(weights)}.</p>
<p class="soft">${choice}</p>
<dl class="tiles">${cells}</dl>`;
}

function curves({ epochs, measured }: RunReport): string {
  if (epochs.length === 0) return "";
  const figures = chartsOf(epochs, measured.classes.length).map((chart) => {
    const legend = chart.curves
      .map(({ name }, i) => `<span class="key key${i}">${escaped(name)}</span>`)
      .join("");
    return `<figure class="chart"><figcaption><b>${chart.title}</b> ${legend}</figcaption>${chartSvg(chart)}</figure>`;
  });
  return section("How it went", `<div class="charts">${figures.join("")}</div>`);
}

function confusion({ measured, confusionPicture }: RunReport): string {
  const { confusion, classes } = measured;
  const n = classes.length;
  const note =
    '<p class="soft">Rows are true classes, columns are answers; the stronger the shade, the larger the share of the row.</p>';
  const matrix =
    n <= mostTableClasses
      ? matrixTable(measured)
      : confusionPicture
        ? `<img class="matrix" src="${escaped(confusionPicture)}" alt="Confusion matrix">`
        : "";
  const pairs: { truth: number; answer: number; count: number; share: number }[] = [];
  for (let i = 0; i < n; i++) {
    const total = rowSum(confusion, n, i);
    for (let j = 0; j < n; j++) {
      const count = confusion[i * n + j]!;
      if (i !== j && count > 0) pairs.push({ truth: i, answer: j, count, share: count / total });
    }
  }
  pairs.sort((a, b) => b.count - a.count);
  const items = pairs
    .slice(0, mostPairs)
    .map(
      ({ truth, answer, count, share }) =>
        `<li><b>${escaped(classes[truth]!)}</b> taken for <b>${escaped(classes[answer]!)}</b>: ${number(count)}, ${percent(share, 1)} of the class</li>`,
    );
  const commonest =
    items.length > 0
      ? `<div><h3>Commonest confusions</h3><ol class="pairs">${items.join("")}</ol></div>`
      : "";
  return section(
    "What is taken for what",
    `${note}<div class="beside"><div class="wide">${matrix}</div>${commonest}</div>`,
  );
}

function matrixTable({ confusion, classes }: Measured): string {
  const n = classes.length;
  const heads = classes.map((name) => `<th scope="col"><span>${escaped(name)}</span></th>`).join("");
  const rows = classes.map((name, i) => {
    const total = rowSum(confusion, n, i);
    const cells = classes.map((other, j) => {
      const count = confusion[i * n + j]!;
      const share = total === 0 ? 0 : count / total;
      if (count === 0) return "<td></td>";
      // Small shares of wrong answers are what one looks for, so they are shown stronger than in proportion.
      const strength = Math.round(100 * (i === j ? 0.15 + 0.75 * share : 0.12 + 0.78 * Math.sqrt(share)));
      const told = `${name} taken for ${other}: ${count}, ${percent(share, 1)}`;
      return `<td class="${i === j ? "right" : "wrong"}${strength >= strongFrom ? " strong" : ""}" style="--s:${strength}%" title="${escaped(told)}">${number(count)}</td>`;
    });
    return `<tr><th scope="row">${escaped(name)}</th>${cells.join("")}</tr>`;
  });
  return `<table class="matrix"><thead><tr><th></th>${heads}</tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
}

function scores({ confusion, classes }: Measured): string {
  const all = confusionScores(confusion);
  const order = classes.map((_, i) => i).sort((a, b) => all.classes[a]!.f1 - all.classes[b]!.f1);
  const cells = ({ precision, recall, f1 }: Omit<ClassScores, "support">) =>
    [precision, recall, f1].map((share) => `<td class="figure">${percent(share, 1)}</td>`).join("");
  const rows = order.slice(0, mostScores).map((i) => {
    const own = all.classes[i]!;
    return `<tr><th scope="row">${escaped(classes[i]!)}</th>${cells(own)}<td class="figure">${number(own.support)}</td><td class="bar"><span style="width:${(own.f1 * 100).toFixed(1)}%"></span></td></tr>`;
  });
  const more =
    order.length > mostScores ? `<p class="soft">and ${number(order.length - mostScores)} more</p>` : "";
  return section(
    "Class by class",
    `<p class="soft">Weakest first. Precision: of what was taken for the class, the share that is. Recall: of the class, the share that was found. F1: both in one figure.</p>
<div class="wide"><table class="scores"><thead><tr><th>class</th><th class="figure">precision</th><th class="figure">recall</th><th class="figure">F1</th><th class="figure">pictures</th><th></th></tr></thead>
<tbody>${rows.join("\n")}</tbody><tfoot><tr><th scope="row">mean</th>${cells(all)}<td></td><td></td></tr></tfoot></table></div>${more}`,
  );
}

function mistakes({ mistakes }: Measured): string {
  if (mistakes.length === 0) return section("Worst mistakes", '<p class="good">There are none.</p>');
  const figures = mistakes.map(mistakeFigure).join("");
  return section(
    "Worst mistakes",
    `<p class="soft">The pictures with the highest loss: the network was surest of a wrong answer. Look for wrong labels here first.</p><div class="mistakes">${figures}</div>`,
  );
}

function mistakeFigure({
  name,
  picture,
  truth,
  predicted,
  probability,
  trueProbability,
  loss,
}: Mistake): string {
  const image =
    picture === null ? '<span class="none">no picture</span>' : `<img src="${escaped(picture)}" alt="">`;
  return `<figure><div class="frame">${image}</div><figcaption><span class="said">${escaped(predicted)}, ${percent(probability, 0)}</span> <span class="truth">${escaped(truth)}, ${percent(trueProbability, trueProbability < 0.01 ? 2 : 0)}</span><span class="file">${escaped(name)}, loss ${loss.toFixed(1)}</span></figcaption></figure>`;
}

function filters(found: Filters | null): string {
  if (!found) return "";
  const { layer, shape, picture, width } = found;
  return section(
    "First layer",
    `<p class="soft">The filters of ${escaped(layer)}, ${shape.join(" × ")}: grey is 0. Edges and spots say that it has learned; noise, that it could learn more.</p>
<img class="filters" src="${escaped(picture)}" alt="Filters of the first layer" style="width:min(100%,${Math.max(6, Math.min(14, Math.round(640 / width))) * width}px)">`,
  );
}

function list(title: string, entries: readonly (readonly [string, string])[]): string {
  if (entries.length === 0) return "";
  const cells = entries.map(
    ([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`,
  );
  return section(title, `<dl class="list">${cells.join("")}</dl>`);
}

function rowSum(confusion: ArrayLike<number>, n: number, row: number): number {
  let sum = 0;
  for (let j = 0; j < n; j++) sum += confusion[row * n + j]!;
  return sum;
}

function percent(share: number, digits = 2): string {
  return `${(share * 100).toFixed(digits)}%`;
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
