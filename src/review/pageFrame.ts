// What pages about data sets have in common: their heading and their look, light and dark. Knows no content.
import { escaped } from "../plot/markup.ts";
import { offlineDocument } from "../plot/offlineDocument.ts";

/** A page as it stands in its frame; `main` is HTML, the others are text. */
export interface FramedPage {
  readonly title: string;
  readonly lead: string;
  readonly main: string;
}

/** The page as one document that needs nothing else. */
export function framed({ title, lead, main }: FramedPage): string {
  return offlineDocument({
    title,
    style,
    header: `<h1>${escaped(title)}</h1>
<p class="lead">${escaped(lead)}</p>`,
    main,
  });
}

/** A whole number with commas. */
export function number(value: number): string {
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
