// A review as one HTML page that needs nothing else: thumbnails are inside. Knows no files; pictures come from a function.
import { escaped } from "../plot/markup.ts";
import type { Finding, FindingCase, Severity } from "./findings.ts";
import { framed, number } from "./pageFrame.ts";
import type { Review } from "./review.ts";

/** What a page shows beside the review. */
export interface PageOptions {
  /** Name of the data set. */
  readonly name: string;
  /** A picture as a data URI; null where it can't be shown. */
  readonly thumbnail: (file: string) => Promise<string | null>;
}

/** Cases of a finding, and files of a case, that are shown; the others are counted. */
const mostCases = 12;
const mostFiles = 4;

const plurals: Readonly<Record<Severity, readonly [string, string]>> = {
  error: ["error", "errors"],
  warning: ["warning", "warnings"],
  note: ["note", "notes"],
};

/** How many kinds of findings there are of each weight, such as "2 errors, 1 warning, no notes". */
export function tally(findings: readonly Finding[]): string {
  return (Object.keys(plurals) as Severity[])
    .map((severity) => {
      const count = findings.filter((finding) => finding.severity === severity).length;
      return `${count === 0 ? "no" : count} ${plurals[severity][count === 1 ? 0 : 1]}`;
    })
    .join(", ");
}

/** The page. All that comes from the data set, names of files too, is escaped. */
export async function reviewPage(review: Review, { name, thumbnail }: PageOptions): Promise<string> {
  const cards: string[] = [];
  for (const finding of review.findings) cards.push(await card(finding, review.root, thumbnail));
  const title = `Review of ${name}`;
  return framed({
    title,
    lead: `${tally(review.findings)} in ${number(review.pictures)} pictures.`,
    main: `<section class="facts">
${facts(review)}
</section>
${review.findings.length === 0 ? '<p class="clean">Nothing was found that would spoil training.</p>' : cards.join("\n")}
${balance(review)}
${review.leftOut.map((text) => `<p class="small">Left out: ${escaped(text)}.</p>`).join("\n")}`,
  });
}

function facts({ pictures, readable, classes, parts, sizes, normalize }: Review): string {
  const parted = parts.map((part) => {
    const count = classes.reduce((sum, { byPart }) => sum + (byPart[part] ?? 0), 0);
    return `${part} ${number(count)}`;
  });
  const tiles: [string, string][] = [
    [
      "Pictures",
      `${number(pictures)}${readable < pictures ? `, ${number(pictures - readable)} unreadable` : ""}`,
    ],
    ["Classes", number(classes.length)],
    ["Parts", parts.length > 0 ? parted.join(", ") : "none"],
  ];
  if (sizes) {
    const [small, large] = [sizes.smallest.join(" × "), sizes.largest.join(" × ")];
    tiles.push(["Sizes", small === large ? small : `${small} to ${large}`]);
  }
  if (normalize) {
    const list = (values: readonly number[]) => values.map((value) => value.toFixed(3)).join(", ");
    tiles.push(["Mean", list(normalize.mean)], ["Deviation", list(normalize.std)]);
  }
  const cell = ([label, value]: [string, string]) => `<div><dt>${label}</dt><dd>${escaped(value)}</dd></div>`;
  return `<dl>${tiles.map(cell).join("")}</dl>`;
}

async function card(
  finding: Finding,
  root: string | null,
  thumbnail: PageOptions["thumbnail"],
): Promise<string> {
  const { id, severity, title, count, cases, why, fix } = finding;
  const shown: string[] = [];
  for (const found of cases.slice(0, mostCases)) shown.push(await caseOf(found, root, thumbnail));
  const more = count > mostCases ? `<p class="small">and ${number(count - mostCases)} more</p>` : "";
  return `<section class="card ${severity}" id="${id}">
<h2><span class="badge">${severity}</span>${escaped(title)}<span class="count">${number(count)}</span></h2>
<p>${escaped(why)}</p>
<p class="fix">${escaped(fix)}</p>
<div class="cases">${shown.join("")}</div>${more}
<p class="small"><code>${id}</code>: ${escaped(finding.rule)}</p>
</section>`;
}

async function caseOf(
  { files, detail }: FindingCase,
  root: string | null,
  thumbnail: PageOptions["thumbnail"],
): Promise<string> {
  const figures: string[] = [];
  for (const file of files.slice(0, mostFiles)) {
    const uri = await thumbnail(file);
    const name = escaped(withoutRoot(file, root));
    const picture = uri === null ? "" : `<img src="${escaped(uri)}" alt="">`;
    figures.push(`<figure title="${name}">${picture}<figcaption>${name}</figcaption></figure>`);
  }
  const more =
    files.length > mostFiles ? `<p class="small">and ${number(files.length - mostFiles)} more</p>` : "";
  const pictures = figures.length > 0 ? `<div class="pictures">${figures.join("")}</div>` : "";
  return `<div class="case">${pictures}${more}<p class="detail">${escaped(detail)}</p></div>`;
}

function balance({ classes, parts }: Review): string {
  const most = Math.max(1, ...classes.map(({ pictures }) => pictures));
  const heads = parts.map((part) => `<th class="figure">${part}</th>`).join("");
  const rows = classes.map(({ name, pictures, byPart }) => {
    const cells = parts.map((part) => `<td class="figure">${number(byPart[part] ?? 0)}</td>`).join("");
    const width = ((100 * pictures) / most).toFixed(1);
    return `<tr><th scope="row">${escaped(name)}</th><td class="figure">${number(pictures)}</td>${cells}<td class="bar"><span style="width:${width}%"></span></td></tr>`;
  });
  return `<section class="card">
<h2>Classes</h2>
<table><thead><tr><th>class</th><th class="figure">pictures</th>${heads}<th></th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table>
</section>`;
}

/** A path without the folder's own. */
export function withoutRoot(file: string, root: string | null): string {
  if (root === null) return file;
  const start = root.endsWith("/") ? root : `${root}/`;
  return file.startsWith(start) ? file.slice(start.length) : file;
}
