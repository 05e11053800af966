// A review as one HTML page that needs nothing else: style and thumbnails are inside, and there is no script. Knows no files; pictures come from a function.
import { escaped } from "../plot/markup.ts";
import type { Finding, FindingCase, Severity } from "./findings.ts";
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
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>
<p class="lead">${escaped(tally(review.findings))} in ${number(review.pictures)} pictures.</p>
</header>
<main>
<section class="facts">
${facts(review)}
</section>
${review.findings.length === 0 ? '<p class="clean">Nothing was found that would spoil training.</p>' : cards.join("\n")}
${balance(review)}
${review.leftOut.map((text) => `<p class="small">Left out: ${escaped(text)}.</p>`).join("\n")}
</main>
</body>
</html>
`;
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

function number(value: number): string {
  return value.toLocaleString("en-US");
}

const style = `
:root { color-scheme: light dark; --paper: #f6f6f4; --card: #fff; --ink: #1d1f21; --soft: #63676c; --line: #dedfdc; --error: #c0352b; --warning: #a86400; --note: #2d6cb0; --good: #2c7a45; --bar: #7d9fc4; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181a; --card: #1f2225; --ink: #e7e8e6; --soft: #9ba0a5; --line: #34383c; --error: #f2796d; --warning: #e6ab4f; --note: #7fb2ea; --good: #74c58d; --bar: #4d7198; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
header, main { max-width: 68rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.5rem; }
main { padding-bottom: 3rem; }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { display: flex; align-items: baseline; gap: .6rem; margin: 0 0 .5rem; font-size: 1.125rem; }
p { margin: .25rem 0; max-width: 46rem; }
.lead { color: var(--soft); margin: .4rem 0 1.5rem; }
.facts dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; overflow: hidden; }
.facts dl div { padding: .7rem 1rem; }
dt { color: var(--soft); font-size: .8rem; }
dd { margin: 0; font-variant-numeric: tabular-nums; }
.card { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--line); border-radius: .6rem; padding: 1.1rem 1.25rem; margin-top: 1.1rem; }
.error { border-left-color: var(--error); } .warning { border-left-color: var(--warning); } .note { border-left-color: var(--note); }
.badge { font-size: .75rem; font-weight: 600; padding: .05rem .55rem; border-radius: 1rem; border: 1px solid currentColor; }
.error .badge { color: var(--error); } .warning .badge { color: var(--warning); } .note .badge { color: var(--note); }
.count { margin-left: auto; color: var(--soft); font-weight: 400; font-variant-numeric: tabular-nums; }
.fix::before { content: "→ "; color: var(--good); }
.small, .detail, figcaption { font-size: .8rem; color: var(--soft); }
.cases { display: flex; flex-wrap: wrap; gap: .9rem; margin: .9rem 0; }
.case { border: 1px solid var(--line); border-radius: .45rem; padding: .6rem; max-width: 100%; }
.pictures { display: flex; flex-wrap: wrap; gap: .6rem; }
figure { margin: 0; width: 8rem; }
figure img { display: block; width: 8rem; height: 8rem; object-fit: contain; background: var(--paper); border-radius: .25rem; }
figcaption { overflow-wrap: anywhere; line-height: 1.3; margin-top: .3rem; }
.detail { color: var(--ink); max-width: 26rem; margin-top: .4rem; overflow-wrap: anywhere; }
.clean { margin-top: 1.5rem; color: var(--good); font-weight: 600; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 400; overflow-wrap: anywhere; }
thead th { color: var(--soft); font-size: .8rem; }
th, td { padding: .2rem .8rem .2rem 0; }
.figure { text-align: right; }
.bar { width: 40%; }
.bar span { display: block; height: .7rem; background: var(--bar); border-radius: .2rem; min-width: 1px; }
code { font: .95em ui-monospace, SFMono-Regular, Consolas, monospace; }
`;
